"""The values that a record has of several identifiers, single- and multi-valued ones alike, as one array."""

from collections.abc import Collection, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

HELD = "array<struct<identifier:string,value:string>>"


def held_values(names: Sequence[str], multi_valued: Collection[str]) -> Column:
    """array<struct<identifier, value>>: every known value of the identifiers ``names``; empty where there is none."""
    held = [_each(name) if name in multi_valued else F.array(_entry(name, F.col(name))) for name in names]
    flat = held[0] if len(held) == 1 else F.concat(*held)
    return F.filter(flat, lambda entry: entry["value"].isNotNull())


def _each(name: str) -> Column:
    return F.coalesce(F.transform(name, lambda value: _entry(name, value)), F.array().cast(HELD))


def _entry(name: str, value: Column) -> Column:
    return F.struct(F.lit(name).alias("identifier"), value.alias("value"))
