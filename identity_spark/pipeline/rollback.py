"""Makes an earlier committed run current again, as a new run: what was published stays in the history."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from identity_spark import schemas
from identity_spark.config import Config, load_config
from identity_spark.errors import InputError
from identity_spark.pipeline.lasting import lasting_tables
from identity_spark.pipeline.publication import ACCUMULATING, publish, working
from identity_spark.pipeline.work import Run
from identity_spark.stages import changes
from identity_spark.storage import integrity, runs, session
from identity_spark.storage.known import Known, known
from identity_spark.storage.lock import Lock, writing
from identity_spark.storage.tables import Tables
from identity_spark.storage.workspace import Workspace

log = logging.getLogger(__name__)

RESTORED = (
    "identity_golden",
    "identity_matched_ids",
    "identity_unresolved_records",
    "identity_lookup",
    "match_pairs",
)
GROWING = ("identity_changes", "identity_redirects", "identity_history", "identity_golden_report")
SHOWN_RUNS = 5


def rollback(spark: SparkSession, config: Config, to: str, run_id: str | None = None) -> str:
    """Publishes the results of the committed run ``to`` as a new run; returns what it did, as text.

    Ids come back that were current then; those created since retire, and nobody else ever gets them. ``InputError``
    where ``to`` is no committed run or not kept any more; then nothing was written.
    """
    now = datetime.now(timezone.utc)
    tables = Tables(spark, config.output)
    run_id = runs.checked_run_id(run_id or runs.new_run_id(now))
    this = Run(run_id, now, Workspace(tables, run_id))
    with session.run_settings(spark):
        _require_run(tables, to)
        with writing(tables, run_id) as lock:
            if runs.committed_run(tables, run_id) is not None:
                return f"run {run_id} is committed already; nothing was done"
            with working(this):
                _roll_back(tables, to, this, lock)
    return f"run {run_id}: the results of run {to} are current again"


def _roll_back(tables: Tables, to: str, this: Run, lock: Lock) -> None:
    target, committed = _require_run(tables, to), runs.committed(tables)
    this.started_at = runs.start_after(committed[0], this.started_at)
    then, last = dict(target["table_versions"]), dict(committed[0]["table_versions"])
    integrity.require_manifest(tables, committed, lock.last_committed)
    integrity.require_readable(tables, (*RESTORED, "identity_golden_report"), then)
    integrity.require_readable(tables, GROWING, last)
    before = known(tables, committed)
    # From the history, not the lookup: what is rolled back may be damaged.
    before = replace(before, ids=changes.open_ids(before.history))
    stamp = F.lit(this.run_id)
    results = {name: tables.at(name, then).withColumn("run_id", stamp) for name in RESTORED}
    report = tables.at("identity_golden_report", then).where(F.col("run_id") == to).withColumn("run_id", stamp)
    results |= _lasting(results["identity_lookup"], results["identity_golden"], before, this)
    results["identity_golden_report"] = report
    for name in ACCUMULATING:  # written whole, for what is there now may be damaged
        results[name] = tables.at(name, last).unionByName(results[name], allowMissingColumns=True)
    facts = {name: target[name] for name in ("config_hash", "code_version", "engine", "input_versions", "counts")}
    publish(tables, results, facts, this, lock, committed[0], accumulating=())
    log.info("run %s: the results of run %s are current again", this.run_id, to)


def _lasting(lookup: DataFrame, golden: DataFrame, before: Known, this: Run) -> Mapping[str, DataFrame]:
    """The changes, redirects and history of going from the state ``before`` to this one."""
    with this.stage("changes") as stage:
        moved = stage.write("moves", changes.moves(before.ids, lookup))
        unknown = schemas.empty(lookup.sparkSession, schemas.CAUSES)
        events = changes.changes(moved.frame, golden, before.used, unknown, this.run_id)
        caused = events.withColumn("cause", F.lit("rollback"))
        return lasting_tables(caused, moved, golden, before, this, stage).tables


def _require_run(tables: Tables, to: str) -> Row:
    row = runs.committed_run(tables, to)
    if row is None:
        newest = [r["run_id"] for r in runs.committed(tables, SHOWN_RUNS)]
        choices = f"; the newest are {', '.join(newest)}" if newest else ", for there is none yet"
        raise InputError(f"--to: {to!r} is no committed run of {tables.location('identity_runs')}{choices}")
    return row


HELP = "Make an earlier committed run current again."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--to", required=True, metavar="RUN", help="the run whose results are to be current")
    parser.add_argument("--run-id", metavar="ID", help="name of the new run; a sortable unique one by default")


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield rollback(session.get_session(config.project), config, given.to, given.run_id)
