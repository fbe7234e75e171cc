"""Reads what people have decided, in whatever format they keep it, and refuses rows that cannot be meant."""

from datetime import datetime

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType, TimestampType

from identity_spark.config import Location, quoted
from identity_spark.errors import InputError, first_line
from identity_spark.storage.small_tables import Wanted, read_small_table

SHOWN = 20  # so many wrong rows are named


def read_decisions(
    spark: SparkSession, location: Location, wanted: Wanted, schema: StructType, problem: Column
) -> DataFrame:
    """The rows at ``location`` in ``schema``, blank texts null.

    ``problem`` reads the columns as text and says what is wrong with a row, null where nothing is. Raises
    ``InputError`` that names each wrong row: its place in the file, what it says in the first column wanted, and what
    is wrong.
    """
    rows = _texts(_open(spark, location, wanted), schema).coalesce(1)
    rows = rows.withColumn("row", F.monotonically_increasing_id() + 1)
    times = [field.name for field in schema.fields if isinstance(field.dataType, TimestampType)]
    wrong = F.coalesce(problem, *map(_unreadable, times))
    (title, *_) = wanted.columns
    found = rows.select("row", title, wrong.alias("wrong")).where("wrong IS NOT NULL").orderBy("row")
    lines = [f"{wanted.said_by}: row {n} ({what or f'no {title}'}): {why}" for n, what, why in found.take(SHOWN + 1)]
    if lines:
        more = [f"{wanted.said_by}: and more rows like these"] if len(lines) > SHOWN else []
        raise InputError("\n".join([*lines[:SHOWN], *more]))
    return rows.withColumns({name: F.try_to_timestamp(name) for name in times}).select(*schema.names)


def in_force(decisions: DataFrame, now: datetime) -> DataFrame:
    """The decisions that have not expired by ``now``."""
    return decisions.where(F.col("expires_at").isNull() | (F.col("expires_at") > F.lit(now)))


def _open(spark: SparkSession, location: Location, wanted: Wanted) -> DataFrame:
    if location.table is None:
        return read_small_table(spark, str(location.path), wanted)
    try:
        rows = spark.read.table(quoted(location.table))
        columns = {name.lower() for name in rows.columns}
    except PySparkException as error:
        raise InputError(f"{wanted.said_by}: cannot read table {location.table}: {first_line(error)}") from error
    if missing := [name for name in wanted.columns if name not in columns]:
        raise InputError(f"{wanted.said_by}: table {location.table} has no column {', no column '.join(missing)}")
    return rows


def _texts(rows: DataFrame, schema: StructType) -> DataFrame:
    """Every column of ``schema`` as text; null where it is blank or the table has no such column."""
    present = {name.lower() for name in rows.columns}

    def text(name: str) -> Column:
        value = F.trim(F.col(name).cast("string")) if name in present else F.lit(None).cast("string")
        return F.when(value != "", value).alias(name)

    return rows.select(*(text(name) for name in schema.names))


def _unreadable(time: str) -> Column:
    is_unreadable = F.col(time).isNotNull() & F.try_to_timestamp(time).isNull()
    return F.when(
        is_unreadable, F.concat(F.lit(f"{time} "), time, F.lit(" is no date or time; write it like 2026-12-31"))
    )
