"""Reads the source tables, and nothing of them that no field needs."""

from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from identity_spark.config import Source, quoted
from identity_spark.errors import ConfigError, InputError, first_line
from identity_spark.storage.files import path_in_sql


def read_source(spark: SparkSession, source: Source, version: int | None = None) -> DataFrame:
    """The raw rows of ``source`` that its ``where`` keeps; a Delta source at ``version`` where one is given.

    Raises ``InputError`` where there is nothing to read, ``ConfigError`` where ``where`` is no SQL.
    """
    place = f"sources.{source.name}"
    try:
        rows = _open(spark, source, version)
        rows.schema  # noqa: B018 - Spark looks for the table now, so that the error names it
    except PySparkException as error:
        raise InputError(f"{place}: cannot read {location(source)} as {source.format}: {first_line(error)}") from error
    if source.where is None:
        return rows
    try:
        kept = rows.where(source.where)
        kept.schema  # noqa: B018 - over Spark Connect nothing is looked at before
        return kept
    except ParseException as error:
        raise ConfigError(f"{place}.where: {source.where!r} is no SQL predicate: {first_line(error)}") from error
    except AnalysisException as error:
        raise InputError(f"{place}.where: {source.where!r} does not fit the table: {first_line(error)}") from error


def delta_version(spark: SparkSession, source: Source) -> int | None:
    """The newest version of a Delta source, so that one run reads one state of it; null for other formats."""
    if source.path is not None and source.format != "delta":
        return None
    try:
        return newest_version(spark, _in_sql(spark, source))
    except PySparkException:  # a catalog table of another format, a view, or nothing: reading it tells which
        return None


def newest_version(spark: SparkSession, table: str) -> int:
    """The newest version of the Delta table that SQL names ``table``."""
    return int(spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").collect()[0]["version"])


def location(source: Source) -> str:
    return source.path if source.path is not None else f"table {source.table}"


def _open(spark: SparkSession, source: Source, version: int | None) -> DataFrame:
    reader = spark.read.options(**source.options)
    if version is not None:
        reader = reader.option("versionAsOf", version)
    if source.table is not None:
        return reader.table(quoted(source.table))
    return reader.format(source.format).load(source.path)


def _in_sql(spark: SparkSession, source: Source) -> str:
    return quoted(source.table) if source.table is not None else path_in_sql(spark, source.path or "")
