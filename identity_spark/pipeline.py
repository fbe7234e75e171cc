"""The order of the stages, and what is written down between them; the one file that knows them all.

``run`` reads, resolves, checks and publishes; ``resolve`` is the part in the middle, frames in, frames out. What
several stages read is written down once in the run's working files and read back: ids stay the same at every use, plans
stay short, and nothing is computed twice.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timezone

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark import __version__, schemas
from identity_spark.config import Config, config_hash
from identity_spark.errors import InputError
from identity_spark.reference import facts
from identity_spark.rule_advice_text import BlockCounts, ValueCounts, rule_advice_text
from identity_spark.shared_values_text import SharedValue, shared_values_text
from identity_spark.stages import (
    checks,
    clusters,
    evaluation,
    golden,
    guardrails,
    match_pairs,
    matched_ids,
    profiles,
    records,
    report,
    shared_values,
    stable_ids,
    standardize,
    unresolved,
    usable_identifiers,
)
from identity_spark.storage import runs, session, sources
from identity_spark.storage.labels import read_labels
from identity_spark.storage.tables import Tables, Workspace
from identity_spark.storage.wrong_pairs import replace_wrong_pairs
from identity_spark.summary import evaluation_text, summary, wrong_pairs_text

log = logging.getLogger(__name__)

ACCUMULATING = ("identity_changes", "identity_golden_report")  # tables that keep the rows of earlier runs


@dataclass
class Run:
    """One run: its name, its clock, its working files, and the seconds each stage took."""

    run_id: str
    started_at: datetime
    work: Workspace
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.started_at.date()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Says when the stage starts and when it ends."""
        log.info("%s ...", name)
        start = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - start
        log.info("%s: %.1f s", name, self.seconds[name])

    def write_down(self, name: str, frame: DataFrame) -> DataFrame:
        """``frame`` as it was written under ``name``, a stage of its own."""
        log.info("%s ...", name)
        start = time.monotonic()
        written = self.work.materialize(name, frame)
        rows = written.count()
        self.seconds[name] = time.monotonic() - start
        log.info("%s: %s rows, %.1f s", name, f"{rows:,}", self.seconds[name])
        return written


class InMemory(Workspace):
    """Working files of a job that writes none: what is written down stays with the executors."""

    def materialize(self, name: str, frame: DataFrame) -> DataFrame:
        return frame.localCheckpoint()


@dataclass(frozen=True)
class Resolution:
    """The results of a run by table name, in the order in which they are published, and the counts they agree on.

    ``metrics`` is the report by scope, name and metric; ``reasons`` how many records are unresolved for which reason.
    """

    tables: Mapping[str, DataFrame]
    counts: Mapping[str, int]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    reasons: Mapping[str, int]


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
            resolution = resolve(read, known, config, this)
            published = publish(tables, resolution, config, this, {k: v for k, v in versions.items() if v is not None})
        finally:
            this.work.clear()
    log.info("run %s: committed, %.1f s", run_id, sum(this.seconds.values()))
    written = {name: tables.at(name, published) for name in (*published, "identity_runs")}
    text = summary(run_id, resolution.metrics, resolution.reasons)
    return Published(run_id, resolution.counts, this.seconds, written, text)


def evaluate(spark: SparkSession, config: Config, truth: str, pairs_path: str | None = None) -> str:
    """How right the last committed run is against labels, as text; wrong pairs to look at go to ``pairs_path``.

    Raises ``InputError`` where there is no run or no usable label.
    """
    tables = Tables(spark, config.output)
    versions = runs.committed_versions(tables)
    if versions is None:
        raise InputError(
            f"output: {tables.location('identity_runs')} holds no committed run; run jobs/resolve.py first"
        )
    lookup, labels = tables.at("identity_lookup", versions), read_labels(spark, truth)
    log.info("labels ...")
    (counts,) = evaluation.label_counts(lookup, labels).collect()
    evaluation.require_labels(counts.asDict(), truth)
    labelled = evaluation.labelled_records(lookup, labels).persist()
    try:
        links = evaluation.labelled_links(tables.at("match_pairs", versions), labelled)
        wrong: dict[str, int] = {}
        if pairs_path is not None:
            log.info("wrong pairs ...")
            written = replace_wrong_pairs(spark, pairs_path, evaluation.wrong_pairs(labelled, links))
            wrong = dict(written.groupBy("kind").agg(F.count("*")).collect())
        log.info("figures ...")
        frames = (evaluation.overall(labelled), evaluation.by_source_pair(labelled), evaluation.by_rule(links))
        (figures,), by_sources, by_rule = ([row.asDict() for row in frame.collect()] for frame in frames)
    finally:
        labelled.unpersist()
    text = evaluation_text(counts.asDict() | figures, by_sources, by_rule)
    return text if pairs_path is None else f"{text}\n\n{wrong_pairs_text(pairs_path, wrong)}"


