"""Reads the source tables, and nothing of them that no field needs."""

from delta.tables import DeltaTable
from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from identity_spark.config import Source
from identity_spark.errors import ConfigError, InputError, first_line


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
        return rows.where(source.where)
    except ParseException as error:
        raise ConfigError(f"{place}.where: {source.where!r} is no SQL predicate: {first_line(error)}") from error
    except AnalysisException as error:
        raise InputError(f"{place}.where: {source.where!r} does not fit the table: {first_line(error)}") from error


def delta_version(spark: SparkSession, source: Source) -> int | None:
    """The newest version of a Delta source, so that one run reads one state of it; null for other formats."""
    if source.path is not None and source.format != "delta":
        return None
    try:
        return newest_version(spark, path=source.path, table=source.table)
    except PySparkException:  # a catalog table of another format, a view, or nothing: reading it tells which
        return None


def newest_version(spark: SparkSession, path: str | None, table: str | None) -> int:
    """The newest version of the Delta table at ``path``, or else of the catalog's ``table``."""
    delta = DeltaTable.forPath(spark, path) if path is not None else DeltaTable.forName(spark, quoted(table or ""))
    return int(delta.history(1).collect()[0]["version"])


def location(source: Source) -> str:
    return source.path if source.path is not None else f"table {source.table}"


def quoted(table: str) -> str:
    """A table name of one to three parts, each quoted for SQL."""
    return ".".join(f"`{part.strip('`')}`" for part in table.split("."))


def _open(spark: SparkSession, source: Source, version: int | None) -> DataFrame:
    reader = spark.read.options(**source.options)
    if version is not None:
        reader = reader.option("versionAsOf", version)
    if source.table is not None:
        return reader.table(quoted(source.table))
    return reader.format(source.format).load(source.path)
