"""The order field of a source: when a record was last updated."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DateType, StringType, TimestampNTZType, TimestampType

from identity_spark.config import Source
from identity_spark.errors import InputError
from identity_spark.expressions.text import trim_space
from identity_spark.stages.records.columns import column_and_type

UNREADABLE_TIME = "updated_at__unreadable"
MOMENTS = (TimestampType, TimestampNTZType, DateType)

# ISO times that Spark does not read: of a minute, with a decimal comma, without marks.
REWRITTEN_TIMES = (
    (r"\A(\d{4})(\d{2})(\d{2})(?=T|\z)", "$1-$2-$3"),
    (r"(?<=\dT)(\d{2})(\d{2})(?!:)", "$1:$2"),
    (r"(?<=\dT\d{2}:\d{2})(\d{2})", ":$1"),
    (r"(?<=[T ]\d{2}:\d{2})(?=Z|[+-]\d|\z)", ":00"),
    (r"(:\d{2}),(?=\d)", "$1."),
)


def updated_at(raw: DataFrame, source: Source) -> Column:
    """The record's ``updated_at`` as a timestamp; null where it has none or none that is a time.

    Raises ``InputError`` where the column is neither a timestamp, a date nor text.
    """
    if source.updated_at is None:
        return F.lit(None).cast("timestamp").alias("updated_at")
    column, kind = column_and_type(raw, source.updated_at)
    if isinstance(kind, MOMENTS):
        return column.cast("timestamp").alias("updated_at")
    if isinstance(kind, StringType):
        return F.coalesce(F.try_to_timestamp(F.trim(column)), _rewritten_time(trim_space(column))).alias("updated_at")
    raise InputError(
        f"sources.{source.name}.updated_at: column {source.updated_at!r} is of type {kind.simpleString()};"
        " it has to be a timestamp, a date or ISO text"
    )


def unreadable_time(raw: DataFrame, source: Source, read: Column) -> Column:
    """Whether the record has an ``updated_at`` that is no time."""
    if source.updated_at is None:
        return F.lit(False)
    column, _ = column_and_type(raw, source.updated_at)
    return column.isNotNull() & read.isNull()


def _rewritten_time(text: Column) -> Column:
    return F.try_to_timestamp(reduce(lambda time, step: F.regexp_replace(time, *step), REWRITTEN_TIMES, text))
