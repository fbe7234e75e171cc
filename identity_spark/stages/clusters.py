"""Clusters: the connected components of the accepted pairs, a round at a time.

Randomized contraction (Bögeholz, Brand, Todor 2018: "In-database connected component analysis"): in each round every
vertex moves to the neighbour, or itself, with the smallest hash of the round; edges follow, loops and repetitions go,
and with them at least a constant share of the vertices. The hash only orders, so a collision changes nothing.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

ENDS = ("left_id", "right_id")


def distinct_edges(links: DataFrame) -> DataFrame:
    """``left_id`` < ``right_id``: every two records that a link joins, once."""
    smaller, larger = F.least("left_id", "right_id"), F.greatest("left_id", "right_id")
    return links.where("left_id <> right_id").select(smaller.alias("left_id"), larger.alias("right_id")).distinct()


def targets(edges: DataFrame, round_number: int) -> DataFrame:
    """``vertex`` and ``target``: where each vertex of ``edges`` goes in this round."""
    left, right = (F.struct(F.col(a).alias("vertex"), F.col(b).alias("neighbour")) for a, b in (ENDS, reversed(ENDS)))
    neighbours = edges.select(F.inline(F.array(left, right)))
    smallest = F.min_by("neighbour", _hash("neighbour", round_number)).alias("neighbour")
    is_smaller = _hash("neighbour", round_number) < _hash("vertex", round_number)
    return (
        neighbours.groupBy("vertex")
        .agg(smallest)
        .select("vertex", F.when(is_smaller, F.col("neighbour")).otherwise(F.col("vertex")).alias("target"))
    )


def follow(edges: DataFrame, chosen: DataFrame) -> DataFrame:
    """The edges between the targets of their ends, each once; what became a loop is settled."""
    left = chosen.select(F.col("vertex").alias("left_id"), F.col("target").alias("left_target"))
    right = chosen.select(F.col("vertex").alias("right_id"), F.col("target").alias("right_target"))
    renamed = edges.join(left, "left_id").join(right, "right_id")
    return distinct_edges(
        renamed.select(F.col("left_target").alias("left_id"), F.col("right_target").alias("right_id"))
    )


def composed(rounds: Sequence[DataFrame]) -> DataFrame:
    """``CLUSTERS``: where every vertex of the first of the ``rounds`` (``targets``) ends after all of them."""
    ends = rounds[-1]
    for earlier in reversed(rounds[:-1]):
        later = ends.select(F.col("vertex").alias("target"), F.col("target").alias("end"))
        ends = earlier.join(later, "target", "left").select("vertex", F.coalesce("end", "target").alias("target"))
    return ends.select(F.col("vertex").alias("record_id"), F.col("target").alias("cluster_id"))


def _hash(vertex: str, round_number: int) -> Column:
    return F.xxhash64(F.lit(round_number), F.col(vertex))