def profile_values(spark: SparkSession, config: Config, limit: int) -> str:
    """The most shared values of each identifier, and which of them to block, as text; nothing is written."""
    with session.run_settings(spark):
        versions = {s.name: sources.delta_version(spark, s) for s in config.sources}
        read = read_records(spark, config, versions)
        standardized = standardize.standardize(read, config, facts("blocked_values"), datetime.now(timezone.utc).date())
        found: dict[str, list[SharedValue]] = {}
        rows = shared_values.shared_values(standardized, config, limit)
        for row in rows.orderBy("identifier", F.desc("records"), "value").collect():
            found.setdefault(row["identifier"], []).append(SharedValue(*row[1:]))
    return shared_values_text(found, config)


def profile_rules(spark: SparkSession, config: Config) -> str:
    """What each rule will cost and which of them to look at, as text, from counts alone; nothing is written."""
    now = datetime.now(timezone.utc)
    this = Run("profile", now, InMemory(Tables(spark, config.output), "profile"))
    with session.run_settings(spark):
        versions = {s.name: sources.delta_version(spark, s) for s in config.sources}
        read = read_records(spark, config, versions)
        standardized = standardize.standardize(read, config, facts("blocked_values"), this.today)
        standardized = this.write_down("standardize", standardized)
        records.require_values(records.counts_by_source(standardized, config), config)
        keyed, _ = _separate_bad_keys(standardized, config, this)
        usable = this.write_down("usable", _without_over_shared(keyed, config, this))
        log.info("counts ...")
        blocks = match_pairs.rule_blocks(usable, config).orderBy("rule_index").collect()
        values = match_pairs.value_pairs(usable, config).collect()
    found = {row["identifier"]: ValueCounts(row["records"], row["pairs"]) for row in values}
    return rule_advice_text([BlockCounts(*row[1:]) for row in blocks], found, config)


def read_records(spark: SparkSession, config: Config, versions: Mapping[str, int | None]) -> DataFrame:
    """``RECORDS`` of all sources, lazily; raises ``InputError`` with every problem of every source."""
    parts, problems = [], []
    for source in config.sources:
        try:
            raw = sources.read_source(spark, source, versions[source.name])
            parts.append(records.source_records(raw, source, config))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    return records.union_records(parts)


def resolve(read: DataFrame, known: runs.Known, config: Config, this: Run) -> Resolution:
    """The results for the records ``read``: every stage in order."""
    standardized = standardize.standardize(read, config, facts("blocked_values"), this.today)
    standardized = this.write_down("standardize", standardized)
    found = records.counts_by_source(standardized, config)
    records.require_values(found, config)
    for source, times in records.unreadable_times(found).items():
        log.warning("sources.%s.updated_at: %s values are no time; those records count as the oldest", source, times)
    keyed, bad_keys = _separate_bad_keys(standardized, config, this)
    usable = _without_over_shared(keyed, config, this)

    crowded = this.write_down("crowded_keys", match_pairs.crowded_keys(usable, config))
    large = this.work.materialize("large_blocks", match_pairs.large_blocks(usable, crowded, config))
    links = match_pairs.exact_links(usable, config).unionByName(match_pairs.compared_links(usable, large, config))
    links = this.write_down("links", links)
    with this.stage("clusters"):
        components = this.work.materialize("clusters", clusters.connect(links, config.engine, this.work.materialize))
        clusters.prove(links, components)

    members = profiles.members(usable, components, match_pairs.applies(usable, config.rules))
    members = this.write_down("members", members)
    conflicts = this.write_down("conflicts", guardrails.conflicts(members, usable, config))
    cluster_facts = profiles.cluster_facts(members)
    with this.stage("ids"):
        shared, ids = _lasting_ids(members, cluster_facts, known, config, this)
    outcome = this.write_down("profiles", profiles.profiles(members, cluster_facts, conflicts, ids, config))

    lookup = usable.withColumn("rule_keys", match_pairs.rule_keys(usable, config.rules))
    # The narrow side is hashed, so that the wide one needs no sort; ids are unique, so that no key is hot.
    resolved = this.write_down("resolved", lookup.join(outcome.hint("shuffle_hash"), "record_id"))
    pairs = this.write_down("pairs", match_pairs.match_pairs(links, outcome, usable, config))
    golden_rows = this.write_down("golden", golden.golden_records(resolved, pairs, config))
    matched = this.write_down("matched_ids", matched_ids.matched_ids(resolved, config))
    held_back = this.write_down("unresolved", unresolved.unresolved_records(resolved, conflicts, bad_keys))
    events = this.write_down("changes", _changes(ids, shared, golden_rows, known, this))
    with this.stage("report and checks"):
        skipped = match_pairs.skipped_blocks(large, config)
        metrics = report.report(resolved, golden_rows, pairs, held_back, skipped, config, this.run_id)
        metrics = this.work.materialize("report", metrics)
        counts = checks.verify(sum(f.records for f in found.values()), resolved, golden_rows, pairs, held_back)
    results = {
        "identity_golden": golden_rows,
        "identity_matched_ids": matched,
        "identity_unresolved_records": held_back,
        "identity_lookup": resolved.select(*profiles.lookup_columns(config)),
        "match_pairs": pairs,
        "identity_changes": events,
        "identity_redirects": stable_ids.redirects(events, known.redirects, this.run_id),
        "identity_golden_report": metrics,
    }
    stamped = {name: _stamped(name, rows, this.run_id) for name, rows in results.items()}
    return Resolution(stamped, counts, _by_scope(metrics), _reasons(held_back))


