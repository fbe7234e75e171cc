"""Counts of a run, brought to the driver: they grow with the configuration, not with the data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame

from identity_spark.config import Config
from identity_spark.pipeline.clustering import connect
from identity_spark.pipeline.work import Stage, Written
from identity_spark.schemas import Metric, Totals
from identity_spark.stages import checks, rule_merges, totals

BAD_KEYS = ("missing_primary_key", "duplicate_primary_key")

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Results:
    """What is counted, all of it written down."""

    links: DataFrame  # JUDGED_LINKS
    resolved: Written
    golden: DataFrame
    pairs: DataFrame
    unresolved: Written
    skipped: DataFrame | None  # SKIPPED_BLOCKS; None where the configuration rules them out
    metrics: Sequence[DataFrame]  # METRICS, a few rows for each limit and large cluster
    of_ids: Mapping[str, int]  # what became of ids


def count(results: Results, config: Config, stage: Stage) -> tuple[Totals, list[Metric]]:
    """``Totals`` and the metrics of the results: one pass over each table, all in one query.

    Raises ``CheckError`` where clusters are not the connected components of the accepted links, or golden values not
    those of the records that they name.
    """
    resolved = results.resolved.frame
    edges = rule_edges(results.links, resolved, stage)
    frames = {
        "golden": totals.totals_of_golden(results.golden, config),
        "records": totals.totals_of_records(resolved, config),
        "set_apart": totals.totals_of_blocked(resolved),
        "pairs": totals.totals_of_pairs(results.pairs),
        "unresolved": totals.totals_of_unresolved(results.unresolved.frame) if results.unresolved.rows else None,
        "skipped": results.skipped,
        "merges": rule_merges.merges_of_small(edges.frame) if edges.rows else None,
        "wrong_values": checks.value_checks(resolved, results.golden, config),
        "metrics": reduce(DataFrame.unionByName, results.metrics),
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in frames}
    found |= stage.collect_all({name: frame for name, frame in frames.items() if frame is not None})
    checks.require_values(found["wrong_values"])
    held_back, records = found["unresolved"], _by_name(found["records"])
    reasons = {"conflict": sum(of_source["conflict"] for of_source in records.values())}
    for row in held_back:
        if row["reason"] != "conflict":  # where a record has a row for each limit
            reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["rows"]
    counted = Totals(
        records=records,
        set_apart={(row["identifier"], row["reason"]): row["values"] for row in found["set_apart"]},
        golden=found["golden"][0],
        pairs=_by_name(found["pairs"]),
        bad_keys=_sums(row for row in held_back if row["reason"] in BAD_KEYS),
        in_conflict=_sums((row for row in held_back if row["reason"] == "conflict"), by="identifier"),
        reasons={reason: rows for reason, rows in reasons.items() if rows},
        skipped=_by_name(found["skipped"], "rule"),
        merges=merges_only_here(edges, found["merges"], results.resolved, config, stage),
        profiles=results.resolved.observed["profiles"],
        of_ids=results.of_ids,
    )
    return counted, [Metric(**row) for row in found["metrics"]]


def rule_edges(links: DataFrame, resolved: DataFrame, stage: Stage) -> Written:
    """``RULE_EDGES`` written down, with what ``merges_only_here`` reads of them."""
    return stage.write("rule_edges", rule_merges.rule_edges(links, resolved), **rule_merges.figures())


def merges_only_here(edges: Written, of_small: Rows, resolved: Written, config: Config, stage: Stage) -> dict[int, int]:
    """``merges_only_here`` by rule index, of the rules that add any; ``of_small`` are ``merges_of_small``.

    Raises ``CheckError`` where the clusters of ``resolved`` are not the connected components of the accepted links:
    where a pair leaves its cluster, or a cluster is several components in one.
    """
    found = {row["rule_index"]: row["merges"] for row in of_small}
    if (edges.observed[rule_merges.LARGEST] or 0) > rule_merges.MOST_IN_A_ROW:
        held = stage.write("held_by", rule_merges.held_by(edges.frame)).frame
        components = connect(rule_merges.without_each_rule(edges.frame, held, config), "dataframe", stage, "without")
        for index, merges in stage.collect(rule_merges.merges_of_large(held, components, config)):
            found[index] = found.get(index, 0) + merges
    needed = resolved.rows - resolved.observed["clusters"]
    rule_merges.require_components(found.pop(rule_merges.NONE, 0), needed, edges.observed[rule_merges.CROSSING])
    return found


def _sums(rows: Rows, by: str = "source") -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row[by]] = found.get(row[by], 0) + row["rows"]
    return found


def _by_name(rows: Rows, named: str = "name") -> dict[str, Mapping[str, Any]]:
    return {row[named]: row for row in rows}
