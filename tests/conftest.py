"""One Spark session for the whole suite (UTC, few partitions, the real Delta and GraphFrames), and a small project."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from identity_spark.config import load_config

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
PACKAGES = Path(__file__).resolve().parent.parent / ".spark" / "jars"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    home = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local[2]")
        .appName("tests")
        .config("spark.driver.memory", "2g")
        .config("spark.driver.extraClassPath", ":".join(map(str, sorted(PACKAGES.glob("*.jar")))))
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.databricks.delta.snapshotPartitions", "2")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.checkpoint.dir", str(home / "checkpoints"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def make_config(tmp_path):
    """The small configuration with ``--set`` changes."""
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")

    def make(*changes: str):
        return load_config([tmp_path / "base.yaml"], changes, environment={})

    return make
