"""The manifest: one row per committed run, with the version of each table that belongs to it."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.errors import ConfigError
from identity_spark.schemas import CHANGES, REDIRECTS, empty
from identity_spark.storage.tables import Tables

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Known:
    """What earlier runs left: which record had which id, every id ever given, and where ended ids lead."""

    ids: DataFrame  # record_key, dinmo_id, created_in (the run that first published the id)
    used: DataFrame  # dinmo_id
    redirects: DataFrame  # REDIRECTS
    is_first_run: bool


def new_run_id(now: datetime) -> str:
    """A run id that sorts by time and is used once: ``20260131T235959-1f9a3c``."""
    return f"{now.astimezone(timezone.utc):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def checked_run_id(run_id: str) -> str:
    """``run_id`` itself; raises ``ConfigError`` where it could not name a folder on every file system."""
    if not RUN_ID.fullmatch(run_id):
        raise ConfigError(f"--run-id: {run_id!r} is no run id; use up to 100 letters, digits, '_', '.' and '-'")
    return run_id


def committed_versions(tables: Tables) -> Mapping[str, int] | None:
    """The table versions of the newest committed run; None before the first."""
    manifest = tables.read("identity_runs")
    if manifest is None:
        return None
    newest = manifest.where("status = 'committed'").orderBy(F.desc("started_at"), F.desc("run_id")).first()
    return None if newest is None else dict(newest["table_versions"])


def dead_runs(tables: Tables, table: str) -> list[str]:
    """The runs that left rows in an accumulating table and were never committed: those that died since the last one."""
    rows, manifest = tables.read(table), tables.read("identity_runs")
    if rows is None:
        return []
    left = rows.select("run_id").distinct()
    if manifest is not None:
        left = left.join(manifest.where("status = 'committed'").select("run_id"), "run_id", "left_anti")
    return sorted(row["run_id"] for row in left.collect())


def committed_counts(tables: Tables, run_id: str) -> Mapping[str, int] | None:
    """The counts of a committed run; None where there is no such run."""
    manifest = tables.read("identity_runs")
    rows = [] if manifest is None else manifest.where(F.col("run_id") == run_id).where("status = 'committed'").collect()
    return dict(rows[0]["counts"]) if rows else None


def known(tables: Tables) -> Known:
    """What the newest committed run left; unresolved records keep their claim on the id they would have."""
    versions = committed_versions(tables)
    spark = tables.spark
    if versions is None:
        nobody = empty(spark, CHANGES).select("dinmo_id")
        ids = empty(spark, CHANGES).selectExpr("dinmo_id AS record_key", "dinmo_id", "run_id AS created_in")
        return Known(ids, nobody, empty(spark, REDIRECTS), True)
    lookup, held_back, changes, redirects = (
        tables.at(name, versions)
        for name in ("identity_lookup", "identity_unresolved_records", "identity_changes", "identity_redirects")
    )
    published = lookup.where("dinmo_id IS NOT NULL").select("record_key", "dinmo_id")
    claimed = held_back.where("candidate_dinmo_id IS NOT NULL").select(
        "record_key", F.col("candidate_dinmo_id").alias("dinmo_id")
    )
    created = changes.where("event = 'created'").groupBy("dinmo_id").agg(F.min("run_id").alias("created_in"))
    ids = published.unionByName(claimed.distinct()).join(created, "dinmo_id", "left")
    return Known(ids.select("record_key", "dinmo_id", "created_in"), created.select("dinmo_id"), redirects, False)
