"""scripts/environment.sh: what it sets up is named while people wait for it, and Java is found without being started."""

import os
import subprocess
from pathlib import Path

import pytest

ENVIRONMENT = Path(__file__).resolve().parents[2] / "scripts" / "environment.sh"
PIP = """#!/bin/sh
cat <<'SAID'
Collecting pyspark==4.0.5
  Downloading pyspark-4.0.5.tar.gz (434.2 MB)
  Preparing metadata (pyproject.toml): started
Requirement already satisfied: numpy in here
  Building wheel for pyspark (pyproject.toml): started
  Building wheel for pyspark (pyproject.toml): finished with status 'done'
Installing collected packages: pyspark
Successfully installed pyspark-4.0.5
SAID
"""
IVY = """#!/bin/sh
echo "found io.delta#delta-spark_4.0_2.13;4.4.0 in central"
echo "downloading https://repo/maven2/io/delta/delta-spark_4.0_2.13/4.4.0/delta-spark_4.0_2.13-4.4.0.jar ..." >&2
"""


@pytest.fixture
def run(tmp_path):
    """Runs a line of shell with ``environment.sh`` of a folder whose programs are given by their texts."""

    def run(line: str, **programs: str) -> subprocess.CompletedProcess[str]:
        for place, text in {"requirements.txt": "pyspark==4.0.5\n", "scripts/environment.sh": None, **programs}.items():
            file = tmp_path / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(ENVIRONMENT.read_text("utf-8") if text is None else text, "utf-8")
            file.chmod(0o755)
        command = ["bash", "-c", f"set -euo pipefail; . scripts/environment.sh; mkdir -p .spark; {line}"]
        environment = {**os.environ, "JAVA_HOME": str(tmp_path / "java")}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


def test_downloaded_packages_are_named(run, tmp_path):
    done = run("ensure_python", **{".venv/bin/pip": PIP})
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "installing the Python packages of requirements.txt",
        "  downloading pyspark-4.0.5.tar.gz (434.2 MB)",
        "  building pyspark",
        "  unpacking",
    ]
    assert (tmp_path / ".venv" / "requirements.txt").exists()


def test_what_pip_cannot_install_ends_it(run, tmp_path):
    done = run("ensure_python", **{".venv/bin/pip": PIP + "exit 1\n"})
    assert done.returncode == 2
    assert done.stderr.endswith("error: pip could not install requirements.txt\n")
    assert not (tmp_path / ".venv" / "requirements.txt").exists()


@pytest.mark.parametrize("code", [0, 1])
def test_downloaded_jars_are_named(run, tmp_path, code):
    done = run("resolve a:b:1 ivy", **{".venv/bin/spark-submit": f"{IVY}exit {code}\n"})
    assert (done.returncode, done.stderr) == (code, "  downloading delta-spark_4.0_2.13-4.4.0.jar\n")
    assert (tmp_path / ".spark" / "resolve.log").read_text("utf-8").startswith("found io.delta#")


RUNS = '#!/bin/sh\necho "openjdk version \\"17.0.1\\" 2021-10-19" >&2\n'
HOMES = (  # its file release, its java, the version
    ('JAVA_VERSION="21.0.1"\n', "#!/bin/sh\nexit 1\n", "21"),
    ('JAVA_VERSION="1.8.0_402"\n', RUNS, "1"),
    ('IMPLEMENTOR="Nobody"\n', RUNS, "17"),
)


@pytest.mark.parametrize(("release", "java", "version"), HOMES)
def test_java_is_asked_only_where_its_home_does_not_say(run, release, java, version):
    done = run('java_major "$JAVA_HOME/bin/java"', **{"java/release": release, "java/bin/java": java})
    assert (done.returncode, done.stdout) == (0, f"{version}\n")


def test_java_without_a_file_in_its_home_is_asked(run):
    assert run('java_major "$JAVA_HOME/bin/java"', **{"java/bin/java": RUNS}).stdout == "17\n"
