"""What each rule adds: the merges that no other rule makes.

A profile of n records takes n - 1 merges. Without the pairs that one rule alone has found it falls into parts; the
merges that are missing then are that rule's only. Small profiles are connected anew within their rows; the others, all
at once, in a graph with a copy of each record for every rule that is left out.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.components import merges
from identity_spark.schemas import MUST_LINK_INDEX, RULE_EDGES

MOST_IN_A_ROW = 50  # records: what a row costs grows with pairs times records


def rule_edges(links: DataFrame, profiles: DataFrame) -> DataFrame:
    """``RULE_EDGES``: the accepted links of published profiles; ``links`` are ``JUDGED_LINKS``."""
    published = profiles.where("dinmo_id IS NOT NULL AND record_count > 1")
    ends = published.select(F.col("record_id").alias("left_id"), "cluster_id", "record_count")
    accepted = links.where("refused_by IS NULL").select("left_id", "right_id", "rule_index")
    return accepted.join(ends.hint("shuffle_hash"), "left_id").to(RULE_EDGES)


def merges_of_small(edges: DataFrame) -> DataFrame:
    """``rule_index``, ``merges_only_here``: of each small profile, the rules that some pair needs."""
    ends = ("left_id", "right_id")
    # By profile at once, so that pairs and then profiles are put together where they lie.
    small = edges.where(F.col("record_count") <= MOST_IN_A_ROW).repartition("cluster_id")
    pairs = small.groupBy("cluster_id", "record_count", *ends).agg(F.collect_set("rule_index").alias("rules"))
    profiles = pairs.groupBy("cluster_id", "record_count").agg(F.collect_list(F.struct(*ends, "rules")).alias("pairs"))
    needed = F.filter("pairs", lambda pair: F.size(pair["rules"]) == 1)
    rules = F.array_distinct(F.flatten(F.transform(needed, lambda pair: pair["rules"])))
    by_rule = profiles.withColumn("rule_index", F.explode(rules))
    left = F.filter("pairs", lambda pair: pair["rules"] != F.array("rule_index"))
    missing = by_rule.select("rule_index", (F.col("record_count") - 1 - merges(left)).alias("missing"))
    return missing.groupBy("rule_index").agg(F.sum("missing").alias("merges_only_here"))


def held_by(edges: DataFrame) -> DataFrame:
    """``cluster_id``, ``record_count``, ``rules``: which rules hold each large profile together, by their indexes."""
    return (
        _large(edges)
        .groupBy("cluster_id")
        .agg(F.first("record_count").alias("record_count"), F.collect_set("rule_index").alias("rules"))
    )


def without_each_rule(edges: DataFrame, held: DataFrame, config: Config) -> DataFrame:
    """``left_id``, ``right_id``: the edges of large profiles, between copies of their records.

    An edge is in the copies of every rule of its profile but its own.
    """
    copies = (
        _large(edges)
        .join(held.select("cluster_id", "rules"), "cluster_id")
        .select("left_id", "right_id", F.explode(F.array_remove("rules", F.col("rule_index"))).alias("left_out"))
    )
    return copies.select(*(_copy(F.col(end), config).alias(end) for end in ("left_id", "right_id")))


def merges_of_large(held: DataFrame, components: DataFrame, config: Config) -> DataFrame:
    """``rule_index``, ``merges_only_here`` of large profiles.

    ``components`` are the ``CLUSTERS`` of the copies of ``without_each_rule``.
    """
    whole = held.select(F.explode("rules").alias("rule_index"), (F.col("record_count") - 1).alias("merges"))
    rule_index = (F.col("record_id") % _copies(config) + MUST_LINK_INDEX).cast("int").alias("rule_index")
    made_without = F.count_distinct("cluster_id") - F.count("*")
    found = components.groupBy(rule_index).agg(made_without.alias("merges"))
    return whole.unionByName(found).groupBy("rule_index").agg(F.sum("merges").alias("merges_only_here"))


def merges_only_here(small: DataFrame, large: DataFrame) -> DataFrame:
    """``rule_index``, ``merges_only_here`` of the rules that add any to any profile."""
    return small.unionByName(large).groupBy("rule_index").agg(F.sum("merges_only_here").alias("merges_only_here"))


def _large(edges: DataFrame) -> DataFrame:
    return edges.where(F.col("record_count") > MOST_IN_A_ROW)


def _copy(record_id: Column, config: Config) -> Column:
    """The id of a record's copy in which the rule ``left_out`` is."""
    return record_id * _copies(config) + F.col("left_out") - MUST_LINK_INDEX


def _copies(config: Config) -> int:
    return len(config.rules) - MUST_LINK_INDEX
