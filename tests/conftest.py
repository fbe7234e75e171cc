"""One Spark session for all tests of a process, and the configuration of a small project."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import make_people
import pytest
from projects import Project
from pyspark.sql import SparkSession
from sessions import JAVA, compiled, new_session
from submitted import CONFIG, LIMITS, first_run
from xdist.scheduler import LoadScopeScheduling

from identity_spark import pipeline
from identity_spark.config import load_config

os.environ.setdefault("SPARK_SUBMIT_OPTS", JAVA)

ROOT = Path(__file__).resolve().parents[1]
# Files that share what takes long to make, the longest first: one worker runs them, one after the other.
TOGETHER = {
    "one_run": (
        "tests/pipeline/test_crashes.py",
        "tests/pipeline/test_publication.py",
        "tests/pipeline/test_dry_run.py",
    ),
    "demo": (
        "tests/jobs/test_resolve.py",
        "tests/jobs/test_resolve_guarded.py",
        "tests/jobs/test_elsewhere.py",
        "tests/audit/measure/test_measuring.py",
        "tests/pipeline/test_report_numbers.py",
    ),
    "reviewed": ("tests/audit/explain/test_explain.py", "tests/audit/review/test_review.py"),
}
GROUP_OF = {file: fixture for fixture, files in TOGETHER.items() for file in files}
BASE = """
project: small
default_country: US
sources:
  crm:
    {path: crm, primary_key: id, updated_at: seen,
     columns: {email: [mail, work], phone: tel, first_name: first, last_name: last, birth_date: dob, card: card, city: town}}
  shop: {path: shop, primary_key: [shop, num], columns: {email: mail, last_name: last, card: card}}
identifiers:
  email: {type: email, blocked: ["Boss@X.io", "/^info@/"]}
  phone: {type: phone}
  first_name: {type: first_name}
  last_name: {type: last_name}
  birth_date: {type: date, formats: [yyyy-MM-dd, dd/MM/yyyy]}
  card: {type: id}
  last_sound: {from: last_name, transform: soundex}
rules:
  - {name: card, criteria: [{identifiers: card, match: exact}]}
  - {name: email_and_name, criteria: [{identifiers: [email, last_name], match: exact}]}
golden: {fields: {city: {strategy: last_non_null}}}
output: {path: out}
"""


class ByFile(LoadScopeScheduling):
    """Gives each worker one file after another, and files that belong together to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return GROUP_OF.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; nothing that takes long is made by two workers."""
    order = [*TOGETHER, None]
    groups = {item: GROUP_OF.get(item.nodeid.partition("::")[0]) for item in items}
    for item, group in groups.items():
        if stray := (TOGETHER.keys() & {*item.fixturenames}) - {group}:
            raise pytest.UsageError(f"{item.nodeid} uses {stray.pop()}: add its file to TOGETHER in tests/conftest.py")
    items.sort(key=lambda item: order.index(groups[item]))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = new_session(tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()


@pytest.fixture(name="compiled")
def compiled_queries(spark: SparkSession) -> Iterator[None]:
    """Spark makes code for the queries of the test."""
    with compiled(spark):
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The sdist, and the wheel that ``scripts/build`` makes out of it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([ROOT / "scripts" / "build", folder], check=True, capture_output=True)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return SimpleNamespace(wheel=wheel, sdist=sdist)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    return first_run(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def made_runs(spark, tmp_path_factory) -> list[SimpleNamespace]:
    """As ``demo``, of more people and several seeds, by the other engine and in this session."""
    found = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp("people")
        people, output = folder / "in", folder / "out"
        make_people.main(["--rows", "5000", "--seed", seed, "--out", str(people)])
        settings = (*LIMITS, "clustering.engine=dataframe")
        config = load_config([CONFIG], settings, environment={"PEOPLE": str(people), "OUTPUT": str(output)})
        pipeline.run(spark, config, "first")
        found.append(SimpleNamespace(people=people, output=output, config=config))
    return found


@pytest.fixture
def project(spark, tmp_path) -> Project:
    return Project(spark, tmp_path)


@pytest.fixture
def make_config(tmp_path):
    """The small configuration with ``--set`` changes."""
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")

    def make(*changes: str):
        return load_config([tmp_path / "base.yaml"], changes, environment={})

    return make
