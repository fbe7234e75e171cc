"""One Spark session for all tests of a process, and the configuration of a small project."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyspark.sql import SparkSession
from sessions import JAVA, compiled, new_session
from submitted import first_run

from identity_spark.config import load_config

os.environ.setdefault("SPARK_SUBMIT_OPTS", JAVA)

ROOT = Path(__file__).resolve().parents[1]
# What takes longest to make: files that use one of these run in the same worker, one after the other, and first.
SHARED = ("demo", "one_run", "made_runs", "reviewed", "built")
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file is run by one worker, and so are all files that share what takes long to make."""
    used = {}
    for item in items:
        used.setdefault(item.path, set()).update(item.fixturenames)
    order = {path: next((n for n, name in enumerate(SHARED) if name in found), 99) for path, found in used.items()}
    for item in items:
        place = order[item.path]
        group = SHARED[place] if place < len(SHARED) else item.path.relative_to(ROOT)
        item.add_marker(pytest.mark.xdist_group(str(group)))
    items.sort(key=lambda item: order[item.path])


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


@pytest.fixture
def make_config(tmp_path):
    """The small configuration with ``--set`` changes."""
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")

    def make(*changes: str):
        return load_config([tmp_path / "base.yaml"], changes, environment={})

    return make
