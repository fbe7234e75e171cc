"""``run``: reads the sources, resolves them, checks the results and publishes them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from pyspark.sql import DataFrame, SparkSession

from identity_spark import __version__, schemas
from identity_spark.config import Config, config_hash
from identity_spark.pipeline import overriding
from identity_spark.pipeline.progress import Run
from identity_spark.pipeline.resolution import Resolution, read_records, resolve
from identity_spark.storage import runs, session, sources
from identity_spark.storage.tables import Tables, Workspace
from identity_spark.summary import summary

log = logging.getLogger(__name__)

ACCUMULATING = ("identity_changes", "identity_golden_report")  # tables that keep the rows of earlier runs


@dataclass(frozen=True)
class Published:
    """A committed run: its counts, the seconds of each stage, and every table as the run left it."""

    run_id: str
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    tables: Mapping[str, DataFrame]
    summary: str


def run(spark: SparkSession, config: Config, run_id: str | None = None) -> Published:
    """Reads the sources, resolves them, checks the results and publishes them.

    Raises our own errors (``errors.py``); then nothing was written.
    """
    started_at = datetime.now(timezone.utc)
    tables = Tables(spark, config.output)
    run_id = runs.checked_run_id(run_id or runs.new_run_id(started_at))
    this = Run(run_id, started_at, Workspace(tables, run_id))
    if (counts := runs.committed_counts(tables, run_id)) is not None:
        text = f"run {run_id} is committed already; nothing was done"
        current = runs.committed_versions(tables) or {}
        return Published(run_id, counts, {}, {name: tables.at(name, current) for name in schemas.TABLES}, text)
    with session.run_settings(spark):
        if config.engine == "graphframes":
            session.require_graphframes(spark)
        known = runs.known(tables)
        tables.require_writable(schemas.TABLES)
        versions = {s.name: sources.delta_version(spark, s) for s in config.sources}
        this.work.prepare()
        try:
            if config.engine == "graphframes":
                session.use_checkpoints(spark, f"{this.work.folder}/checkpoints")
            read = read_records(spark, config, versions)
            given = overriding.read(spark, config, started_at)
            resolution = resolve(read, given, known, config, this)
            published = publish(tables, resolution, config, this, {k: v for k, v in versions.items() if v is not None})
        finally:
            this.work.clear()
    log.info("run %s: committed, %.1f s", run_id, sum(this.seconds.values()))
    written = {name: tables.at(name, published) for name in (*published, "identity_runs")}
    text = summary(run_id, resolution.metrics, resolution.reasons)
    return Published(run_id, resolution.counts, this.seconds, written, text)


def publish(
    tables: Tables, resolution: Resolution, config: Config, this: Run, input_versions: Mapping[str, int]
) -> Mapping[str, int]:
    """Writes every table, and last the row of ``identity_runs`` that makes the run the current one.

    Returns the version of each table that belongs to the run.
    """
    versions = {}
    with this.stage("publish"):
        for name, rows in resolution.tables.items():
            if name in ACCUMULATING:
                versions[name] = tables.add(name, rows, this.run_id, runs.dead_runs(tables, name))
            else:
                versions[name] = tables.replace(name, rows, this.run_id)
        row = {
            "run_id": this.run_id,
            "status": "committed",
            "started_at": this.started_at,
            "finished_at": datetime.now(timezone.utc),
            "config_hash": config_hash(config),
            "code_version": __version__,
            "engine": config.engine,
            "table_versions": versions,
            "input_versions": dict(input_versions),
            "counts": dict(resolution.counts),
        }
        manifest = tables.spark.createDataFrame([tuple(row.values())], schemas.RUNS)
        tables.add("identity_runs", manifest, this.run_id, runs.dead_runs(tables, "identity_runs"))
    return versions
