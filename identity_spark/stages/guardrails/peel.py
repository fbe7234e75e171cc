"""Peel: a cluster in conflict is taken apart by refusing its weakest pairs, level by level, until no limit breaks.

A pair is as strong as the first rule that found it, and then as the number of rules that did; pairs of one strength are
a *level*, numbered from 1, the strongest. Overrides ``must_link`` are level 0 and never refused. Refusing the weakest
level of a conflicting cluster and clustering again, over and over, ends where every record is in its cluster of the
weakest level that breaks no limit. So nothing is done over and over: the clusters of all levels are found at once, as
the connected components of a graph with a copy of each record for every level.

Which records fall apart must not depend on how a key is spanned. Every pair of the contested clusters is therefore
looked at, not the stars that stand for them elsewhere; a key of more records than a block may have keeps its star, as
links of that one rule, which are refused together: its whole group is cut.
"""

from collections.abc import Iterable, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.expressions.components import cluster_facts
from identity_spark.schemas import JUDGED_LINKS, LEVELED_EDGES, MEMBERS, MUST_LINK_INDEX

Level = tuple[int, int]  # the index of the strongest rule, and the number of rules
ALL_ONE = (MUST_LINK_INDEX, 0)  # an override is as strong whatever rules agree with it


def leveled_edges(pairs: DataFrame, stars: DataFrame) -> DataFrame:
    """``LEVELED_EDGES``: each two linked records, once for ``pairs`` and once for each rule of ``stars``.

    Both are ``LINKS``: every pair, and what spans the keys of exact rules that have too many pairs.
    """
    ends = ("left_id", "right_id")
    whole = pairs.groupBy(*ends).agg(
        F.min("rule_index").alias("rule_index"), F.count_distinct("rule_index").alias("rules")
    )
    by_override = F.col("rule_index") == MUST_LINK_INDEX
    whole = whole.withColumn("rules", F.when(by_override, ALL_ONE[1]).otherwise(F.col("rules")))
    spanning = stars.select(*ends, "rule_index", F.lit(1).alias("rules")).distinct()
    return whole.unionByName(spanning).select(*ends, "rule_index", F.col("rules").cast("int")).to(LEVELED_EDGES)


def strengths(edges: DataFrame) -> DataFrame:
    """``rule_index``, ``rules``: the strengths that ``edges`` have; at most as many as rules times rules."""
    return edges.select("rule_index", "rules").distinct()


def numbered(found: Iterable[Sequence[int]]) -> list[Level]:
    """The levels of the ``strengths`` that were found, that of the overrides first."""
    levels = {(rule_index, rules) for rule_index, rules in found} - {ALL_ONE}
    return [ALL_ONE, *sorted(levels, key=lambda level: (level[0], -level[1]))]


def replicated(edges: DataFrame, levels: Sequence[Level]) -> DataFrame:
    """``left_id``, ``right_id``: every edge at its own level and at all weaker ones, between copies of its records."""
    at = edges.withColumn("at", F.explode(F.sequence(_number(levels), F.lit(len(levels) - 1))))
    return at.select(*(_copy(F.col(end), F.col("at"), levels).alias(end) for end in ("left_id", "right_id")))


def at_every_level(members: DataFrame, components: DataFrame, levels: Sequence[Level]) -> DataFrame:
    """``MEMBERS`` of the copies of ``members``, with the level ``at``; ``components`` are ``CLUSTERS`` of copies."""
    of_cluster = ("cluster_id", "linked", "record_count", "smallest_key")
    copies = members.drop(*of_cluster).withColumn("at", F.explode(F.sequence(F.lit(0), F.lit(len(levels) - 1))))
    copies = copies.withColumn("copy", _copy(F.col("record_id"), F.col("at"), levels))
    found = components.withColumnRenamed("record_id", "copy")
    clustered = copies.join(found, "copy", "left").select(
        *(name for name in members.columns if name not in of_cluster),
        F.coalesce("cluster_id", "copy").alias("cluster_id"),
        F.col("cluster_id").isNotNull().alias("linked"),
        "at",
    )
    return clustered.withColumns(cluster_facts()).select(*MEMBERS.names, "at")


