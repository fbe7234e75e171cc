"""Unresolved records: every record that no golden record stands for, and why."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.schemas import UNRESOLVED


def unresolved_records(resolved: DataFrame, conflicts: DataFrame | None, bad_keys: DataFrame | None) -> DataFrame:
    """``UNRESOLVED`` less ``run_id``: a row per record and reason; per broken limit for records in conflict.

    ``bad_keys`` (``bad_key_rows``) are the records without a usable key. None: there are no such records.
    """
    nothing = F.lit(None).cast("string")
    missing = resolved.where("status = 'missing' AND dinmo_id IS NULL").select(
        *("record_key", "source", "primary_key"),
        F.lit("missing_identifiers").alias("reason"),
        nothing.alias("identifier"),
        F.lit("no rule applies: each is for other sources or lacks a usable anchor value").alias("detail"),
        "candidate_dinmo_id",
    )
    parts = [missing]
    if conflicts is not None:
        conflicting = (
            resolved.where("status = 'conflict'")
            .select("record_key", "source", "primary_key", "cluster_id", "candidate_dinmo_id")
            .join(conflicts, "cluster_id")
        )
        parts.append(conflicting.withColumn("reason", F.lit("conflict")))
    if bad_keys is not None:
        parts.append(bad_keys.withColumns({"identifier": nothing, "candidate_dinmo_id": nothing}))
    columns = [name for name in UNRESOLVED.names if name != "run_id"]
    return reduce(DataFrame.unionByName, [part.select(*columns) for part in parts])


def bad_key_rows(rows: DataFrame, reason: str, detail: str) -> DataFrame:
    """``bad_keys`` of ``unresolved_records`` for one reason."""
    return rows.select(
        "record_key", "source", "primary_key", F.lit(reason).alias("reason"), F.lit(detail).alias("detail")
    )
