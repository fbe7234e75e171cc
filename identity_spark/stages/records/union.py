"""The records of all sources together: in one schema, those that share a key, and how many each source has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, DoubleType, NumericType, StringType, TimestampType

from identity_spark.config import Config
from identity_spark.errors import InputError
from identity_spark.schemas import MOST_VALUES
from identity_spark.stages.records.fields import MOMENTS, UNREADABLE_TIME

KEYLESS = "keyless"


def union_records(parts: Sequence[DataFrame]) -> DataFrame:
    """All sources' records under one schema; a field that a source does not map is null there.

    ``record_id`` is a number for joins within the run, fixed once the frame is written down. Being given here, it also
    keeps Spark from planning and compiling what follows once for every source.
    """
    kinds: dict[str, list[DataType]] = {}
    schemas = [{field.name: field.dataType for field in part.schema.fields} for part in parts]
    for name, kind in (entry for schema in schemas for entry in schema.items()):
        kinds.setdefault(name, []).append(kind)
    common = {name: _common_type(types) for name, types in kinds.items()}
    alike = [_as_types(part, schema, common) for part, schema in zip(parts, schemas, strict=True)]
    together = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), alike)
    for name, most in _most_values(parts).items():
        together = together.withMetadata(name, {} if most is None else {MOST_VALUES: most})
    return together.withColumn("record_id", F.monotonically_increasing_id())


def _most_values(parts: Sequence[DataFrame]) -> dict[str, int | None]:
    """By array that says in some part how many values a record has at most: how many in all parts; None for any."""
    found: dict[str, list[int | None]] = {}
    for field in (field for part in parts for field in part.schema.fields):
        is_array = isinstance(field.dataType, ArrayType)
        found.setdefault(field.name, []).append(field.metadata.get(MOST_VALUES) if is_array else 1)
    told = {name: most for name, most in found.items() if any(one not in (None, 1) for one in most)}
    return {name: None if None in most else max(one or 0 for one in most) for name, most in told.items()}


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


def _as_types(part: DataFrame, schema: Mapping[str, DataType], common: Mapping[str, DataType]) -> DataFrame:
    changed: dict[str, Column] = {}
    for name, found in schema.items():
        value, kind = F.col(name), common[name]
        if isinstance(kind, ArrayType) and not isinstance(found, ArrayType):
            value = F.when(value.isNotNull(), F.array(name))
        if found != kind:
            changed[name] = value.cast(kind)
    return part.withColumns(changed) if changed else part


def repeated_keys(standardized: DataFrame) -> DataFrame:
    """``key_hash`` of every key that several records have, and now and then of others with the same hash."""
    hashes = standardized.where("record_key IS NOT NULL").select(F.xxhash64("record_key").alias("key_hash"))
    return hashes.groupBy("key_hash").count().where("count > 1").select("key_hash")


def older_duplicates(keyed: DataFrame, repeated: DataFrame) -> DataFrame:
    """``record_id`` and the keys of each record that shares its key with a newer one.

    Newest by ``updated_at``, then by content, so that the order of rows never decides.
    """
    content = F.expr(f"to_json(struct({', '.join(f'`{c}`' for c in keyed.columns if c != 'record_id')}))")
    newest_first = Window.partitionBy("record_key").orderBy(F.col("updated_at").desc_nulls_last(), content.desc())
    return (
        keyed.withColumn("key_hash", F.xxhash64("record_key"))
        .join(repeated, "key_hash", "left_semi")
        .drop("key_hash")
        .withColumn("place", F.row_number().over(newest_first))
        .where("place > 1")
        .select("record_id", "record_key", "source", "primary_key")
    )


@dataclass(frozen=True)
class SourceCounts:
    """How many records a source has, how many with any identifier, and how many whose ``updated_at`` is no time."""

    records: int
    with_value: int
    unreadable_times: int


def source_counts(config: Config) -> dict[str, Column]:
    """Aggregates over ``STANDARDIZED`` by name: what ``counts_by_source`` reads, and the records without a key."""
    names = [i.name for i in config.identifiers if not i.derived]
    has_value = reduce(Column.__or__, (F.col(name).isNotNull() for name in names)) | (F.size("blocked") > 0)
    counts = {KEYLESS: F.count_if(F.col("record_key").isNull())}
    for n in range(len(config.sources)):
        is_its = F.col("source_rank") == n
        counts[f"records_{n}"] = F.count_if(is_its)
        counts[f"with_value_{n}"] = F.count_if(is_its & has_value)
        counts[f"unreadable_times_{n}"] = F.count_if(is_its & F.col(UNREADABLE_TIME))
    return counts


def counts_by_source(found: Mapping[str, int], config: Config) -> dict[str, SourceCounts]:
    """The counts of each source that has a record, from what ``source_counts`` found."""
    parts = ("records", "with_value", "unreadable_times")
    counts = {s.name: SourceCounts(*(found[f"{part}_{n}"] for part in parts)) for n, s in enumerate(config.sources)}
    return {source: of_source for source, of_source in counts.items() if of_source.records}


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
