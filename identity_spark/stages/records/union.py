"""The records of all sources in one schema."""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, DoubleType, NumericType, StringType, TimestampType

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
    alike = [part.select(*_as_types(schema, common)) for part, schema in zip(parts, schemas, strict=True)]
    together = reduce(DataFrame.union, alike)
    return together.withColumn("record_id", F.monotonically_increasing_id())


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


def _as_types(schema: Mapping[str, DataType], common: Mapping[str, DataType]) -> list[Column]:
    columns = []
    for name, kind in common.items():
        value, found = F.col(name), schema.get(name)
        if found is None:
            value = F.lit(None).cast(kind).alias(name)
        elif isinstance(kind, ArrayType) and not isinstance(found, ArrayType):
            value = F.when(value.isNotNull(), F.array(name)).cast(kind).alias(name)
        elif found != kind:
            value = value.cast(kind).alias(name)
        columns.append(value)
    return columns
