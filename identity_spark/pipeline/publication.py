"""``run``: reads the sources, resolves them, checks the results and publishes them."""

import logging
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timezone

from pyspark.sql import DataFrame, Row, SparkSession

from identity_spark import __version__, schemas
from identity_spark.config import Config, config_hash, load_config
from identity_spark.pipeline import gates, overriding
from identity_spark.pipeline.preparation import read_records
from identity_spark.pipeline.resolution import resolution_of
from identity_spark.pipeline.summary import summary
from identity_spark.pipeline.work import Run
from identity_spark.storage import integrity, runs, session, sources
from identity_spark.storage.known import known
from identity_spark.storage.lock import Lock, writing
from identity_spark.storage.small_frames import small_frame
from identity_spark.storage.tables import Tables
from identity_spark.storage.workspace import Workspace

log = logging.getLogger(__name__)

REPORT = "identity_golden_report"
ACCUMULATING = ("identity_changes", REPORT)  # tables that keep the rows of earlier runs


@dataclass(frozen=True)
class Published:
    """A committed run: its counts, the seconds of each stage, and every table (``schemas.TABLES``) as the run left it.

    ``summary`` is the text that the job prints.
    """

    run_id: str
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    summary: str
    _tables: Tables
    _versions: Mapping[str, int]

    @property
    def tables(self) -> Mapping[str, DataFrame]:
        """Every table by its name; opened when it is asked for."""
        return {name: self._tables.at(name, self._versions) for name in schemas.TABLES}


def run(spark: SparkSession, config: Config, run_id: str | None = None, accepted: Sequence[str] = ()) -> Published:
    """Reads the sources, resolves them, checks the results and publishes them.

    Raises our own errors (``errors.py``); then nothing was written, but what ``identity_runs`` and the report keep of a
    run that a gate stops. ``accepted`` are gates that may be broken. A run that is committed already is left as it is.
    The session may be anybody's that has Delta (``ConfigError`` where it has not); it keeps its settings, and its
    temporary views may be sources (``table: NAME``).
    """
    started_at, is_named = datetime.now(timezone.utc), run_id is not None
    run_id = runs.checked_run_id(run_id or runs.new_run_id(started_at))
    gates.require_accepted_known(accepted, config)
    tables = Tables(spark, config.output)
    this = Run(run_id, started_at, Workspace(tables, run_id))
    with ExitStack() as held:
        with this.stage("start"):
            session.require_delta(spark)
            session.remember_functions(spark)
            held.enter_context(session.run_settings(spark))
            if is_named and (row := runs.committed_run(tables, run_id)) is not None:
                return _committed_already(tables, row, runs.newest(tables))
            if config.engine == "graphframes":
                session.require_graphframes(spark)
            tables.prepare()
            lock = held.enter_context(writing(tables, run_id))
            recorded = runs.recorded(tables)
            committed = [row for row in recorded if row["status"] == runs.COMMITTED]
            if (row := next((r for r in committed if r["run_id"] == run_id), None)) is not None:  # a moment ago
                return _committed_already(tables, row, committed[0])
            if not committed:
                tables.require_writable(schemas.TABLES)
            integrity.require_intact(tables, committed, lock.last_committed)
            held.enter_context(working(this))
        return _run(tables, config, recorded, accepted, this, lock)


def _run(
    tables: Tables, config: Config, recorded: Sequence[Row], accepted: Sequence[str], this: Run, lock: Lock
) -> Published:
    committed = [row for row in recorded if row["status"] == runs.COMMITTED]
    again = any(row["run_id"] == this.run_id for row in recorded)
    last = committed[0] if committed else None
    this.started_at = runs.start_after(last, this.started_at)
    with this.stage("read") as stage:
        versions = {s.name: sources.delta_version(tables.spark, s) for s in config.sources}
        read = read_records(tables.spark, config, versions)
        given = overriding.read(tables.spark, config, this.started_at)
        before = known(tables, committed, lambda name, frame: stage.write(name, frame).frame)
    with _checkpoints(config, this):
        resolution = resolution_of(read, given, before, config, this)
    integrity.require_same_types(tables, resolution.tables, last)
    broken = _broken_gates(tables, resolution.metrics, committed, config, this)
    facts = {
        "config_hash": config_hash(config),
        "code_version": __version__,
        "engine": config.engine,
        "input_versions": {k: v for k, v in versions.items() if v is not None},
        "counts": dict(resolution.counts),
        "accepted": list(accepted),
        "broken_gates": {gate.title: gate.value for gate in broken},
    }
    stopping = [gate for gate in broken if not gates.is_accepted(gate, accepted)]
    if stopping:
        _refuse(tables, resolution.tables[REPORT], facts, this, lock, last)
        raise gates.refusal(stopping)
    for gate in broken:
        log.warning("%s; it was accepted", gate.line)
    published = publish(tables, resolution.tables, facts, this, lock, last, again=again)
    log.info("run %s: committed, %.1f s", this.run_id, sum(this.seconds.values()))
    text = summary(this.run_id, resolution.metrics, resolution.reasons)
    return Published(this.run_id, resolution.counts, this.seconds, text, tables, published)


