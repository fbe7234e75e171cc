"""The wheel alone, in a new virtual environment: what it holds, and the sample job from a folder of its own."""

import os
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import make_people
import pytest
from outputs import rows
from sessions import PACKAGES

from identity_spark import __version__

ROOT = Path(__file__).resolve().parent.parent
JOBS = {file.stem for file in (ROOT / "jobs").glob("*.py")}
FACTS = {file.name for file in (ROOT / "conf").glob("*.yaml")}
NAMES_OF_COMMANDS = """
from importlib.metadata import entry_points
ours = [e for e in entry_points(group="console_scripts") if e.value.startswith("identity_spark.")]
print(*sorted(e.name for e in ours if callable(e.load())))
"""
FAILING_TASK = """
import sys
from importlib.metadata import distribution
(task,) = [e for e in distribution("identity_spark").entry_points if e.name == "identity-validate-task"]
sys.argv = ["task", "--config", "missing.yaml"]
task.load()()
"""
CONFIGURATION = """
import sys
from identity_spark import load_config
from identity_spark.reference import folder
print(load_config([folder() / "customers.yaml"]).project, "pyspark" in sys.modules)
"""
SPARK = (
    "--master local[2] --driver-memory 2g --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2"
    " --conf spark.databricks.delta.snapshotPartitions=1"
    # A short job pays for compiling, not for rows.
    " --driver-java-options '-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC'"
)


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Runs a program of a new environment that holds the wheel and what it requires, from a folder of its own."""
    place, elsewhere = tmp_path_factory.mktemp("installed") / "venv", tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    install = [place / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*install, "-c", ROOT / "requirements.txt", built.wheel], check=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME") if name in os.environ}

    def run(program: str, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(place / "bin" / program), *map(str, arguments)]
        environment = {**kept, "SPARK_LOCAL_IP": "127.0.0.1", **more}
        return subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)

    run.folder = elsewhere
    return run


def test_the_wheel_holds_the_library_the_jobs_and_their_facts(built):
    names = set(zipfile.ZipFile(built.wheel).namelist())
    library = {str(file.relative_to(ROOT)) for file in (ROOT / "identity_spark").rglob("*.py")}
    assert library <= names
    assert {name.rpartition("/")[2] for name in names if name.startswith("identity_spark/conf/")} == FACTS
    assert {name.rpartition("/")[2] for name in names if "/jobs/" in name} == {f"{job}.py" for job in JOBS}
    rest = {name for name in names - library if "/jobs/" not in name and "/conf/" not in name}
    assert {"identity_spark/py.typed", f"identity_spark-{__version__}.dist-info/licenses/LICENSE"} <= rest
    assert {name.split("/")[1] for name in rest if name.startswith("identity_spark/")} == {"py.typed", "audit"}


def test_the_wheel_says_what_it_is(built):
    wheel = zipfile.ZipFile(built.wheel)
    metadata = Parser().parsestr(wheel.read(f"identity_spark-{__version__}.dist-info/METADATA").decode("utf-8"))
    assert (metadata["License-Expression"], metadata["Requires-Python"]) == ("Apache-2.0", ">=3.10")
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in metadata.get_all("Classifier")


def test_the_sdist_holds_all_that_the_wheel_is_made_of(built):
    top = f"identity_spark-{__version__}"
    with tarfile.open(built.sdist) as sdist:
        names = {name.removeprefix(f"{top}/") for name in sdist.getnames()}
    wanted = {
        "setup.py",
        "README.md",
        "LICENSE",
        "identity_spark/py.typed",
        "identity_spark/audit/page/templates/page.html",
    }
    assert wanted | {f"jobs/{job}.py" for job in JOBS} | {f"conf/{name}" for name in FACTS} <= names


@pytest.mark.slow
def test_every_job_is_a_command(installed):
    done = installed("python", "-c", NAMES_OF_COMMANDS)
    assert done.stdout.split() == sorted(f"identity-{job.replace('_', '-')}" for job in JOBS), done.stderr


@pytest.mark.slow
def test_a_task_that_fails_raises(installed):
    """As Databricks calls it, which looks at no return value."""
    done = installed("python", "-c", FAILING_TASK)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "missing.yaml: cannot be read" in done.stderr


def test_spark_is_no_requirement_where_the_platform_brings_it(tmp_path):
    for environment, expected in (({}, {"pyspark", "delta-spark"}), ({"SPARK_PROVIDED": "1"}, set())):
        command = [sys.executable, "setup.py", "--quiet", "egg_info", "--egg-base", str(tmp_path)]
        subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
        required = (tmp_path / "identity_spark.egg-info" / "requires.txt").read_text("utf-8")
        assert "PyYAML" in required
        assert {name for name in ("pyspark", "delta-spark") if f"{name}<" in required} == expected


@pytest.mark.slow
def test_a_configuration_is_read_without_spark(installed):
    done = installed("python", "-c", CONFIGURATION)
    assert done.stdout == "customers False\n", done.stderr


@pytest.mark.slow
def test_the_sample_job_runs_from_another_folder(installed):
    """As its command in plain Python: Spark's packages come by the variable that PySpark reads."""
    make_people.main(["--rows", "500", "--seed", "5", "--out", str(installed.folder / "people")])
    facts = installed("python", "-c", "from identity_spark.reference import folder; print(folder())").stdout.strip()
    assert not facts.startswith(str(ROOT))
    jars = ",".join(map(str, sorted(PACKAGES.glob("*.jar"))))
    settings = {"PYSPARK_SUBMIT_ARGS": f"{SPARK} --jars {jars} pyspark-shell", "PEOPLE": "people", "OUTPUT": "output"}
    log = installed.folder / "identity.log"
    settings |= {"IDENTITY_LOG": str(log), "PYSPARK_PYTHON": "none"}  # no work on rows needs a Python
    done = installed("identity-resolve", "--config", f"{facts}/customers.yaml", "--run-id", "first", **settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("run first of customers\n")
    (run,) = rows(installed.folder / "output", "identity_runs")
    assert run["code_version"] == __version__
    assert dict(run["counts"])["golden_records"] == len(rows(installed.folder / "output", "identity_golden")) > 100
    assert {file.name for file in installed.folder.iterdir()} == {"people", "output", "identity.log"}
