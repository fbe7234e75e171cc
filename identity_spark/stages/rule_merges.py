"""What holds each cluster together: the proof that it is one connected component, and what each rule adds to it.

A cluster of n records takes n - 1 merges. Where its accepted pairs make fewer it is several components in one,
whichever engine put them together. Without the pairs that one rule alone has found it falls into parts; the merges that
are missing then are that rule's only. Small clusters are connected anew within their rows; the others, all at once, in
a graph with a copy of each record for every rule that is left out, and one for none.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.errors import CheckError
from identity_spark.expressions.components import merges
from identity_spark.schemas import RULE_EDGES

MOST_IN_A_ROW = 50  # records: what a row costs grows with pairs times records
NONE = -3  # in place of the index of the rule that is left out
COPIES_BEFORE_RULES = -NONE
LARGEST, CROSSING = "largest", "crossing"


def rule_edges(links: DataFrame, profiles: DataFrame) -> DataFrame:
    """``RULE_EDGES``: the accepted links, and the clusters of their ends; ``links`` are ``JUDGED_LINKS``."""
    accepted = links.where("refused_by IS NULL").select("left_id", "right_id", "rule_index")
    several = profiles.where("record_count > 1").select(
        "record_id", "cluster_id", "record_count", F.col("dinmo_id").isNotNull().alias("published")
    )
    left = several.withColumnRenamed("record_id", "left_id")
    right = several.select(F.col("record_id").alias("right_id"), F.col("cluster_id").alias("other_id"))
    found = accepted.join(left.hint("shuffle_hash"), "left_id", "left")
    found = found.join(right.hint("shuffle_hash"), "right_id", "left")
    crosses = ~F.coalesce(F.col("cluster_id") == F.col("other_id"), F.lit(False))
    return found.withColumn("crosses", crosses).to(RULE_EDGES)


def figures() -> dict[str, Column]:
    """Aggregates over ``RULE_EDGES`` by name: the ``LARGEST`` cluster, and the pairs ``CROSSING`` two."""
    return {LARGEST: F.max("record_count"), CROSSING: F.count_if("crosses")}


def merges_of_small(edges: DataFrame) -> DataFrame:
    """``rule_index``, ``merges``: those that published clusters miss without each rule that some pair of theirs needs.

    Under ``NONE`` those that all pairs make, in every cluster.
    """
    ends = ("left_id", "right_id")
    # Repartitioned once by cluster: pairs and then clusters are grouped without another exchange.
    small = edges.where(F.col("record_count") <= MOST_IN_A_ROW).repartition("cluster_id")
    of_cluster = ("cluster_id", "record_count", "published")
    pairs = small.groupBy(*of_cluster, *ends).agg(F.collect_set("rule_index").alias("rules"))
    clusters = pairs.groupBy(*of_cluster).agg(F.collect_list(F.struct(*ends, "rules")).alias("pairs"))
    needed = F.filter("pairs", lambda pair: F.size(pair["rules"]) == 1)
    rules = F.array_distinct(F.flatten(F.transform(needed, lambda pair: pair["rules"])))
    by_rule = clusters.withColumn("rule_index", F.explode(_left_out(rules)))
    made = merges(F.filter("pairs", lambda pair: pair["rules"] != F.array("rule_index")))
    counted = F.when(F.col("rule_index") == NONE, made).otherwise(F.col("record_count") - 1 - made)
    return (
        by_rule.select("rule_index", counted.alias("merges")).groupBy("rule_index").agg(F.sum("merges").alias("merges"))
    )


def held_by(edges: DataFrame) -> DataFrame:
    """``cluster_id``, ``record_count``, ``rules``: what is left out of each large cluster, by index."""
    rules = F.collect_set("rule_index").alias("rules")
    of_cluster = _large(edges).groupBy("cluster_id", "record_count", "published").agg(rules)
    return of_cluster.select("cluster_id", "record_count", _left_out(F.col("rules")).alias("rules"))


def without_each_rule(edges: DataFrame, held: DataFrame, config: Config) -> DataFrame:
    """``left_id``, ``right_id``: the edges of large clusters, between copies of their records.

    An edge is in the copies of every rule of its cluster but its own.
    """
    copies = (
        _large(edges)
        .join(held.select("cluster_id", "rules"), "cluster_id")
        .select("left_id", "right_id", F.explode(F.array_remove("rules", F.col("rule_index"))).alias("left_out"))
    )
    return copies.select(*(_copy(F.col(end), config).alias(end) for end in ("left_id", "right_id")))


def merges_of_large(held: DataFrame, components: DataFrame, config: Config) -> DataFrame:
    """``rule_index``, ``merges`` of large clusters, as ``merges_of_small`` has them.

    ``components`` are the ``CLUSTERS`` of the copies of ``without_each_rule``.
    """
    whole = held.select(F.explode("rules").alias("rule_index"), (F.col("record_count") - 1).alias("merges"))
    rule_index = (F.col("record_id") % _copies(config) - COPIES_BEFORE_RULES).cast("int").alias("rule_index")
    made = F.count("*") - F.count_distinct("cluster_id")
    counted = F.when(F.col("rule_index") == NONE, F.col("made")).otherwise(-F.col("made"))
    found = components.groupBy(rule_index).agg(made.alias("made")).select("rule_index", counted.alias("merges"))
    of_rules = whole.where(F.col("rule_index") != NONE).unionByName(found)
    return of_rules.groupBy("rule_index").agg(F.sum("merges").alias("merges"))


def require_components(made: int, needed: int, crossing: int) -> None:
    """Raises ``CheckError`` where a pair leaves its cluster, or a cluster is several components in one.

    ``made`` are the merges that all pairs make, ``needed`` those that all clusters take; ``crossing`` counts the
    ``RULE_EDGES`` that cross.
    """
    if crossing or made != needed:
        raise CheckError(
            f"clusters: {crossing} pairs cross two clusters, and clusters take {needed} merges where pairs make {made}:"
            " they are not the connected components of the pairs; nothing was written; run again with --set"
            " clustering.engine=dataframe, and report this"
        )


def _left_out(rules: Column) -> Column:
    """array<int>: ``NONE``, and of a published cluster each of ``rules``."""
    return F.when(F.col("published"), F.array_append(rules, F.lit(NONE))).otherwise(F.array(F.lit(NONE)))


def _large(edges: DataFrame) -> DataFrame:
    return edges.where(F.col("record_count") > MOST_IN_A_ROW)


def _copy(record_id: Column, config: Config) -> Column:
    """The id of a record's copy in which the rule ``left_out`` is."""
    return record_id * _copies(config) + F.col("left_out") + COPIES_BEFORE_RULES


def _copies(config: Config) -> int:
    return len(config.rules) + COPIES_BEFORE_RULES
