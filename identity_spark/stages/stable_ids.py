"""Lasting ids: each cluster keeps the ``dinmo_id`` with which it shares most records; the others get new ones."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def new_dinmo_id(project: str, smallest_key: Column, salt: str = "") -> Column:
    """A UUID-shaped text (version 8, RFC 9562) from SHA-256 of the project, the smallest record key and a salt."""
    digest = F.sha2(F.concat_ws("\n", F.lit(project), smallest_key, F.lit(salt)), 256)
    variant = F.translate(F.substring(digest, 17, 1), "0123456789abcdef", "89ab" * 4)
    return F.concat(
        *(F.substring(digest, 1, 8), F.lit("-"), F.substring(digest, 9, 4), F.lit("-8"), F.substring(digest, 14, 3)),
        *(F.lit("-"), variant, F.substring(digest, 18, 3), F.lit("-"), F.substring(digest, 21, 12)),
    )


def overlaps(members: DataFrame, known: DataFrame, former: DataFrame) -> DataFrame:
    """``cluster_id``, ``smallest_key``, ``dinmo_id``, ``created_at``, ``shared``, ``returned``: claims to ids.

    ``shared`` counts the records of the cluster that have the id (``known``: ``KNOWN_IDS``), ``returned`` those that
    had it when last seen (``former``: ``FORMER_IDS``). An id that was never published is nobody's yet: no claim.
    """
    published = known.where("created_at IS NOT NULL")
    claims = published.select("record_key", "dinmo_id", "created_at", F.lit(True).alias("lives"))
    claims = claims.unionByName(former.withColumn("lives", F.lit(False)))
    return (
        members.select("record_key", "cluster_id", "smallest_key")
        .join(claims, "record_key")
        .groupBy("cluster_id", "smallest_key", "dinmo_id", "created_at")
        .agg(F.count_if("lives").alias("shared"), F.count_if(~F.col("lives")).alias("returned"))
    )


def settled(shared: DataFrame) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: of ``overlaps`` the pairs that are each other's best; one heir per id, and one id.

    The greatest overlap goes first, a returned record counting less than any that stayed; ties go to the older id, then
    the smaller, then the cluster with the smaller key. What they leave free (``left_open``) is matched again.
    """
    most = (F.desc("shared"), F.desc("returned"))
    best_id = Window.partitionBy("cluster_id").orderBy(*most, "created_at", "dinmo_id")
    best_heir = Window.partitionBy("dinmo_id").orderBy(*most, "smallest_key")
    ranked = shared.withColumn("a", F.row_number().over(best_id)).withColumn("b", F.row_number().over(best_heir))
    return ranked.where("a = 1 AND b = 1").select("cluster_id", "dinmo_id")


def left_open(shared: DataFrame, taken: DataFrame) -> DataFrame:
    """Those of ``shared`` whose cluster and id the ``settled`` ones leave free."""
    free = shared.join(taken.select("cluster_id"), "cluster_id", "left_anti")
    return free.join(taken.select("dinmo_id"), "dinmo_id", "left_anti")


def assign(members: DataFrame, kept: DataFrame, used: DataFrame, project: str, salt: str) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: the id of every cluster.

    ``members`` is ``MEMBERS``; ``used`` every ``dinmo_id`` ever published. A new id that somebody has or had before is
    salted, by what no other run has, so that no id is ever given twice.
    """
    clusters = members.where("record_key = smallest_key").select("cluster_id", "smallest_key")
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
