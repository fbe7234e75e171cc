"""Source tables to records: one key, one order field and the mapped fields, under the same names for every source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial, reduce

from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DataType,
    DateType,
    DoubleType,
    FloatType,
    MapType,
    NumericType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
)

from identity_spark.config import Config, FieldMapping, Identifier, Source
from identity_spark.errors import ConfigError, InputError, first_line
from identity_spark.expressions.birth_date import written_day
from identity_spark.expressions.text import trim_space

UNREADABLE_TIME = "updated_at__unreadable"
MOMENTS = (TimestampType, TimestampNTZType, DateType)
EXACT = "decimal(38,18)"  # holds what doubles are written with, but for the very large, which have no fraction

# ISO times that Spark does not read: of a minute, with a decimal comma, without marks.
REWRITTEN_TIMES = (
    (r"\A(\d{4})(\d{2})(\d{2})(?=T|\z)", "$1-$2-$3"),
    (r"(?<=\dT)(\d{2})(\d{2})(?!:)", "$1:$2"),
    (r"(?<=\dT\d{2}:\d{2})(\d{2})", ":$1"),
    (r"(?<=[T ]\d{2}:\d{2})(?=Z|[+-]\d|\z)", ":00"),
    (r"(:\d{2}),(?=\d)", "$1."),
)


def source_records(raw: DataFrame, source: Source, config: Config) -> DataFrame:
    """``raw`` as records: ``RECORDS``, ``phone_country`` (alpha-2) and the source's mapped fields.

    Identifiers come out as text or array<text>, other fields in their own type. ``record_key`` and ``primary_key`` are
    null where the primary key is. Raises ``InputError`` with every column that is missing or of an unusable type.
    """
    problems = _missing_columns(raw, source)
    if problems:
        raise InputError("\n".join(problems))
    fields: dict[str, Column] = {}
    steps = {name: partial(_field, raw, name, mapping, source, config) for name, mapping in source.columns.items()}
    for name, step in {**steps, "updated_at": partial(_updated_at, raw, source)}.items():
        try:
            fields[name] = step()
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    rank = [s.name for s in config.sources].index(source.name)
    key = _primary_key(raw, source)
    return raw.select(
        F.concat(F.lit(f"{source.name}:"), key).alias("record_key"),
        F.lit(source.name).alias("source"),
        F.lit(rank).alias("source_rank"),
        key.alias("primary_key"),
        _unreadable_time(raw, source, fields["updated_at"]).alias(UNREADABLE_TIME),
        F.lit(source.country or config.default_country).cast("string").alias("phone_country"),
        *(value.alias(name) for name, value in fields.items()),
    )


def union_records(parts: Sequence[DataFrame]) -> DataFrame:
    """All sources' records under one schema; a field that a source does not map is null there.

    ``record_id`` is a number for joins within the run, fixed once the frame is written down. Being given here, it also
    keeps Spark from planning and compiling what follows once for every source.
    """
    kinds: dict[str, list[DataType]] = {}
    for part in parts:
        for field in part.schema.fields:
            kinds.setdefault(field.name, []).append(field.dataType)
    common = {name: _common_type(types) for name, types in kinds.items()}
    together = reduce(DataFrame.unionByName, [part.select(*_as_types(part, common)) for part in parts])
    return together.withColumn("record_id", F.monotonically_increasing_id())


@dataclass(frozen=True)
class SourceCounts:
    """How many records a source has, how many with any identifier, and how many whose ``updated_at`` is no time."""

    records: int
    with_value: int
    unreadable_times: int


def counts_by_source(standardized: DataFrame, config: Config) -> dict[str, SourceCounts]:
    """The counts of each source that has a record."""
    names = [i.name for i in config.identifiers if not i.derived]
    has_value = reduce(Column.__or__, (F.col(name).isNotNull() for name in names)) | (F.size("blocked") > 0)
    counted = standardized.groupBy("source").agg(
        F.count("*").alias("records"),
        F.count_if(has_value).alias("with_value"),
        F.count_if(UNREADABLE_TIME).alias("unreadable_times"),
    )
    return {row["source"]: SourceCounts(*row[1:]) for row in counted.collect()}  # a row for each source


def require_values(found: Mapping[str, SourceCounts], config: Config) -> None:
    """Raises ``InputError`` naming every source that is empty or holds no identifier value."""
    problems = []
    for source in config.sources:
        if source.name not in found:
            problems.append(f"sources.{source.name}: no rows to read; check its path, table and `where`")
        elif not found[source.name].with_value:
            problems.append(
                f"sources.{source.name}: every identifier is null in all {found[source.name].records} rows;"
                " check `columns` and the reader's `options`"
            )
    if problems:
        raise InputError("\n".join(problems))


def unreadable_times(found: Mapping[str, SourceCounts]) -> dict[str, int]:
    """The sources with an ``updated_at`` that is no time, and how many."""
    return {source: counts.unreadable_times for source, counts in found.items() if counts.unreadable_times}


def repeated_keys(standardized: DataFrame) -> DataFrame:
    """``record_key`` of every key that several records have."""
    counted = standardized.where("record_key IS NOT NULL").groupBy("record_key").count()
    return counted.where("count > 1").select("record_key")


def older_duplicates(keyed: DataFrame, repeated: DataFrame) -> DataFrame:
    """``record_id`` and the keys of each record that shares its key with a newer one.

    Newest by ``updated_at``, then by content, so that the order of rows never decides.
    """
    content = F.to_json(F.struct(*(c for c in keyed.columns if c != "record_id")))
    newest_first = Window.partitionBy("record_key").orderBy(F.col("updated_at").desc_nulls_last(), content.desc())
    return (
        keyed.join(repeated, "record_key", "left_semi")
        .withColumn("place", F.row_number().over(newest_first))
        .where("place > 1")
        .select("record_id", "record_key", "source", "primary_key")
    )


def _missing_columns(raw: DataFrame, source: Source) -> list[str]:
    named = [(f"primary_key {c!r}", c) for c in source.primary_key]
    if source.updated_at is not None:
        named.append((f"updated_at {source.updated_at!r}", source.updated_at))
    named += [(f"columns.{f}: {c!r}", c) for f, m in source.columns.items() for c in m.columns]
    return [
        f"sources.{source.name}.{place} is no column of the table; {_hint(column, raw.columns)}"
        for place, column in named
        if not _is_column(raw, column)
    ]


def _is_column(raw: DataFrame, column: str) -> bool:
    if column in raw.columns:
        return True
    try:
        raw.select(column).schema  # noqa: B018 - Spark resolves other case and fields inside columns
        return True
    except AnalysisException:
        return False


def _column(raw: DataFrame, name: str) -> tuple[Column, DataType]:
    """The column ``name``, whatever characters it has, or with dots a field inside a column; and its type."""
    if name in raw.columns:
        return F.col(f"`{name.replace('`', '``')}`"), raw.schema[name].dataType
    return F.col(name), raw.select(name).schema[0].dataType


def _hint(column: str, columns: Sequence[str]) -> str:
    close = get_close_matches(column, columns, n=1)
    return f"did you mean {close[0]!r}?" if close else f"its columns are {', '.join(columns)}"


def _field(raw: DataFrame, name: str, mapping: FieldMapping, source: Source, config: Config) -> Column:
    place = f"sources.{source.name}.columns.{name}"
    identifier = next((i for i in config.identifiers if i.name == name), None)
    if mapping.expr is not None:
        value = _expression(raw, mapping.expr, place)
        kind = raw.select(value).schema[0].dataType
        return _typed(value, kind, identifier, f"{place}.expr: {mapping.expr!r}")
    parts = []
    for column in mapping.columns:
        value, kind = _column(raw, column)
        typed = _typed(value, kind, identifier, f"{place}: column {column!r}")
        parts.append(typed if isinstance(kind, ArrayType) or len(mapping.columns) == 1 else F.array(typed))
    return parts[0] if len(parts) == 1 else F.concat(*(F.coalesce(values, F.array()) for values in parts))


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


def _primary_key(raw: DataFrame, source: Source) -> Column:
    """The parts of the key joined by ``|``; null where one is null or blank."""
    parts = [_column(raw, c)[0].cast("string") for c in source.primary_key]
    known = reduce(Column.__and__, (part.rlike(r"(?U)\S") for part in parts))
    return F.when(known, F.concat_ws("|", *parts))


def _updated_at(raw: DataFrame, source: Source) -> Column:
    if source.updated_at is None:
        return F.lit(None).cast("timestamp")
    column, kind = _column(raw, source.updated_at)
    if isinstance(kind, MOMENTS):
        return column.cast("timestamp")
    if isinstance(kind, StringType):
        return F.coalesce(F.try_to_timestamp(F.trim(column)), _rewritten_time(trim_space(column)))
    raise InputError(
        f"sources.{source.name}.updated_at: column {source.updated_at!r} is of type {kind.simpleString()};"
        " it has to be a timestamp, a date or ISO text"
    )


def _rewritten_time(text: Column) -> Column:
    return F.try_to_timestamp(reduce(lambda time, step: F.regexp_replace(time, *step), REWRITTEN_TIMES, text))


def _unreadable_time(raw: DataFrame, source: Source, read: Column) -> Column:
    """Whether the record has an ``updated_at`` that is no time."""
    return F.lit(False) if source.updated_at is None else _column(raw, source.updated_at)[0].isNotNull() & read.isNull()


def _common_type(types: Sequence[DataType]) -> DataType:
    """The one type of a field that several sources map: arrays win, then the same type, then moments, numbers, text."""
    elements = [t.elementType if isinstance(t, ArrayType) else t for t in types]
    first = elements[0]
    if all(t == first for t in elements):
        common: DataType = first
    elif all(isinstance(t, MOMENTS) for t in elements):
        common = TimestampType()
    elif all(isinstance(t, NumericType) for t in elements):
        common = DoubleType()
    else:
        common = StringType()
    return ArrayType(common) if any(isinstance(t, ArrayType) for t in types) else common


def _as_types(part: DataFrame, common: dict[str, DataType]) -> list[Column]:
    columns = []
    for name, kind in common.items():
        if name not in part.columns:
            value = F.lit(None)
        elif isinstance(kind, ArrayType) and not isinstance(part.schema[name].dataType, ArrayType):
            value = F.when(F.col(name).isNotNull(), F.array(name))
        else:
            value = F.col(name)
        columns.append(value.cast(kind).alias(name))
    return columns
