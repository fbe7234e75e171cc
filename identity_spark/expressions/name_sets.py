"""Sets of names as bits, so that collecting them takes a hash aggregation and no sort."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

BITS = 63  # of a bigint, less its sign


def masks(rank: Column, names: int) -> list[Column]:
    """Aggregates over the position ``rank`` of a name: a bigint with a bit for each name met, one more for each 63."""
    return [F.bit_or(_bit(rank, first)) for first in range(0, names, BITS)]


def masked_names(prefix: str, names: Sequence[str]) -> Column:
    """array<string>: the names whose bits are set in the columns ``<prefix>0``, ``<prefix>1`` ..., sorted."""
    ranked = sorted((name, rank) for rank, name in enumerate(names))
    named = (f"if(getbit(`{prefix}{rank // BITS}`, {rank % BITS}) = 1, '{name}', '')" for name, rank in ranked)
    return F.expr(f"array_remove(array({', '.join(named)}), '')")


def _bit(rank: Column, first: int) -> Column:
    is_here = (rank >= first) & (rank < first + BITS)
    bit = F.call_function("shiftleft", F.lit(1).cast("long"), rank - first)
    return F.when(is_here, bit).otherwise(F.lit(0).cast("long"))
