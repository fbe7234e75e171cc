"""The values that a record has of several identifiers, single- and multi-valued ones alike, as one array."""

from collections.abc import Collection, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

HELD = "array<struct<identifier:string,value:string>>"


def held_values(names: Sequence[str], multi_valued: Collection[str]) -> Column:
    """array<struct<identifier, value>>: every known value of the identifiers ``names``; empty where there is none.

    Arrays of ``multi_valued`` identifiers hold no nulls. Without lambdas, which would be interpreted for each value.
    """
    held = [_several(name) if name in multi_valued else _one(name) for name in names]
    return held[0] if len(held) == 1 else F.concat(*held)


def _one(name: str) -> Column:
    entry = F.struct(F.lit(name).alias("identifier"), F.col(name).alias("value"))
    return F.when(F.col(name).isNotNull(), F.array(entry)).otherwise(F.array().cast(HELD))


def _several(name: str) -> Column:
    named = F.arrays_zip(F.array_repeat(F.lit(name), F.size(name)), name).cast(HELD)
    return F.when(F.col(name).isNotNull(), named).otherwise(F.array().cast(HELD))
