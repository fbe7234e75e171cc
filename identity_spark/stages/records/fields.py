"""The fields that a source maps: a column, several columns or an expression, as they are carried."""

from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BinaryType, DataType, DoubleType, FloatType, MapType, StructType

from identity_spark.config import Config, FieldMapping, Identifier, Source
from identity_spark.errors import ConfigError, InputError, first_line
from identity_spark.expressions.birth_date import written_day
from identity_spark.schemas import MOST_VALUES
from identity_spark.stages.records.columns import column_and_type
from identity_spark.stages.records.times import MOMENTS

EXACT = "decimal(38,18)"  # holds what doubles are written with, but for the very large, which have no fraction


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
