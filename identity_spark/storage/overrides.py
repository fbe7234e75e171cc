"""Reads overrides: what people have decided about two records or a value, in whatever format they keep it."""

from collections.abc import Collection
from datetime import datetime

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import CANNOT_LINK, MUST_LINK, Location
from identity_spark.errors import InputError, first_line
from identity_spark.schemas import OVERRIDES
from identity_spark.storage.small_tables import Wanted, read_small_table
from identity_spark.storage.sources import quoted

BLOCK_VALUE = "block_value"
KINDS = (MUST_LINK, CANNOT_LINK, BLOCK_VALUE)
TIMES = ("created_at", "expires_at")
SHOWN = 20  # so many wrong rows are named
WANTED = Wanted("overrides", "overrides", ("kind",))


def read_overrides(spark: SparkSession, location: Location, identifiers: Collection[str]) -> DataFrame:
    """``OVERRIDES``, those that have expired too, blank texts null.

    ``identifiers`` are those whose values may be blocked. Raises ``InputError`` that names each row that cannot be
    read: its place in the file, its kind and what is wrong.
    """
    rows = _texts(_open(spark, location)).coalesce(1).withColumn("row", F.monotonically_increasing_id() + 1)
    problem = _problem(identifiers)
    wrong = rows.select("row", "kind", problem.alias("problem")).where("problem IS NOT NULL")
    found = wrong.orderBy("row").limit(SHOWN + 1).collect()
    if found:
        lines = [f"overrides: row {r['row']} ({r['kind'] or 'no kind'}): {r['problem']}" for r in found[:SHOWN]]
        raise InputError("\n".join([*lines, *(["overrides: and more rows like these"] if len(found) > SHOWN else [])]))
    times = {name: F.try_to_timestamp(name) for name in TIMES}
    return rows.withColumns(times).select(*OVERRIDES.names)


def _open(spark: SparkSession, location: Location) -> DataFrame:
    if location.table is None:
        return read_small_table(spark, str(location.path), WANTED)
    try:
        rows = spark.read.table(quoted(location.table))
        columns = rows.columns
    except PySparkException as error:
        raise InputError(f"overrides: cannot read table {location.table}: {first_line(error)}") from error
    if "kind" not in columns:
        raise InputError(f"overrides: table {location.table} has no column kind, which is {_listed(KINDS)}")
    return rows


def _texts(rows: DataFrame) -> DataFrame:
    """Every column of ``OVERRIDES`` as text; null where it is blank or the table has no such column."""
    present = {name.lower() for name in rows.columns}

    def text(name: str) -> Column:
        value = F.trim(F.col(name).cast("string")) if name in present else F.lit(None).cast("string")
        return F.when(value != "", value).alias(name)

    return rows.select(*(text(name) for name in OVERRIDES.names))


def _problem(identifiers: Collection[str]) -> Column:
    """What is wrong with a row: the first of what it lacks or says that cannot be meant; null where nothing is."""
    of_pairs = F.col("kind").isin(MUST_LINK, CANNOT_LINK)
    lacks_keys = F.col("left_record_key").isNull() | F.col("right_record_key").isNull()
    of_value = F.col("kind") == BLOCK_VALUE
    is_pattern = F.col("value").rlike(r"\A/.+/\z")
    problem = (
        F.when(F.col("kind").isNull() | ~F.col("kind").isin(*KINDS), f"its kind is none of {_listed(KINDS)}")
        .when(of_pairs & lacks_keys, "it needs left_record_key and right_record_key")
        .when(of_pairs & (F.col("left_record_key") == F.col("right_record_key")), "it names one record twice")
        .when(of_value & (F.col("identifier").isNull() | F.col("value").isNull()), "it needs identifier and value")
        .when(
            of_value & ~F.col("identifier").isin(*identifiers),
            F.concat(F.col("identifier"), F.lit(" is no identifier")),
        )
        .when(of_value & is_pattern, "its value is a regular expression; write that under identifiers.<name>.blocked")
    )
    for name in TIMES:
        unreadable = F.col(name).isNotNull() & F.try_to_timestamp(name).isNull()
        message = F.concat(F.lit(f"{name} "), name, F.lit(" is no date or time; write it like 2026-12-31"))
        problem = problem.when(unreadable, message)
    return problem


def in_force(overrides: DataFrame, now: datetime) -> DataFrame:
    """The overrides that have not expired by ``now``."""
    return overrides.where(F.col("expires_at").isNull() | (F.col("expires_at") > F.lit(now)))


def _listed(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"
