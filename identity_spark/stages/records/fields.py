"""How the columns of a source are read: its key, its time of update, and the fields that it maps."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import reduce

from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DataType,
    DateType,
    DoubleType,
    FloatType,
    MapType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
)

from identity_spark.config import Config, FieldMapping, Identifier, Source
from identity_spark.errors import ConfigError, InputError, first_line
from identity_spark.expressions.birth_date import written_day
from identity_spark.expressions.text import trim_space
from identity_spark.schemas import MOST_VALUES

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
EXACT = "decimal(38,18)"  # holds what doubles are written with, but for the very large, which have no fraction


def primary_key(raw: DataFrame, source: Source) -> Column:
    """The parts of the key joined by ``|``; null where one is null or blank."""
    parts = [column_and_type(raw, c)[0].cast("string") for c in source.primary_key]
    known = reduce(Column.__and__, (part.rlike(r"(?U)\S") for part in parts))
    return F.when(known, F.concat_ws("|", *parts))


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


def field(raw: DataFrame, name: str, mapping: FieldMapping, source: Source, config: Config) -> Column:
    """The field ``name`` of ``source``: text or array<text> for an identifier, its own type for any other field.

    An array of so many columns says so under ``MOST_VALUES`` in its metadata.
    Raises ``InputError`` where its column or expression does not fit, ``ConfigError`` where the expression is no SQL.
    """
    place = f"sources.{source.name}.columns.{name}"
    identifier = next((i for i in config.identifiers if i.name == name), None)
    if mapping.expr is not None:
        value = _expression(raw, mapping.expr, place)
        kind = raw.select(value).schema[0].dataType
        return _typed(value, kind, identifier, f"{place}.expr: {mapping.expr!r}").alias(name)
    parts, is_bounded = [], True
    for column in mapping.columns:
        value, kind = column_and_type(raw, column)
        typed = _typed(value, kind, identifier, f"{place}: column {column!r}")
        parts.append(typed if isinstance(kind, ArrayType) or len(mapping.columns) == 1 else F.array(typed))
        is_bounded = is_bounded and not isinstance(kind, ArrayType)
    if len(parts) == 1:
        return parts[0].alias(name)
    together = F.concat(*(F.coalesce(values, F.array()) for values in parts))
    return together.alias(name, metadata={MOST_VALUES: len(parts)}) if is_bounded else together.alias(name)


def _expression(raw: DataFrame, sql: str, place: str) -> Column:
    try:
        value = F.expr(sql)
        raw.select(value).schema  # noqa: B018 - Spark resolves the names now
        return value
    except ParseException as error:
        raise ConfigError(f"{place}.expr: {sql!r} is no SQL expression") from error
    except AnalysisException as error:
        raise InputError(f"{place}.expr: {sql!r} does not fit the table: {first_line(error)}") from error


def _typed(value: Column, kind: DataType, identifier: Identifier | None, place: str) -> Column:
    """``value`` as it is carried: text for an identifier, its own type for any other field."""
    if isinstance(kind, MapType) or (identifier and isinstance(kind, StructType | BinaryType)):
        wanted = "text, a number, a date or an array of those" if identifier else "no map"
        raise InputError(f"{place} is of type {kind.simpleString()}; it has to be {wanted}")
    if identifier is None:
        return value
    if isinstance(kind, ArrayType):
        _typed(value, kind.elementType, identifier, place)
        return F.transform(value, lambda v: _as_text(v, kind.elementType, identifier))
    return _as_text(value, kind, identifier)


def _as_text(value: Column, kind: DataType, identifier: Identifier) -> Column:
    if isinstance(kind, MOMENTS):
        day = value.cast("date")
        if identifier.type == "date":
            return written_day(day, identifier.formats)
        return F.when(value == day, day.cast("string")).otherwise(value.cast("string"))  # midnight: a date, as most are
    if isinstance(kind, DoubleType | FloatType):  # 4155550100.0 was a phone number before some tool read it as a number
        plain = value.cast("string").try_cast(EXACT).cast("string")
        return F.coalesce(F.regexp_replace(plain, r"\.?0+\z", ""), F.format_string("%.0f", value.cast("double")))
    return value.cast("string")


def missing_columns(raw: DataFrame, source: Source) -> list[str]:
    """A problem for each column of the key, the order field and the fields that the table does not have."""
    named = [(f"primary_key {c!r}", c) for c in source.primary_key]
    if source.updated_at is not None:
        named.append((f"updated_at {source.updated_at!r}", source.updated_at))
    named += [(f"columns.{f}: {c!r}", c) for f, m in source.columns.items() for c in m.columns]
    present = raw.columns
    return [
        f"sources.{source.name}.{place} is no column of the table; {_hint(column, present)}"
        for place, column in named
        if column not in present and not _is_resolved(raw, column)
    ]


def _is_resolved(raw: DataFrame, column: str) -> bool:
    try:
        raw.select(column).schema  # noqa: B018 - Spark resolves other case and fields inside columns
        return True
    except AnalysisException:
        return False


def column_and_type(raw: DataFrame, name: str) -> tuple[Column, DataType]:
    """The column ``name``, whatever characters it has, or with dots a field inside a column; and its type."""
    if name in (fields := raw.schema).names:
        return F.col(f"`{name.replace('`', '``')}`"), fields[name].dataType
    return F.col(name), raw.select(name).schema[0].dataType


def _hint(column: str, columns: Sequence[str]) -> str:
    close = get_close_matches(column, columns, n=1)
    return f"did you mean {close[0]!r}?" if close else f"its columns are {', '.join(columns)}"
