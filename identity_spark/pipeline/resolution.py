"""``resolution_of``: records in, the results of every table out.

What several stages read is written down once in the run's working files and read back: ids stay the same at every use,
plans stay short, and nothing is computed twice. Everything that runs Spark is a ``write`` or a ``collect`` of a stage.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark import schemas
from identity_spark.config import Config
from identity_spark.pipeline.clustering import connect
from identity_spark.pipeline.counting import Results, count
from identity_spark.pipeline.guarding import Guarded, Matched, guard
from identity_spark.pipeline.lasting import lasting_ids, what_became_of_ids
from identity_spark.pipeline.overriding import Overrides, decide, decide_values
from identity_spark.pipeline.preparation import prepare, usable_records
from identity_spark.pipeline.work import Run, Written
from identity_spark.stages import checks, golden, guardrails, match_pairs, profiles, report, unresolved
from identity_spark.storage.known import Known
from identity_spark.storage.small_frames import small_frame

log = logging.getLogger(__name__)

GIANT_SHARE, GIANT_RECORDS = 0.001, 20  # a cluster with more of all records, and more records, is worth a look


@dataclass(frozen=True)
class Resolution:
    """The results of a run by table name, and the counts they agree on; tables of which nothing changed are left out.

    ``metrics`` is the report by scope, name and metric; ``reasons`` how many records are unresolved for which reason.
    """

    tables: Mapping[str, DataFrame]
    counts: Mapping[str, int]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    reasons: Mapping[str, int]


def resolution_of(read: DataFrame, given: Overrides, known: Known, config: Config, this: Run) -> Resolution:
    """The results for the records ``read``: every stage in order."""
    golden.require_fitting(read, config)
    prepared = prepare(read, given, config, this)
    usable = usable_records(prepared, config, this)
    guarded, large = guarded_clusters(usable, given, config, this)
    ids = lasting_ids(guarded.members, known, config, this)
    outcome = profiles.profiles(guarded.members, guarded.conflicts, ids, config)
    resolved = _resolved(usable, outcome, config, this)
    with this.stage("pairs") as stage:
        matched = match_pairs.match_pairs(guarded.links, resolved.frame, usable, config)
        pairs = stage.write("pairs", matched).frame
    with this.stage("golden") as stage:
        golden_rows = stage.write("golden", golden.golden_records(resolved.frame, pairs, config, this.today)).frame
    # Nothing but its table reads it: it is computed when that is written.
    matched_ids = golden.matched_ids(resolved.frame, golden_rows, config, this.today)
    with this.stage("unresolved") as stage:
        rows = unresolved.unresolved_records(resolved.frame, guarded.conflicts, prepared.bad_keys)
        held_back = stage.write("unresolved", rows)
    lasting = what_became_of_ids(resolved, golden_rows, pairs, held_back.frame, known, config, this)
    redirects = lasting.tables.get("identity_redirects", known.redirects)
    golden_rows, of_values = decide_values(given, resolved.frame, redirects, golden_rows, config, this)
    with this.stage("report and checks") as stage:
        skipped = None if large is None else match_pairs.skipped_blocks(large, config)
        own = [*_of_conflicts(guarded), *guarded.metrics, *of_values]
        results = Results(guarded.links, resolved, golden_rows, pairs, held_back, skipped, own, lasting.counts)
        totals, of_guardrails = count(results, config, stage)
        counts = checks.verify(prepared.total, totals)
        metrics = report.report(totals, config) + of_guardrails
    tables = {
        "identity_golden": golden_rows.drop(*golden.HIDDEN),
        "identity_matched_ids": matched_ids,
        "identity_unresolved_records": held_back.frame,
        "identity_lookup": resolved.frame.select(*profiles.lookup_columns(config)),
        "match_pairs": pairs,
        **lasting.tables,
        "identity_golden_report": small_frame(read.sparkSession, [(this.run_id, *m) for m in metrics], schemas.REPORT),
    }
    stamped = {name: _stamped(name, rows, this.run_id) for name, rows in tables.items()}
    by_scope = report.by_scope(metrics)
    _warn_of_giants(by_scope["guardrail"], counts["records"])
    return Resolution(stamped, counts, by_scope, totals.reasons)


def guarded_clusters(
    usable: DataFrame, given: Overrides, config: Config, this: Run
) -> tuple[Guarded, DataFrame | None]:
    """The clusters of ``usable`` as the guardrails leave them, and ``LARGE_BLOCKS``; None where no rule compares."""
    decided = decide(given, usable, this)
    with this.stage("links") as stage:
        links, large = [match_pairs.exact_links(usable, config)], None
        if match_pairs.anchors(config):
            candidates = stage.write("candidates", match_pairs.candidate_pairs(usable, config)).frame
            links.append(match_pairs.compared_links(usable, candidates, config))
            large = match_pairs.large_blocks(candidates)
        links += [] if decided.links is None else [decided.links]
        found = stage.write("links", reduce(DataFrame.unionByName, links)).frame
    with this.stage("clusters") as stage:
        components = connect(found, config.engine, stage, "clusters")
        applicable = match_pairs.applies(config.rules)
        limited = guardrails.limited_values(usable, config)
        members = stage.write(
            "members", profiles.members(usable, components, decided.groups, applicable, limited)
        ).frame
    return guard(Matched(usable, found, large, members, decided), config, this), large


def _resolved(usable: DataFrame, outcome: DataFrame, config: Config, this: Run) -> Written:
    """``STANDARDIZED`` with ``PROFILES`` and ``rule_keys``; observes ``clusters`` and the published ``profiles``."""
    with this.stage("resolved") as stage:
        lookup = usable.withColumn("rule_keys", match_pairs.rule_keys(usable, config.rules))
        # The narrow side is hashed, so that the wide one needs no sort; ids are unique, so that no key is hot.
        joined = lookup.join(outcome.hint("shuffle_hash"), "record_id")
        is_published = F.col("first") & F.col("dinmo_id").isNotNull()
        return stage.write("resolved", joined, clusters=F.count_if("first"), profiles=F.count_if(is_published))


def _of_conflicts(guarded: Guarded) -> list[DataFrame]:
    return [] if guarded.conflicts is None else [guardrails.conflict_metrics(guarded.conflicts)]


def _warn_of_giants(metrics: Mapping[str, Mapping[str, float]], records: int) -> None:
    """Says that one cluster holds more of all records than people or companies do."""
    size = metrics.get("largest_cluster_1", {}).get("records", 0)
    if size > max(GIANT_SHARE * records, GIANT_RECORDS):
        log.warning(
            "guardrails: one cluster holds %s of %s records; see largest_cluster_1 in identity_golden_report",
            f"{size:,.0f}", f"{records:,}",
        )  # fmt: skip


def _stamped(table: str, rows: DataFrame, run_id: str) -> DataFrame:
    """``rows`` with their run, in the schema of ``table``."""
    is_stamped = "run_id" in rows.columns or "run_id" not in schemas.TABLES[table].names
    return schemas.check(rows if is_stamped else rows.withColumn("run_id", F.lit(run_id)), schemas.TABLES[table], table)
