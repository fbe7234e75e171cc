"""Lasting ids: each cluster keeps the ``dinmo_id`` with which it shares most records; the others get new ones."""

from collections.abc import Callable
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

Materialize = Callable[[str, DataFrame], DataFrame]


def new_dinmo_id(project: str, smallest_key: Column, salt: str = "") -> Column:
    """A UUID-shaped text (version 8, RFC 9562) from SHA-256 of the project, the smallest record key and a salt."""
    digest = F.sha2(F.concat_ws("\n", F.lit(project), smallest_key, F.lit(salt)), 256)
    variant = F.translate(F.substring(digest, 17, 1), "0123456789abcdef", "89ab" * 4)
    return F.concat(
        *(F.substring(digest, 1, 8), F.lit("-"), F.substring(digest, 9, 4), F.lit("-8"), F.substring(digest, 14, 3)),
        *(F.lit("-"), variant, F.substring(digest, 18, 3), F.lit("-"), F.substring(digest, 21, 12)),
    )


def overlaps(members: DataFrame, cluster_facts: DataFrame, known: DataFrame, former: DataFrame) -> DataFrame:
    """``cluster_id``, ``smallest_key``, ``dinmo_id``, ``created_at``, ``shared``, ``returned``: claims to ids.

    ``shared`` counts the records of the cluster that have the id (``known``: ``KNOWN_IDS``), ``returned`` those that
    had it when last seen (``former``: ``FORMER_IDS``). An id that was never published is nobody's yet: no claim.
    """
    published = known.where("created_at IS NOT NULL")
    claims = published.select("record_key", "dinmo_id", "created_at", F.lit(True).alias("lives"))
    claims = claims.unionByName(former.withColumn("lives", F.lit(False)))
    return (
        members.select("record_key", "cluster_id")
        .join(claims, "record_key")
        .groupBy("cluster_id", "dinmo_id", "created_at")
        .agg(F.count_if("lives").alias("shared"), F.count_if(~F.col("lives")).alias("returned"))
        .join(cluster_facts.select("cluster_id", "smallest_key"), "cluster_id")
    )


def carry_over(shared: DataFrame, materialize: Materialize) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: the ids kept; one heir per id, one id per cluster.

    The greatest overlap goes first, a returned record counting less than any that stayed; ties go to the older id, then
    the smaller, then the cluster with the smaller key.
    Pairs that are each other's best are settled together; what they leave free is matched again until nothing is left.
    """
    most = (F.desc("shared"), F.desc("returned"))
    best_id = Window.partitionBy("cluster_id").orderBy(*most, "created_at", "dinmo_id")
    best_heir = Window.partitionBy("dinmo_id").orderBy(*most, "smallest_key")
    rest, kept, round_number = shared, [], 0
    while not rest.isEmpty():
        ranked = rest.withColumn("a", F.row_number().over(best_id)).withColumn("b", F.row_number().over(best_heir))
        settled = materialize(
            f"kept_ids_{round_number}", ranked.where("a = 1 AND b = 1").select("cluster_id", "dinmo_id")
        )
        kept.append(settled)
        left_over = rest.join(settled.select("cluster_id"), "cluster_id", "left_anti")
        left_over = left_over.join(settled.select("dinmo_id"), "dinmo_id", "left_anti")
        rest, round_number = materialize(f"open_ids_{round_number}", left_over), round_number + 1
    return reduce(DataFrame.unionByName, kept, shared.select("cluster_id", "dinmo_id").where(F.lit(False)))


def assign(clusters: DataFrame, kept: DataFrame, used: DataFrame, project: str, salt: str) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: the id of every cluster.

    ``clusters`` has ``cluster_id`` and ``smallest_key``; ``used`` every ``dinmo_id`` ever published. A new id that
    somebody has or had before is salted, by what no other run has, so that no id is ever given twice.
    """
    fresh = new_dinmo_id(project, F.col("smallest_key"))
    salted = new_dinmo_id(project, F.col("smallest_key"), salt)
    taken = used.select("dinmo_id").unionByName(kept.select("dinmo_id")).distinct()
    taken = taken.select(F.col("dinmo_id").alias("fresh_id"), F.lit(True).alias("taken"))
    return (
        clusters.join(kept.withColumnRenamed("dinmo_id", "kept_id"), "cluster_id", "left")
        .withColumn("fresh_id", F.when(F.col("kept_id").isNull(), fresh))
        .join(taken, "fresh_id", "left")
        .select("cluster_id", F.coalesce("kept_id", F.when(F.col("taken"), salted), "fresh_id").alias("dinmo_id"))
    )
