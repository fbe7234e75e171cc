"""The manifest: one row per committed run, with the version of each table that belongs to it, and per refused run."""

import re
import secrets
from datetime import datetime, timedelta, timezone

from pyspark.sql import Row
from pyspark.sql import functions as F

from identity_spark.errors import ConfigError, InputError
from identity_spark.storage.tables import Tables

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def new_run_id(now: datetime) -> str:
    """A run id that sorts by time and is used once: ``20260131T235959-1f9a3c``."""
    return f"{now.astimezone(timezone.utc):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def checked_run_id(run_id: str) -> str:
    """``run_id`` itself; raises ``ConfigError`` where it could not name a folder on every file system."""
    if not RUN_ID.fullmatch(run_id):
        raise ConfigError(f"--run-id: {run_id!r} is no run id; use up to 100 letters, digits, '_', '.' and '-'")
    return run_id


COMMITTED, REFUSED = "committed", "refused"


def recorded(tables: Tables) -> list[Row]:
    """Every row of ``identity_runs``, the newest first."""
    manifest = tables.read("identity_runs")
    return [] if manifest is None else manifest.orderBy(F.desc("started_at"), F.desc("run_id")).collect()


def committed(tables: Tables, newest: int | None = None) -> list[Row]:
    """The rows of ``identity_runs`` of committed runs, the newest first; all of them, or so many."""
    manifest = tables.read("identity_runs")
    if manifest is None:
        return []
    rows = manifest.where("status = 'committed'").orderBy(F.desc("started_at"), F.desc("run_id"))
    return (rows if newest is None else rows.limit(newest)).collect()


def newest(tables: Tables) -> Row:
    """The row of the newest committed run; ``InputError`` before the first."""
    for row in committed(tables, 1):
        return row
    place = tables.location("identity_runs")
    raise InputError(f"output: {place} holds no committed run; run jobs/resolve.py first")


def committed_run(tables: Tables, run_id: str) -> Row | None:
    """The row of a committed run; None where there is no such run."""
    manifest = tables.read("identity_runs")
    return None if manifest is None else manifest.where(F.col("run_id") == run_id).where("status = 'committed'").first()


def refused_after(tables: Tables, run: Row) -> list[Row]:
    """The rows of the runs that gates stopped after ``run``, the newest first."""
    manifest = tables.read("identity_runs")
    if manifest is None:
        return []
    later = (F.col("status") == REFUSED) & (F.col("started_at") > run["started_at"])
    return manifest.where(later).orderBy(F.desc("started_at"), F.desc("run_id")).collect()


def dead_runs(tables: Tables, table: str, last: Row | None) -> list[str]:
    """The runs that left rows in an accumulating table and none in the manifest: they died since the ``last`` one."""
    if tables.newest(table) == (-1 if last is None else dict(last["table_versions"]).get(table, -1)):
        return []
    rows, manifest = tables.read(table), tables.read("identity_runs")
    if rows is None:
        return []
    left = rows.select("run_id").distinct()
    if manifest is not None:
        left = left.join(manifest.select("run_id"), "run_id", "left_anti")
    return sorted(row["run_id"] for row in left.collect())


def start_after(last: Row | None, now: datetime) -> datetime:
    """When a run starts: ``now``, but never before the ``last`` one, whatever the clock says; the newest is current."""
    return now if last is None else max(now, last["started_at"].astimezone(timezone.utc) + timedelta(microseconds=1))
