"""Reads what people have decided, in whatever format they keep it, and refuses rows that cannot be meant.

Overrides are about two records, or about a value; golden overrides about the values that a golden record shows.
"""

from collections.abc import Collection
from datetime import datetime

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType, TimestampType

from identity_spark.config import CANNOT_LINK, MUST_LINK, Location, quoted
from identity_spark.errors import InputError, first_line
from identity_spark.schemas import GOLDEN_OVERRIDES, OVERRIDES
from identity_spark.storage.small_tables import Wanted, read_small_table

SHOWN = 20  # so many wrong rows are named
BLOCK_VALUE = "block_value"
KINDS = (MUST_LINK, CANNOT_LINK, BLOCK_VALUE)
PAIR_OVERRIDES = Wanted("overrides", "overrides", ("kind",))
VALUE_OVERRIDES = Wanted("golden overrides", "golden_overrides", ("field", "value"))


def read_overrides(spark: SparkSession, location: Location, identifiers: Collection[str]) -> DataFrame:
    """``OVERRIDES``, those that have expired too.

    ``identifiers`` are those whose values may be blocked. Raises ``InputError`` that names each row that cannot be
    meant.
    """
    return _read_decisions(spark, location, PAIR_OVERRIDES, OVERRIDES, _problem_of_override(identifiers))


def read_golden_overrides(spark: SparkSession, location: Location, fields: Collection[str]) -> DataFrame:
    """``GOLDEN_OVERRIDES``, those that have expired too.

    ``fields`` are those whose single value may be decided. Raises ``InputError`` that names each row that cannot be
    meant.
    """
    return _read_decisions(spark, location, VALUE_OVERRIDES, GOLDEN_OVERRIDES, _problem_of_value(fields))


def _read_decisions(
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


def _problem_of_override(identifiers: Collection[str]) -> Column:
    """The first of what a row lacks or says that cannot be meant."""
    of_pairs = F.col("kind").isin(MUST_LINK, CANNOT_LINK)
    lacks_keys = F.col("left_record_key").isNull() | F.col("right_record_key").isNull()
    of_value = F.col("kind") == BLOCK_VALUE
    lacks_value = F.col("identifier").isNull() | F.col("value").isNull()
    is_pattern = F.col("value").rlike(r"\A/.+/\z")
    *first, last = KINDS
    return (
        F.when(
            F.col("kind").isNull() | ~F.col("kind").isin(*KINDS), f"its kind is none of {', '.join(first)} or {last}"
        )
        .when(of_pairs & lacks_keys, "it needs left_record_key and right_record_key")
        .when(of_pairs & (F.col("left_record_key") == F.col("right_record_key")), "it names one record twice")
        .when(of_value & lacks_value, "it needs identifier and value")
        .when(of_value & ~F.col("identifier").isin(*identifiers), F.concat("identifier", F.lit(" is no identifier")))
        .when(of_value & is_pattern, "its value is a regular expression; write that under identifiers.<name>.blocked")
    )


def _problem_of_value(fields: Collection[str]) -> Column:
    """The first of what a row lacks or says that cannot be meant."""
    both, neither = (
        F.col("dinmo_id").isNotNull() & F.col("record_key").isNotNull(),
        F.col("dinmo_id").isNull() & F.col("record_key").isNull(),
    )
    return (
        F.when(F.col("field").isNull(), "it needs field")
        .when(~F.col("field").isin(*fields), "that is no golden field of one value")
        .when(both | neither, "it needs either dinmo_id or record_key")
    )
