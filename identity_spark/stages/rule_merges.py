"""What each rule adds: the merges that no other rule makes.

A profile of n records takes n - 1 merges. Without one of its rules it falls into parts; the merges that are missing
then are made by that rule only. A profile held by one rule owes all to it, and of two records held by two rules
nothing is owed to either; the others are connected anew without each of their rules in turn, all at once, in a graph
with a copy of each record for every rule that is left out.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import MUST_LINK_INDEX, RULE_EDGES


def rule_edges(links: DataFrame, profiles: DataFrame) -> DataFrame:
    """``RULE_EDGES``: the accepted links of published profiles; ``links`` are ``JUDGED_LINKS``."""
    published = profiles.where("dinmo_id IS NOT NULL AND record_count > 1")
    ends = published.select(F.col("record_id").alias("left_id"), "cluster_id", "record_count")
    accepted = links.where("refused_by IS NULL").select("left_id", "right_id", "rule_index")
    return accepted.join(ends.hint("shuffle_hash"), "left_id").to(RULE_EDGES)


def held_by(edges: DataFrame) -> DataFrame:
    """``cluster_id``, ``record_count``, ``rules``: which rules hold each profile together, by their indexes."""
    return edges.groupBy("cluster_id").agg(
        F.first("record_count").alias("record_count"), F.collect_set("rule_index").alias("rules")
    )


def without_each_rule(edges: DataFrame, held: DataFrame, config: Config) -> DataFrame:
    """``left_id``, ``right_id``: the edges of contested profiles, between copies of their records.

    An edge is in the copies of every rule of its profile but its own.
    """
    copies = edges.join(_contested(held).select("cluster_id", "rules"), "cluster_id").select(
        "left_id", "right_id", F.explode(F.array_remove("rules", F.col("rule_index"))).alias("left_out")
    )
    return copies.select(*(_copy(F.col(end), config).alias(end) for end in ("left_id", "right_id")))


def merges_only_here(held: DataFrame, components: DataFrame, config: Config) -> DataFrame:
    """``rule_index``, ``merges_only_here`` of the rules that hold any profile.

    ``components`` are the ``CLUSTERS`` of the copies of ``without_each_rule``.
    """
    merges = F.col("record_count") - 1
    alone = held.where("size(rules) = 1").select(F.get("rules", F.lit(0)).alias("rule_index"), merges.alias("merges"))
    all_of_them = _contested(held).select(F.explode("rules").alias("rule_index"), merges.alias("merges"))
    found = components.groupBy((F.col("record_id") % _copies(config) + MUST_LINK_INDEX).cast("int").alias("rule_index"))
    made_without = found.agg((F.count_distinct("cluster_id") - F.count("*")).alias("merges"))
    every = alone.unionByName(all_of_them).groupBy("rule_index").agg(F.sum("merges").alias("merges"))
    return every.unionByName(made_without).groupBy("rule_index").agg(F.sum("merges").alias("merges_only_here"))


def _contested(held: DataFrame) -> DataFrame:
    return held.where("size(rules) > 1 AND record_count > 2")


def _copy(record_id: Column, config: Config) -> Column:
    """The id of a record's copy in which the rule ``left_out`` is."""
    return record_id * _copies(config) + F.col("left_out") - MUST_LINK_INDEX


def _copies(config: Config) -> int:
    return len(config.rules) - MUST_LINK_INDEX
