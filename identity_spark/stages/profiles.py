"""Profiles: what became of every record, put together from clusters, conflicts and ids."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import MEMBERS, PROFILES


def members(usable: DataFrame, clusters: DataFrame, must_groups: DataFrame, applicable: Column) -> DataFrame:
    """``MEMBERS``: every record with its cluster; a record without links is a cluster of its own.

    ``must_groups`` are the ``CLUSTERS`` that overrides make: their records need no rule that applies.
    """
    records = usable.select("record_id", "record_key", "source", applicable.alias("applicable"))
    groups = must_groups.withColumnRenamed("cluster_id", "must_group")
    return (
        records.join(clusters, "record_id", "left")
        .join(groups, "record_id", "left")
        .select(
            *("record_id", "record_key", "source"),
            (F.col("applicable") | F.col("must_group").isNotNull()).alias("applicable"),
            F.coalesce("cluster_id", "record_id").alias("cluster_id"),
            F.col("cluster_id").isNotNull().alias("linked"),
            "must_group",
        )
        .to(MEMBERS)
    )


def cluster_facts(members: DataFrame) -> DataFrame:
    """``cluster_id``, ``record_count``, ``smallest_key``: a row per cluster; those of one record are not aggregated."""
    single = members.where("NOT linked").select(
        "cluster_id", F.lit(1).cast("long").alias("record_count"), F.col("record_key").alias("smallest_key")
    )
    several = (
        members.where("linked")
        .groupBy("cluster_id")
        .agg(F.count("*").alias("record_count"), F.min("record_key").alias("smallest_key"))
    )
    return single.unionByName(several)


def profiles(members: DataFrame, facts: DataFrame, conflicts: DataFrame, ids: DataFrame, config: Config) -> DataFrame:
    """``PROFILES``: the status of every record and the id it is published under, null where it is unresolved.

    ``candidate_dinmo_id`` is the id that an unresolved record's profile would have.
    """
    clusters = facts.join(ids.select("cluster_id", "dinmo_id"), "cluster_id").join(
        conflicts.select("cluster_id", F.lit(True).alias("conflicting")).distinct(), "cluster_id", "left"
    )
    status = (
        F.when(F.col("conflicting"), "conflict")
        .when(~F.col("applicable"), "missing")
        .when(F.col("record_count") > 1, "matched")
        .otherwise("unique")
    )
    kept = ["unique", "matched"] + (["missing"] if config.guardrails.on_missing == "keep" else [])
    is_published = F.col("status").isin(kept)
    return (
        members.join(clusters, "cluster_id")
        .withColumn("status", status)
        .select(
            *("record_id", "cluster_id", "status"),
            F.when(is_published, F.col("dinmo_id")).alias("dinmo_id"),
            F.when(~is_published, F.col("dinmo_id")).alias("candidate_dinmo_id"),
            "record_count",
        )
        .to(PROFILES)
    )


def lookup_columns(config: Config) -> list[str]:
    """The columns of ``identity_lookup`` less ``run_id``."""
    keys = ["record_key", "source", "primary_key", "dinmo_id", "status"]
    return [*keys, *(i.name for i in config.identifiers), "rule_keys", "blocked", "updated_at"]