def publish(
    tables: Tables, resolution: Resolution, config: Config, this: Run, input_versions: Mapping[str, int]
) -> Mapping[str, int]:
    """Writes every table, and last the row of ``identity_runs`` that makes the run the current one.

    Returns the version of each table that belongs to the run.
    """
    versions = {}
    committed = runs.committed_runs(tables)
    with this.stage("publish"):
        for name, rows in resolution.tables.items():
            if name in ACCUMULATING:
                versions[name] = tables.add(name, rows, this.run_id, committed)
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
        tables.add("identity_runs", manifest, this.run_id, committed)
    return versions


def _by_scope(metrics: DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """The report by scope, name and metric; it grows with the configuration, not with the data."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in metrics.collect():
        found.setdefault(row["scope"], {}).setdefault(row["name"], {})[row["metric"]] = row["value"]
    return found


def _reasons(held_back: DataFrame) -> dict[str, int]:
    """Unresolved records by reason; a record that breaks several limits counts once."""
    records_left = F.count_distinct("record_key") + F.count_if(F.col("record_key").isNull())
    return dict(held_back.groupBy("reason").agg(records_left).collect())


def _stamped(table: str, rows: DataFrame, run_id: str) -> DataFrame:
    """``rows`` with their run, in the schema of ``table``."""
    stamped = rows if "run_id" in rows.columns else rows.withColumn("run_id", F.lit(run_id))
    return schemas.check(stamped, schemas.TABLES[table], table)


def _separate_bad_keys(standardized: DataFrame, config: Config, this: Run) -> tuple[DataFrame, DataFrame]:
    """The records with a key of their own, and those without one as ``bad_keys`` of ``unresolved_records``."""
    repeated = this.work.materialize("repeated_keys", records.repeated_keys(standardized))
    without_key = standardized.where("record_key IS NULL")
    missing = unresolved.bad_key_rows(without_key, "missing_primary_key", "the primary key is null or blank")
    keyed = standardized.where("record_key IS NOT NULL")
    if repeated.isEmpty():
        return keyed, missing
    older = this.work.materialize("older_duplicates", records.older_duplicates(keyed, repeated))
    duplicates = unresolved.bad_key_rows(older, "duplicate_primary_key", "a newer record has the same primary key")
    return keyed.join(older.select("record_id"), "record_id", "left_anti"), missing.unionByName(duplicates)


def _without_over_shared(keyed: DataFrame, config: Config, this: Run) -> DataFrame:
    """``keyed`` less the values that too many share."""
    over_shared = this.write_down("over_shared", usable_identifiers.over_shared_values(keyed, config))
    if over_shared.isEmpty():
        return keyed
    holders = usable_identifiers.records_with_over_shared(keyed, over_shared, config)
    return usable_identifiers.without_over_shared(keyed, this.work.materialize("over_shared_records", holders), config)


def _changes(ids: DataFrame, shared: DataFrame, golden_rows: DataFrame, known: runs.Known, this: Run) -> DataFrame:
    new = stable_ids.created(golden_rows, known.used, this.run_id)
    if known.is_first_run:
        return new
    return new.unionByName(stable_ids.changes(ids, shared, known.ids, new, this.run_id))


def _lasting_ids(
    members: DataFrame, cluster_facts: DataFrame, known: runs.Known, config: Config, this: Run
) -> tuple[DataFrame, DataFrame]:
    """The overlaps with the last run's ids, and the id of every cluster."""
    shared = stable_ids.overlaps(members, cluster_facts, known.ids)
    if known.is_first_run:
        kept = shared.select("cluster_id", "dinmo_id")
    else:
        shared = this.work.materialize("shared_ids", shared)
        kept = stable_ids.carry_over(shared, this.work.materialize)
    ids = stable_ids.assign(cluster_facts, kept, known.used, config.project, this.run_id)
    return shared, this.work.materialize("ids", ids)
