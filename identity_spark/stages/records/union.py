"""The records of all sources in one schema."""

from collections.abc import Sequence
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
    for part in parts:
        for field in part.schema.fields:
            kinds.setdefault(field.name, []).append(field.dataType)
    common = {name: _common_type(types) for name, types in kinds.items()}
    together = reduce(DataFrame.unionByName, [part.select(*_as_types(part, common)) for part in parts])
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
