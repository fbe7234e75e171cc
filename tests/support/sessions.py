"""The Spark session of the tests: UTC, the real Delta and GraphFrames packages, and settings for a handful of rows."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.conversion import LocalDataToArrowConversion
from pyspark.sql.types import StructType, _parse_datatype_string

PACKAGES = Path(__file__).resolve().parents[2] / ".spark" / "jars"
# Every JVM of the tests compiles quickly: they start often, and none has enough rows to earn a second compilation. Their
# many queries fill the small code cache that Java would then have, and without one nothing is compiled any more.
JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m"
# A query of a few rows costs what its plan costs: no Java code is made and compiled for it, and none is planned twice.
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.ui.enabled": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}


# What Spark does by itself, for tests that look at the code that it makes, or have many rows or long texts.
COMPILED = {
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation",
}


@contextmanager
def compiled(spark: SparkSession) -> Iterator[None]:
    """Queries are compiled meanwhile, those of local rows too."""
    before = {name: spark.conf.get(name, None) for name in COMPILED}
    for name, value in COMPILED.items():
        spark.conf.set(name, value)
    yield
    for name, value in before.items():
        spark.conf.unset(name) if value is None else spark.conf.set(name, value)


def new_session(home: Path, settings: Mapping[str, str] = SMALL) -> SparkSession:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = (
        SparkSession.builder.master("local[2]")
        .appName("tests")
        .config("spark.driver.memory", "2g")
        .config("spark.driver.extraClassPath", ":".join(map(str, sorted(PACKAGES.glob("*.jar")))))
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.checkpoint.dir", str(home / "checkpoints"))
        .config("spark.log.level", "ERROR")
        .config("spark.ui.showConsoleProgress", "false")
    )
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.createDataFrame = _with_local_rows(session)
    return session


def _with_local_rows(session: SparkSession):
    """``createDataFrame`` as Spark Connect has it, by Arrow: eight times as fast, for no Python reads rows on a worker."""
    create = session.createDataFrame

    def local(rows: object, schema: object = None, **more: object) -> DataFrame:
        structure = _parse_datatype_string(schema) if isinstance(schema, str) else schema
        if isinstance(rows, Iterable) and isinstance(structure, StructType):
            rows, schema = list(rows), structure
            if rows:  # of none, Spark would know that there are none, and plan accordingly
                rows = LocalDataToArrowConversion.convert(rows, structure, False)
        return create(rows, schema, **more)

    return local
