"""The records of all sources in one schema."""

from collections.abc import Mapping, Sequence
from functools import partial, reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, DoubleType, NumericType, StringType, TimestampType

from identity_spark.schemas import MOST_VALUES
from identity_spark.stages.records.times import MOMENTS


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