def _broken_gates(
    tables: Tables, metrics: gates.Metrics, committed: Sequence[Row], config: Config, this: Run
) -> list[gates.Broken]:
    with this.stage("gates") as stage:
        if not committed:
            log.info("gates that wait for the next run: %s", ", ".join(gates.waiting(config)))
            return gates.broken_gates(metrics, gates.Baseline(), config)
        rows = tables.at(REPORT, dict(committed[0]["table_versions"]))
        found = stage.collect(gates.earlier_figures(rows, committed))
        return gates.broken_gates(metrics, gates.baseline(found, committed[0]["run_id"]), config)


def _refuse(
    tables: Tables, report: DataFrame, facts: Mapping[str, object], this: Run, lock: Lock, last: Row | None
) -> None:
    """Keeps the figures of a run that is not published: its rows of the report, and of ``identity_runs``."""
    with this.stage("refuse"):
        lock.require()
        tables.add(REPORT, report, this.run_id, dead=[this.run_id])
        kept = {} if last is None else dict(last["table_versions"])
        tables.add("identity_runs", _row(tables, runs.REFUSED, kept, facts, this), this.run_id, dead=[this.run_id])


def _row(tables: Tables, status: str, versions: Mapping[str, int], facts: Mapping[str, object], this: Run) -> DataFrame:
    """The row of ``identity_runs``."""
    row = {
        "run_id": this.run_id,
        "status": status,
        "started_at": this.started_at,
        "finished_at": datetime.now(timezone.utc),
        "table_versions": versions,
        "seconds": this.seconds,
        **facts,
    }
    return small_frame(tables.spark, [[row.get(name) for name in schemas.RUNS.names]], schemas.RUNS)


def _checkpoints(config: Config, this: Run) -> AbstractContextManager[None]:
    """A place for the checkpoints of GraphFrames; the other engine needs none."""
    if config.engine != "graphframes":
        return nullcontext()
    return session.checkpoints(this.work.spark, f"{this.work.folder}/checkpoints")


@contextmanager
def working(this: Run) -> Iterator[None]:
    """The working files of the run are there, and gone afterwards."""
    this.work.prepare()
    try:
        yield
    finally:
        this.work.clear()


def publish(
    tables: Tables,
    results: Mapping[str, DataFrame],
    facts: Mapping[str, object],
    this: Run,
    lock: Lock,
    last: Row | None,
    accumulating: Collection[str] = ACCUMULATING,
    again: bool = False,
) -> Mapping[str, int]:
    """Writes every table, side by side, and last the row of ``identity_runs`` that makes the run the current one.

    ``facts`` are the columns of that row that say what was run; ``last`` is that of the last run, whose version of a
    table holds on where there are no results for it; with ``again`` rows go that the run left when it was refused.
    Returns the version of each table that belongs to the run.
    """
    own = [this.run_id] if again else []
    kept: dict[str, int] = {} if last is None else dict(last["table_versions"])

    def write(name: str) -> int:
        rows = results.get(name)
        if rows is None and tables.newest(name) == kept[name]:
            return kept[name]
        if rows is None:  # a run that died left something on top
            return tables.replace(name, tables.at(name, kept), this.run_id)
        if name in accumulating:
            return tables.add(name, rows, this.run_id, [*own, *runs.dead_runs(tables, name, last)])
        return tables.replace(name, rows, this.run_id)

    with this.stage("publish"):
        start = time.monotonic()
        lock.require()
        names = [name for name in schemas.TABLES if name in results or name in kept]
        versions = dict(zip(names, this.side_by_side(write, names), strict=True))
        seconds = {"seconds": this.seconds | {"publish": time.monotonic() - start}}
        manifest = _row(tables, runs.COMMITTED, versions, {**facts, **seconds}, this)
        lock.require()
        tables.add("identity_runs", manifest, this.run_id, dead=own)
        lock.last_committed = this.run_id
    return versions


def _committed_already(tables: Tables, row: Row, newest: Row) -> Published:
    text = f"run {row['run_id']} is committed already; nothing was done"
    return Published(row["run_id"], dict(row["counts"]), {}, text, tables, dict(newest["table_versions"]))


HELP = "Resolve the records of all sources into golden records."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--run-id", metavar="ID", help="name of the run; a sortable unique one by default")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="GATE",
        help="publish though this gate, or GATE:NAME, is broken",
    )


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield run(session.get_session(config.project), config, given.run_id, given.accept).summary
