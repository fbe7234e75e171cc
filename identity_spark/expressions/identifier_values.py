"""The values that a record has of several identifiers, single- and multi-valued ones alike, as one array."""

from collections.abc import Collection, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

HELD = "array<struct<identifier:string,value:string>>"


def held_values(names: Sequence[str], multi_valued: Collection[str]) -> Column:
    """array<struct<identifier, value>>: every known value of the identifiers ``names``; empty where there is none.

    Arrays of ``multi_valued`` identifiers hold no nulls. Without lambdas, which would be interpreted for each value.
    """
    held = (_several(name) if name in multi_valued else _one(name) for name in names)
    return F.expr(f"concat({', '.join(held)})")


def _one(name: str) -> str:
    entry = f"named_struct('identifier', '{name}', 'value', `{name}`)"
    return f"if(`{name}` IS NULL, CAST(array() AS {HELD}), array({entry}))"


def _several(name: str) -> str:
    entries = f"arrays_zip(array_repeat('{name}', size(`{name}`)), `{name}`)"
    return f"if(`{name}` IS NULL, CAST(array() AS {HELD}), CAST({entries} AS {HELD}))"
