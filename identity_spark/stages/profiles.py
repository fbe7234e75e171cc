"""Profiles: what became of every record, joined from clusters, conflicts and ids."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.components import cluster_facts
from identity_spark.schemas import MEMBERS, PROFILES


def members(
    usable: DataFrame, clusters: DataFrame, must_groups: DataFrame | None, applicable: Column, limited: Column
) -> DataFrame:
    """``MEMBERS``: every record with its cluster; a record without links is a cluster of its own.

    ``must_groups`` are the ``CLUSTERS`` that overrides make, None where there are none: their records need no rule that
    applies. ``limited`` are the record's values of identifiers with a limit.
    """
    records = usable.select(
        *("record_id", "record_key", "source"), applicable.alias("applicable"), limited.alias("limited")
    ).join(clusters, "record_id", "left")
    if must_groups is None:
        records = records.withColumn("must_group", F.lit(None).cast("long"))
    else:
        records = records.join(must_groups.withColumnRenamed("cluster_id", "must_group"), "record_id", "left")
    clustered = records.select(
        *("record_id", "record_key", "source"),
        (F.col("applicable") | F.col("must_group").isNotNull()).alias("applicable"),
        F.coalesce("cluster_id", "record_id").alias("cluster_id"),
        F.col("cluster_id").isNotNull().alias("linked"),
        *("must_group", "limited"),
    )
    return clustered.withColumns(cluster_facts()).to(MEMBERS)


def profiles(members: DataFrame, conflicts: DataFrame | None, ids: DataFrame | Column, config: Config) -> DataFrame:
    """``PROFILES``: the status of every record and the id it is published under, null where it is unresolved.

    ``candidate_dinmo_id`` is the id that an unresolved record's profile would have. ``conflicts`` is None where no
    cluster breaks a limit; ``ids`` the id of each cluster as a column of ``members``, or by ``cluster_id``.
    """
    if isinstance(ids, DataFrame):
        known = members.join(ids.select("cluster_id", "dinmo_id"), "cluster_id")
    else:
        known = members.withColumn("dinmo_id", ids)
    is_conflicting = F.lit(False)
    if conflicts is not None:
        broken = conflicts.select("cluster_id", F.lit(True).alias("conflicting")).distinct()
        known, is_conflicting = known.join(broken, "cluster_id", "left"), F.col("conflicting")
    status = (
        F.when(is_conflicting, "conflict")
        .when(~F.col("applicable"), "missing")
        .when(F.col("record_count") > 1, "matched")
        .otherwise("unique")
    )
    kept = ["unique", "matched"] + (["missing"] if config.guardrails.on_missing == "keep" else [])
    is_published = F.col("status").isin(kept)
    return (
        known.withColumn("status", status)
        .select(
            *("record_id", "cluster_id", "status"),
            F.when(is_published, F.col("dinmo_id")).alias("dinmo_id"),
            F.when(~is_published, F.col("dinmo_id")).alias("candidate_dinmo_id"),
            "record_count",
            (F.col("record_key") == F.col("smallest_key")).alias("first"),
        )
        .to(PROFILES)
    )


def lookup_columns(config: Config) -> list[str]:
    """The columns of ``identity_lookup`` less ``run_id``."""
    keys = ["record_key", "source", "primary_key", "dinmo_id", "status"]
    return [*keys, *(i.name for i in config.identifiers), "rule_keys", "blocked", "updated_at"]
