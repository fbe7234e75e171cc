"""Lasting ids: each cluster keeps the ``dinmo_id`` with which it shares most records; the others get new ones."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.schemas import CHANGES, REDIRECTS

Materialize = Callable[[str, DataFrame], DataFrame]


def new_dinmo_id(project: str, smallest_key: Column, salt: str = "") -> Column:
    """A UUID-shaped text (version 8, RFC 9562) from SHA-256 of the project, the smallest record key and a salt."""
    digest = F.sha2(F.concat_ws("\n", F.lit(project), smallest_key, F.lit(salt)), 256)
    variant = F.translate(F.substring(digest, 17, 1), "0123456789abcdef", "89ab" * 4)
    return F.concat(
        *(F.substring(digest, 1, 8), F.lit("-"), F.substring(digest, 9, 4), F.lit("-8"), F.substring(digest, 14, 3)),
        *(F.lit("-"), variant, F.substring(digest, 18, 3), F.lit("-"), F.substring(digest, 21, 12)),
    )


def overlaps(members: DataFrame, cluster_facts: DataFrame, known: DataFrame) -> DataFrame:
    """``cluster_id``, ``smallest_key``, ``dinmo_id``, ``created_in``, ``shared``: records of a cluster that had an id.

    ``known`` holds ``record_key``, ``dinmo_id`` and ``created_in`` (the run that first published the id, null for an id
    that was only a candidate so far).
    """
    return (
        members.select("record_key", "cluster_id")
        .join(known, "record_key")
        .groupBy("cluster_id", "dinmo_id", "created_in")
        .agg(F.count("*").alias("shared"))
        .join(cluster_facts.select("cluster_id", "smallest_key"), "cluster_id")
    )


def carry_over(shared: DataFrame, materialize: Materialize) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: the ids kept; one heir per id, one id per cluster.

    The greatest overlap goes first; ties go to the older id, then the smaller, then the cluster with the smaller key.
    Pairs that are each other's best are settled together; what they leave free is matched again until nothing is left.
    """
    best_id = Window.partitionBy("cluster_id").orderBy(F.desc("shared"), F.asc_nulls_last("created_in"), "dinmo_id")
    best_heir = Window.partitionBy("dinmo_id").orderBy(F.desc("shared"), "smallest_key")
    rest, kept, round_number = shared, [], 0
    while True:
        ranked = rest.withColumn("a", F.row_number().over(best_id)).withColumn("b", F.row_number().over(best_heir))
        settled = materialize(
            f"kept_ids_{round_number}", ranked.where("a = 1 AND b = 1").select("cluster_id", "dinmo_id")
        )
        if settled.isEmpty():
            break
        kept.append(settled)
        left_over = rest.join(settled.select("cluster_id"), "cluster_id", "left_anti")
        left_over = left_over.join(settled.select("dinmo_id"), "dinmo_id", "left_anti")
        rest, round_number = materialize(f"open_ids_{round_number}", left_over), round_number + 1
    result = settled
    for more in kept:
        result = result.unionByName(more)
    return result


def assign(clusters: DataFrame, kept: DataFrame, used: DataFrame, project: str, run_id: str) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: the id of every cluster.

    ``clusters`` has ``cluster_id`` and ``smallest_key``; ``used`` every ``dinmo_id`` ever created. A new id that
    somebody had before is salted by the run, so that no id is ever given twice.
    """
    fresh = new_dinmo_id(project, F.col("smallest_key"))
    salted = new_dinmo_id(project, F.col("smallest_key"), run_id)
    taken = used.select(F.col("dinmo_id").alias("fresh_id"), F.lit(True).alias("taken")).distinct()
    return (
        clusters.join(kept.withColumnRenamed("dinmo_id", "kept_id"), "cluster_id", "left")
        .withColumn("fresh_id", F.when(F.col("kept_id").isNull(), fresh))
        .join(taken, "fresh_id", "left")
        .select("cluster_id", F.coalesce("kept_id", F.when(F.col("taken"), salted), "fresh_id").alias("dinmo_id"))
    )


def created(golden: DataFrame, used: DataFrame, run_id: str) -> DataFrame:
    """``CHANGES``: the ids published for the first time."""
    new = golden.select("dinmo_id", "record_count").join(used, "dinmo_id", "left_anti")
    return _event(new, run_id, "created", F.col("dinmo_id"), F.lit(None).cast("string"), "record_count")


def changes(ids: DataFrame, shared: DataFrame, known: DataFrame, new: DataFrame, run_id: str) -> DataFrame:
    """``CHANGES`` of a run after others, besides the ids ``created`` (``new``): split, merged and retired ones.

    ``ids`` is what ``assign`` gives, ``shared`` and ``known`` as in ``overlaps``. ``split``: a new id (``dinmo_id``)
    took records of a living one (``other_dinmo_id``). ``merged``: an id without a heir, and the id that most of its
    records went to. ``retired``: an id none of whose records is left.
    """
    flows = shared.where("created_in IS NOT NULL").withColumnRenamed("dinmo_id", "old_id").join(ids, "cluster_id")
    living = ids.select(F.col("dinmo_id").alias("old_id"))
    most = Window.partitionBy("old_id").orderBy(F.desc("shared"), "dinmo_id")
    ended = flows.join(living, "old_id", "left_anti").withColumn("place", F.row_number().over(most)).where("place = 1")
    split = flows.join(living, "old_id", "left_semi").join(new.select("dinmo_id"), "dinmo_id", "left_semi")
    published = known.where("created_in IS NOT NULL").groupBy(F.col("dinmo_id").alias("old_id"))
    gone = published.agg(F.count("*").alias("shared")).join(flows, "old_id", "left_anti")
    return (
        _event(split, run_id, "split", F.col("dinmo_id"), F.col("old_id"), "shared")
        .unionByName(_event(ended, run_id, "merged", F.col("old_id"), F.col("dinmo_id"), "shared"))
        .unionByName(_event(gone, run_id, "retired", F.col("old_id"), F.lit(None).cast("string"), "shared"))
    )


def redirects(changes_of_run: DataFrame, earlier: DataFrame, run_id: str) -> DataFrame:
    """``REDIRECTS``: each ended id and the one now standing for it, null when it retired; earlier ones follow on."""
    ended = changes_of_run.where("event IN ('merged', 'retired')").select(
        F.col("dinmo_id").alias("old_dinmo_id"), F.col("other_dinmo_id").alias("dinmo_id"), "run_id"
    )
    onward = ended.select(
        F.col("old_dinmo_id").alias("dinmo_id"), F.col("dinmo_id").alias("next_id"), F.lit(True).alias("moved")
    )
    followed = earlier.join(onward, "dinmo_id", "left").select(
        "old_dinmo_id",
        F.when(F.col("moved"), F.col("next_id")).otherwise(F.col("dinmo_id")).alias("dinmo_id"),
        F.when(F.col("moved"), F.lit(run_id)).otherwise(F.col("run_id")).alias("run_id"),
    )
    return followed.unionByName(ended).to(REDIRECTS)


def _event(rows: DataFrame, run_id: str, event: str, subject: Column, other: Column, count: str) -> DataFrame:
    return rows.select(
        F.lit(run_id).alias("run_id"),
        F.lit(event).alias("event"),
        subject.alias("dinmo_id"),
        other.alias("other_dinmo_id"),
        F.col(count).alias("record_count"),
        F.lit(None).cast("string").alias("cause"),
    ).to(CHANGES)
