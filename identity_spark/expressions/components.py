"""Connected components: of a few pairs within one row, and what is known of each from all of its records."""

from pyspark.sql import Column, Window
from pyspark.sql import functions as F

GROUPS = "array<array<bigint>>"


def merges(pairs: Column) -> Column:
    """int: how many merges array<struct<left_id, right_id, ...>> takes: records less connected components.

    Each pair is looked for in every group so far, so that it is for small graphs.
    """
    groups = F.aggregate(pairs, F.array().cast(GROUPS), _with_pair)
    return F.size(F.flatten(groups)) - F.size(groups)


def _with_pair(groups: Column, pair: Column) -> Column:
    """The groups less those that hold an end of the pair, and one of all that is in these, and the pair."""

    def holds(group: Column) -> Column:
        return F.array_contains(group, pair["left_id"]) | F.array_contains(group, pair["right_id"])

    joined = F.flatten(F.filter(groups, holds))
    whole = F.array_distinct(F.concat(F.array(pair["left_id"], pair["right_id"]), joined))
    return F.concat(F.filter(groups, lambda group: ~holds(group)), F.array(whole))


def cluster_facts() -> dict[str, Column]:
    """``record_count`` and ``smallest_key`` of the record's cluster, by ``cluster_id`` and ``record_key``."""
    cluster = Window.partitionBy("cluster_id")
    return {"record_count": F.count("*").over(cluster), "smallest_key": F.min("record_key").over(cluster)}
