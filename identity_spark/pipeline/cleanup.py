"""Removes what no kept run needs: files of old runs, and what runs that died left behind."""

import logging
import math
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from pyspark.sql import Row, SparkSession

from identity_spark import schemas
from identity_spark.config import Config, load_config
from identity_spark.storage import integrity, lock, lock_rows, runs, session
from identity_spark.storage.tables import Tables

log = logging.getLogger(__name__)

MARGIN = timedelta(hours=1)  # for clocks that differ between machines


def cleanup(spark: SparkSession, config: Config, dry_run: bool = False) -> str:
    """Removes files that only runs before the newest ``output.keep_runs`` need, and leftovers of dead runs.

    Returns what was found, as text; ``dry_run`` removes nothing. It holds the lock, so that no run works meanwhile.
    """
    now = datetime.now(timezone.utc)
    tables = Tables(spark, config.output)
    run_id = f"cleanup-{runs.new_run_id(now)}"
    with session.run_settings(spark), session.vacuum_settings(spark), lock.writing(tables, run_id) as held:
        committed = runs.committed(tables)
        integrity.require_manifest(tables, committed, held.last_committed)
        kept = [] if config.output.keep_runs is None else committed[: config.output.keep_runs]
        lines = [_vacuum(tables, name, age, dry_run) for name, age in _ages(tables, kept, now).items()]
        lines += [f"{found}: left by a run that died" for found in tables.leftovers()]
        if not dry_run:
            tables.remove_leftovers()
    heading = "would be removed:" if dry_run else "removed:"
    said = [line for line in lines if line]
    return "\n".join([heading, *(f"  {line}" for line in said)]) if said else "nothing to remove"


def _ages(tables: Tables, kept: list[Row], now: datetime) -> dict[str, int]:
    """The tables that may lose files, and the hours that those must have been out of use."""
    ages = {lock_rows.TABLE: 24} if tables.output.path is None else {}  # of a path it keeps no old files
    if kept:
        age = now - kept[-1]["started_at"].astimezone(timezone.utc) + MARGIN
        ages |= {name: math.ceil(age / timedelta(hours=1)) for name in schemas.TABLES}
    return {name: age for name, age in ages.items() if tables.read(name) is not None}


def _vacuum(tables: Tables, name: str, hours: int, dry_run: bool) -> str:
    log.info("%s ...", name)
    if name != lock_rows.TABLE and not tables.keeps_long(name):
        return f"{tables.location(name)}: nothing, for its retention is not the one this project sets"
    files = tables.unused_files(name, hours)
    if files and not dry_run:
        tables.vacuum(name, hours)
    return f"{tables.location(name)}: {files:,} files of old runs" if files else ""


HELP = "Remove the files that no kept run needs, and what dead runs left."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="remove nothing, say what would go")


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield cleanup(session.get_session(config.project), config, given.dry_run)
