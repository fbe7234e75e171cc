"""One Spark session for all tests of a process, and the configuration of a small project."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyspark.sql import SparkSession
from sessions import new_session

from identity_spark.config import load_config

# Every JVM of the tests compiles quickly: they start often, and none has enough rows to earn a second compilation. Their
# many queries fill the small code cache that Java would then have, and without one nothing is compiled any more.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m")

ROOT = Path(__file__).resolve().parents[1]
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


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = new_session(tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The sdist, and the wheel that ``scripts/build`` makes out of it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([ROOT / "scripts" / "build", folder], check=True, capture_output=True)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return SimpleNamespace(wheel=wheel, sdist=sdist)


@pytest.fixture
def make_config(tmp_path):
    """The small configuration with ``--set`` changes."""
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")

    def make(*changes: str):
        return load_config([tmp_path / "base.yaml"], changes, environment={})

    return make
