"""``resolve``: records in, the results of every table out.

What several stages read is written down once in the run's working files and read back: ids stay the same at every use,
plans stay short, and nothing is computed twice.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark import schemas
from identity_spark.config import Config
from identity_spark.pipeline.counting import collected, count
from identity_spark.pipeline.guarding import Guarded, guard
from identity_spark.pipeline.lasting import lasting_ids, what_became_of_ids
from identity_spark.pipeline.overriding import Overrides, decide, decide_values
from identity_spark.pipeline.preparation import separate_bad_keys, standardized_records, without_over_shared
from identity_spark.pipeline.progress import Run
from identity_spark.small_frames import small_frame
from identity_spark.stages import (
    checks,
    clusters,
    golden,
    guardrails,
    match_pairs,
    profiles,
    report,
    rule_merges,
    unresolved,
)
from identity_spark.storage.known import Known

log = logging.getLogger(__name__)

GIANT_SHARE, GIANT_RECORDS = 0.001, 20  # a cluster with more of all records, and more records, is worth a look


@dataclass(frozen=True)
class Resolution:
    """The results of a run by table name, in the order in which they are published, and the counts they agree on.

    ``metrics`` is the report by scope, name and metric; ``reasons`` how many records are unresolved for which reason.
    """

    tables: Mapping[str, DataFrame]
    counts: Mapping[str, int]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    reasons: Mapping[str, int]


def resolve(read: DataFrame, given: Overrides, known: Known, config: Config, this: Run) -> Resolution:
    """The results for the records ``read``: every stage in order."""
    golden.require_fitting(read, config)
    standardized, found = standardized_records(read, given, config, this)
    keyed, bad_keys = separate_bad_keys(standardized, config, this)
    usable = without_over_shared(keyed, config, this)
    guarded, large = guarded_clusters(usable, given, config, this)
    cluster_facts = profiles.cluster_facts(guarded.members)
    with this.stage("ids"):
        ids = lasting_ids(guarded.members, cluster_facts, known, config, this)
    outcome = profiles.profiles(guarded.members, cluster_facts, guarded.conflicts, ids, config)
    outcome = this.write_down("profiles", outcome)

    lookup = usable.withColumn("rule_keys", match_pairs.rule_keys(usable, config.rules))
    # The narrow side is hashed, so that the wide one needs no sort; ids are unique, so that no key is hot.
    resolved = this.write_down("resolved", lookup.join(outcome.hint("shuffle_hash"), "record_id"))
    pairs = this.write_down("pairs", match_pairs.match_pairs(guarded.links, outcome, usable, config))
    golden_rows = this.write_down("golden", golden.golden_records(resolved, pairs, config, this.today))
    matched = this.write_down("matched_ids", golden.matched_ids(resolved, golden_rows, config, this.today))
    held_back = this.write_down("unresolved", unresolved.unresolved_records(resolved, guarded.conflicts, bad_keys))
    lasting = what_became_of_ids(resolved, golden_rows, pairs, held_back, known, config, this)
    checks.verify_values(resolved, golden_rows, config)
    golden_rows, of_values = decide_values(given, resolved, lasting["identity_redirects"], golden_rows, config, this)
    with this.stage("report and checks"):
        skipped = match_pairs.skipped_blocks(large, config)
        of_guardrails = [guardrails.conflict_metrics(guarded.conflicts, cluster_facts), *guarded.metrics, *of_values]
        merges = _merges_only_here(guarded.links, outcome, config, this)
        totals = count(resolved, golden_rows, pairs, held_back, skipped, merges, config)
        counts = checks.verify(sum(f.records for f in found.values()), totals, golden_rows)
        metrics = report.report(totals, config) + collected(of_guardrails)
    results = {
        "identity_golden": golden_rows.drop(*golden.HIDDEN),
        "identity_matched_ids": matched,
        "identity_unresolved_records": held_back,
        "identity_lookup": resolved.select(*profiles.lookup_columns(config)),
        "match_pairs": pairs,
        **lasting,
        "identity_golden_report": small_frame(read.sparkSession, [(this.run_id, *m) for m in metrics], schemas.REPORT),
    }
    stamped = {name: _stamped(name, rows, this.run_id) for name, rows in results.items()}
    by_scope = report.by_scope(metrics)
    _warn_of_giants(by_scope["guardrail"], counts["records"])
    return Resolution(stamped, counts, by_scope, totals.reasons)


def guarded_clusters(usable: DataFrame, given: Overrides, config: Config, this: Run) -> tuple[Guarded, DataFrame]:
    """The clusters of ``usable`` as the guardrails leave them, and ``LARGE_BLOCKS``."""
    decided = decide(given, usable, this)
    candidates = match_pairs.candidate_pairs(usable, config)
    if match_pairs.anchors(config):
        candidates = this.write_down("candidates", candidates)
    links = match_pairs.exact_links(usable, config).unionByName(match_pairs.compared_links(usable, candidates, config))
    links = this.write_down("links", links.unionByName(decided.links))
    with this.stage("clusters"):
        components = this.work.materialize("clusters", clusters.connect(links, config.engine, this.work.materialize))
        clusters.prove(links, components)
    members = profiles.members(usable, components, decided.groups, match_pairs.applies(config.rules))
    members = this.write_down("members", members)
    large = match_pairs.large_blocks(candidates)
    return guard(members, links, usable, large, decided, config, this), large


def _merges_only_here(links: DataFrame, outcome: DataFrame, config: Config, this: Run) -> DataFrame:
    """``rule_index``, ``merges_only_here`` of each rule that holds a profile together."""
    edges = this.work.materialize("rule_edges", rule_merges.rule_edges(links, outcome))
    held = this.work.materialize("held_by", rule_merges.held_by(edges))
    if held.isEmpty():
        return rule_merges.merges_of_small(edges)
    copies = rule_merges.without_each_rule(edges, held, config)
    components = clusters.connect(copies, "dataframe", lambda name, f: this.work.materialize(f"without_{name}", f))
    large = rule_merges.merges_of_large(held, components, config)
    return rule_merges.merges_only_here(rule_merges.merges_of_small(edges), large)


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
