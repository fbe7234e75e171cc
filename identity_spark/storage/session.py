"""The Spark session: with ``files`` the only module that reaches below the DataFrame interface.

Over Spark Connect there is nothing below it: no files, no class path, no description of jobs.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from weakref import WeakSet

from pyspark import inheritable_thread_target
from pyspark.sql import Observation, SparkSession
from pyspark.sql import functions as F

from identity_spark.errors import ConfigError
from identity_spark.storage import packages

Item = TypeVar("Item")
Result = TypeVar("Result")

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
PREPARED = ("SPARK_REMOTE", "DATABRICKS_RUNTIME_VERSION")  # where Delta is there already, by other classes
PATH, STREAMS = "org.apache.hadoop.fs.Path", "org.apache.commons.io.IOUtils"
LOOKED_UP = ("org.apache.spark.sql.functions", "functions", "PythonUtils", "PythonSQLUtils")  # by PySpark
GRAPHFRAMES_CLASS = "org.graphframes.GraphFrame"
RUN_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # dates and timestamps mean the same on every machine
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "false",  # tables every Delta reader knows
}

SPEED_SETTINGS = {
    # Parquet gives up looking for equal values in a column sooner: of keys and ids, where there are none, that took a
    # third of the time that tables take to write. Columns of few different values keep their dictionary.
    "parquet.dictionary.page.size": "65536",
    # Java compiles no method of more bytes and interprets it for ever; Spark writes such methods unless told not to.
    "spark.sql.codegen.hugeMethodLimit": "8000",
}


def get_session(project: str) -> SparkSession:
    """The active session, else a new one able to read and write Delta. Master and tunables are spark-submit's.

    Where ``SPARK_REMOTE`` names a Spark Connect server, a session there, with the server's settings. Raises
    ``ConfigError`` where Delta's classes are missing.
    """
    active = SparkSession.getActiveSession()
    if active is None:
        builder = SparkSession.builder
        if not any(place in os.environ for place in PREPARED):
            builder = builder.appName(f"identity {project}")
            for key, value in DELTA_SETTINGS.items():
                builder = builder.config(key, value)
        active = builder.getOrCreate()
    require_delta(active)
    remember_functions(active)
    return active


class _Remembering:
    """A class of Java whose members are looked up once."""

    def __init__(self, java_class: Any) -> None:
        self._java_class = java_class

    def __call__(self, *arguments: Any) -> Any:
        return self._java_class(*arguments)

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._java_class, name)
        setattr(self, name, member)
        return member


def remember_functions(spark: SparkSession) -> None:
    """Halves the calls to Java: PySpark looks a function up there, its class and its name, whenever it calls it."""
    if is_connect(spark):
        return
    classes = java(spark)
    for name in (*LOOKED_UP, PATH, STREAMS):
        if not isinstance(vars(classes).get(name), _Remembering):
            setattr(classes, name, _Remembering(getattr(classes, name)))


def _allow_deep_plans() -> None:
    """Lets the client of Spark Connect send expressions of more than 50 functions in one another; servers take 500."""
    with suppress(ImportError):  # another implementation of protobuf
        from google._upb._message import SetAllowOversizeProtos

        SetAllowOversizeProtos(True)


_with_delta: WeakSet[SparkSession] = WeakSet()


def require_delta(spark: SparkSession) -> None:
    """Raises ``ConfigError`` where the session lacks Delta's classes or its settings; a session is asked once."""
    if spark in _with_delta:
        return
    if is_connect(spark):
        _allow_deep_plans()
    try:
        spark.read.format("delta").load(NOWHERE).schema  # noqa: B018 - over Spark Connect nothing happens before
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


def is_connect(spark: SparkSession) -> bool:
    """Whether ``spark`` talks to a Spark Connect server, as on serverless compute."""
    return type(spark).__module__.startswith("pyspark.sql.connect")


def another(spark: SparkSession) -> SparkSession:
    """A session with settings of its own; over Spark Connect the same one."""
    return spark if is_connect(spark) else spark.newSession()


@contextmanager
def run_settings(spark: SparkSession) -> Iterator[None]:
    """The settings that correctness and speed need, for the length of a run; the session gets its own back afterwards.

    Those of speed stay away from Spark Connect, where servers refuse settings that they do not know.
    """
    with _settings(spark, RUN_SETTINGS if is_connect(spark) else RUN_SETTINGS | SPEED_SETTINGS):
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


@contextmanager
def jobs_named(spark: SparkSession, name: str) -> Iterator[None]:
    """Spark's jobs of the block bear ``name`` in its user interface and its event log."""
    if is_connect(spark):
        yield
        return
    context = spark.sparkContext
    before = context.getLocalProperty("spark.job.description")
    context.setJobDescription(name)
    try:
        yield
    finally:
        context.setJobDescription(before)  # type: ignore[arg-type]  # None removes it


def observed(observation: Observation, name: str) -> str | None:
    """The text observed under ``name``, once its query is done; null where Spark hands none over.

    ``get`` asks Java fifty times for the whole of it.
    """
    here: Any = getattr(observation, "_jo", None)
    found: str | None = here.getAsJava().get(name) if here is not None else observation.get.get(name)
    return found


def as_here(spark: SparkSession, step: Callable[[Item], Result]) -> Callable[[Item], Result]:
    """``step`` for other threads, whose jobs bear the name that those of this one do."""
    return step if is_connect(spark) else inheritable_thread_target(spark)(step)


def require_graphframes(spark: SparkSession) -> None:
    """Raises ``ConfigError`` where the GraphFrames classes are not on the class path."""
    if is_connect(spark):
        raise ConfigError(
            "clustering.engine: 'graphframes' does not run over Spark Connect; set clustering: {engine: dataframe}"
        )
    try:
        classes = java(spark)
        loader = classes.Thread.currentThread().getContextClassLoader()
        classes.java.lang.Class.forName(GRAPHFRAMES_CLASS, True, loader)
    except Exception as missing:  # Py4J wraps ClassNotFoundException
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


def is_regex(spark: SparkSession, pattern: str) -> bool:
    """Whether Java, whose regular expressions Spark uses, can read the pattern."""
    try:
        if is_connect(spark):
            spark.range(1).select(F.lit("").rlike(pattern)).collect()
        else:
            java(spark).java.util.regex.Pattern.compile(pattern)
    except Exception:  # of Spark Connect's or Py4J's, which wraps PatternSyntaxException
        return False
    return True


def java(spark: SparkSession) -> Any:
    """The Java of the driver; over Spark Connect there is none."""
    return spark.sparkContext._jvm
