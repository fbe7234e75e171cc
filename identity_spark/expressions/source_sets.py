"""Sets of sources as bits, so that collecting them takes a hash aggregation and no sort."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

BITS = 63  # of a bigint, less its sign


def source_masks(sources: int) -> list[Column]:
    """Aggregates over ``source_rank``: a bigint with a bit for each source met, and one more for each 63 sources."""
    rank = F.col("source_rank")
    return [F.bit_or(_bit(rank, first)) for first in range(0, sources, BITS)]


def masked_sources(prefix: str, sources: Sequence[str]) -> Column:
    """array<string>: the sources whose bits are set in the columns ``<prefix>0``, ``<prefix>1`` ..., sorted by name."""
    ranked = sorted((name, rank) for rank, name in enumerate(sources))
    named = [F.when(F.getbit(f"{prefix}{rank // BITS}", F.lit(rank % BITS)) == 1, F.lit(name)) for name, rank in ranked]
    return F.array_compact(F.array(*named))


def _bit(rank: Column, first: int) -> Column:
    is_here = (rank >= first) & (rank < first + BITS)
    return F.when(is_here, F.expr(f"shiftleft(1L, source_rank - {first})")).otherwise(F.lit(0).cast("long"))