def separated(copies: DataFrame, broken: DataFrame) -> DataFrame:
    """``MEMBERS`` after peeling: each record in its cluster of the weakest level at which that breaks no limit.

    ``copies`` is what ``at_every_level`` gives and ``broken`` holds the ``cluster_id`` of those that break one. Where
    all do, it is the cluster of the overrides, and the record goes on in conflict. ``at``: the level it stays at.
    """
    is_broken = broken.select("cluster_id", F.lit(True).alias("broken")).distinct()
    stays = copies.join(is_broken, "cluster_id", "left").where("broken IS NULL OR at = 0")
    names = [name for name in copies.columns if name not in ("record_id", "cluster_id", "at")]
    last = stays.groupBy("record_id").agg(F.max(F.struct("at", "cluster_id", *names)).alias("last"))
    chosen = last.select("record_id", "last.*")
    smallest = F.min("record_id").over(Window.partitionBy("cluster_id"))  # unique among all clusters
    return chosen.withColumn("cluster_id", smallest).withColumns(cluster_facts()).select(*MEMBERS.names, "at")


def refusals(
    pairs: DataFrame, edges: DataFrame, levels: Sequence[Level], copies: DataFrame, broken: DataFrame, after: DataFrame
) -> DataFrame:
    """``JUDGED_LINKS`` of ``pairs`` (``LINKS``): refused is what leads from one cluster of ``after`` to another.

    ``refused_by`` names the limits that the two would break together: those broken at the pair's own level.
    """
    ends = ("left_id", "right_id")
    strongest = edges.groupBy(*ends).agg(F.min(_number(levels)).alias("at"))
    clusters = after.select("record_id", "cluster_id")
    left = clusters.withColumnsRenamed({"record_id": "left_id", "cluster_id": "left_cluster"})
    right = clusters.withColumnsRenamed({"record_id": "right_id", "cluster_id": "right_cluster"})
    crossing = strongest.join(left, "left_id").join(right, "right_id").where("left_cluster <> right_cluster")
    limits = broken.groupBy("cluster_id").agg(
        F.array_join(F.sort_array(F.collect_set("limit")), ", ").alias("refused_by")
    )
    here = copies.select(F.col("record_id").alias("left_id"), "at", "cluster_id")
    refused = crossing.join(here, ["left_id", "at"]).join(limits, "cluster_id").select(*ends, "refused_by")
    return pairs.join(refused, list(ends), "left").select(*JUDGED_LINKS.names)


def rounds(edges: DataFrame, levels: Sequence[Level], copies: DataFrame, broken: DataFrame) -> DataFrame:
    """``rounds``: a row with how many levels were refused one after another around the record that lost most."""
    here = copies.select(F.col("record_id").alias("left_id"), "at", "cluster_id")
    refusable = edges.withColumn("at", _number(levels)).where("at > 0").select("left_id", "at").distinct()
    weakest = refusable.join(here, ["left_id", "at"]).select("cluster_id").distinct()
    lost = copies.join(weakest, "cluster_id", "left_semi").join(broken, "cluster_id", "left_semi")
    by_record = lost.groupBy("record_id").agg(F.count("*").alias("levels"))
    return by_record.agg(F.coalesce(F.max("levels"), F.lit(0)).alias("rounds"))


def _number(levels: Sequence[Level]) -> Column:
    """The number of an edge's level."""
    numbers = F.create_map(*(F.lit(part) for n, (rule, rules) in enumerate(levels) for part in (f"{rule}/{rules}", n)))
    return numbers[F.concat_ws("/", "rule_index", "rules")]


def _copy(record_id: Column, at: Column, levels: Sequence[Level]) -> Column:
    """The id of a record's copy at a level."""
    return record_id * len(levels) + at
