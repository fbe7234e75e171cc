"""The Spark session: the only module that reaches below the DataFrame interface."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from pyspark.sql import SparkSession

from identity_spark import packages
from identity_spark.errors import ConfigError

DELTA_SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}
NOWHERE = "/identity_spark/no_such_table"
WITHOUT_SETTINGS = "DELTA_CONFIGURE_SPARK_SESSION_WITH_EXTENSION_AND_CATALOG"
WITHOUT_CLASSES = ("DATA_SOURCE_NOT_FOUND", "Cannot find catalog plugin class")
VACUUM_SETTINGS = {
    "spark.databricks.delta.retentionDurationCheck.enabled": "false",  # what is kept counts in runs
    "spark.databricks.delta.vacuum.retentionWindowIgnore.enabled": "false",  # else Delta 4.4 ignores RETAIN
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "8",  # tables are one folder: 10,000 tasks list nothing
}
GRAPHFRAMES_CLASS = "org.graphframes.GraphFrame"
RUN_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # dates and timestamps mean the same on every machine
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "false",  # tables every Delta reader knows
}


def get_session(name: str) -> SparkSession:
    """The active session, else a new one able to read and write Delta. Master and tunables are spark-submit's.

    Raises ``ConfigError`` where Delta's classes are missing.
    """
    active = SparkSession.getActiveSession()
    if active is None:
        builder = SparkSession.builder.appName(name)
        if "DATABRICKS_RUNTIME_VERSION" not in os.environ:  # there Delta is built in, by other classes
            for key, value in DELTA_SETTINGS.items():
                builder = builder.config(key, value)
        active = builder.getOrCreate()
    require_delta(active)
    return active


_with_delta: WeakSet[SparkSession] = WeakSet()


def require_delta(spark: SparkSession) -> None:
    """Raises ``ConfigError`` where the session lacks Delta's classes or its settings; a session is asked once."""
    if spark in _with_delta:
        return
    try:
        spark.read.format("delta").load(NOWHERE)
    except Exception as error:  # always one, as nothing is there: only Delta's absence counts
        _refuse_without_delta(str(error))
    _with_delta.add(spark)


def _refuse_without_delta(said: str) -> None:
    """Raises ``ConfigError`` where what Spark ``said`` means that it has no Delta."""
    if WITHOUT_SETTINGS in said:
        settings = " and ".join(f"{key}={value}" for key, value in DELTA_SETTINGS.items())
        raise ConfigError(f"the Spark session has no Delta: start it with {settings}; they cannot be set afterwards")
    if any(name in said for name in WITHOUT_CLASSES):
        raise ConfigError(
            "Delta's classes are not on Spark's class path; start with them:"
            f" spark-submit --packages {packages.delta()}, or for plain Python the environment variable"
            f" PYSPARK_SUBMIT_ARGS='--packages {packages.delta()} pyspark-shell'"
        )


@contextmanager
def run_settings(spark: SparkSession) -> Iterator[None]:
    """The settings that correctness needs, for the length of a run; the session gets its own back afterwards."""
    with _settings(spark, RUN_SETTINGS):
        yield


@contextmanager
def vacuum_settings(spark: SparkSession) -> Iterator[None]:
    """The settings for removing old files, likewise."""
    with _settings(spark, VACUUM_SETTINGS):
        yield


@contextmanager
def _settings(spark: SparkSession, settings: Mapping[str, str]) -> Iterator[None]:
    before: Mapping[str, str | None] = {key: spark.conf.get(key, None) for key in settings}
    for key, value in settings.items():
        spark.conf.set(key, value)
    try:
        yield
    finally:
        for key, old in before.items():
            if old is None:
                spark.conf.unset(key)
            else:
                spark.conf.set(key, old)


def require_graphframes(spark: SparkSession) -> None:
    """Raises ``ConfigError`` where the GraphFrames classes are not on the class path."""
    try:
        java = _java(spark)
        loader = java.Thread.currentThread().getContextClassLoader()
        java.java.lang.Class.forName(GRAPHFRAMES_CLASS, True, loader)
    except Exception as missing:  # Py4J wraps ClassNotFoundException; Spark Connect has no sparkContext at all
        raise ConfigError(
            "clustering.engine: 'graphframes' needs the GraphFrames package on Spark's class path, and it is not there;"
            " submit with it (scripts/submit does) or set clustering: {engine: dataframe}"
        ) from missing


@contextmanager
def checkpoints(spark: SparkSession, folder: str) -> Iterator[None]:
    """``folder`` is the place where GraphFrames breaks its lineage, and afterwards the one before is again."""
    context = spark.sparkContext
    before = context.getCheckpointDir()
    context.setCheckpointDir(folder)
    try:
        yield
    finally:
        # Spark names the folder that it made in the one given; null makes it forget, which the types of Python refuse.
        context._jsc.sc().setCheckpointDir(before and before.rpartition("/")[0])


def make_folder(spark: SparkSession, folder: str) -> None:
    """Makes ``folder`` and its parents, on whatever file system its path names; raises ``ConfigError`` if it cannot."""
    path = _java(spark).org.apache.hadoop.fs.Path(folder)
    try:
        path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).mkdirs(path)
    except Exception as error:  # whatever the file system raises: no folder, no permission, no such host
        raise ConfigError(f"output.path: cannot write to {folder}; check the path and its permissions") from error


def file_names(spark: SparkSession, folder: str) -> list[str]:
    """The names of what ``folder`` holds, sorted; none where it does not exist."""
    path = _java(spark).org.apache.hadoop.fs.Path(folder)
    files = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    return sorted(str(file.getPath().getName()) for file in files.listStatus(path)) if files.exists(path) else []


def delete_folder(spark: SparkSession, folder: str, empty_parents: int = 0) -> None:
    """Removes ``folder`` and all below it, on whatever file system its path names, and so many parents if now empty."""
    path = _java(spark).org.apache.hadoop.fs.Path(folder)
    files = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    files.delete(path, True)
    for _ in range(empty_parents):
        path = path.getParent()
        if not files.exists(path) or files.listStatus(path):
            break
        files.delete(path, False)


def _java(spark: SparkSession) -> Any:
    return spark.sparkContext._jvm
