"""Counts of a run, brought to the driver: they grow with the configuration, not with the data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame, Row

from identity_spark.config import Config
from identity_spark.pipeline.clustering import connect
from identity_spark.pipeline.work import Stage, Written
from identity_spark.schemas import Totals
from identity_spark.stages import rule_merges, totals

BAD_KEYS = ("missing_primary_key", "duplicate_primary_key")


@dataclass(frozen=True)
class Results:
    """What is counted, all of it written down."""

    resolved: Written
    golden: DataFrame
    pairs: DataFrame
    unresolved: Written
    skipped: DataFrame | None  # SKIPPED_BLOCKS; None where the configuration rules them out


def count(results: Results, merges: Mapping[int, int], config: Config, stage: Stage) -> Totals:
    """``Totals``: one pass over each table; ``merges`` are ``merges_only_here`` by rule index."""
    resolved, unresolved = results.resolved.frame, results.unresolved.frame
    (of_golden,) = stage.collect(totals.totals_of_golden(results.golden, config))
    of_records = _by_first(stage.collect(totals.totals_of_records(resolved, config)))
    held_back = stage.collect(totals.totals_of_unresolved(unresolved)) if results.unresolved.rows else []
    reasons = {"conflict": sum(of_source["conflict"] for of_source in of_records.values())}
    for row in held_back:
        if row["reason"] != "conflict":  # where a record has a row for each limit
            reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["rows"]
    return Totals(
        records=of_records,
        set_apart={(row[0], row[1]): row["values"] for row in stage.collect(totals.totals_of_blocked(resolved))},
        golden=of_golden.asDict(),
        pairs=_by_first(stage.collect(totals.totals_of_pairs(results.pairs))),
        bad_keys=_sums(row for row in held_back if row["reason"] in BAD_KEYS),
        in_conflict=_sums((row for row in held_back if row["reason"] == "conflict"), by="identifier"),
        reasons={reason: rows for reason, rows in reasons.items() if rows},
        skipped={} if results.skipped is None else _by_first(stage.collect(results.skipped)),
        merges=merges,
        profiles=results.resolved.observed["profiles"],
    )


def prove_clusters(links: DataFrame, resolved: Written, config: Config, stage: Stage) -> dict[int, int]:
    """``merges_only_here`` by rule index, of the rules that add any.

    Raises ``CheckError`` where the clusters of ``resolved`` are not the connected components of the accepted ``links``:
    where a pair leaves its cluster, or a cluster is several components in one.
    """
    edges = stage.write("rule_edges", rule_merges.rule_edges(links, resolved.frame), **rule_merges.figures())
    found: dict[int, int] = {}
    if edges.rows:
        found |= dict(stage.collect(rule_merges.merges_of_small(edges.frame)))
    if (edges.observed[rule_merges.LARGEST] or 0) > rule_merges.MOST_IN_A_ROW:
        held = stage.write("held_by", rule_merges.held_by(edges.frame)).frame
        components = connect(rule_merges.without_each_rule(edges.frame, held, config), "dataframe", stage, "without")
        for index, merges in stage.collect(rule_merges.merges_of_large(held, components, config)):
            found[index] = found.get(index, 0) + merges
    needed = resolved.rows - resolved.observed["clusters"]
    rule_merges.require_components(found.pop(rule_merges.NONE, 0), needed, edges.observed[rule_merges.CROSSING])
    return found


def _sums(rows: Iterable[Row], by: str = "source") -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row[by]] = found.get(row[by], 0) + row["rows"]
    return found


def _by_first(rows: list[Row]) -> dict[str, dict[str, int]]:
    """The rows by their first column."""
    return {row[0]: row.asDict() for row in rows}
