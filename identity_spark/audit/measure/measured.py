"""The rules of a committed run, measured without labels."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.audit.measure import frames as rule_measures
from identity_spark.audit.measure import measures
from identity_spark.audit.measure.measures import Agreement, Estimate, Measure
from identity_spark.audit.profile.rules import rule_blocks
from identity_spark.audit.published_run import PublishedRun
from identity_spark.audit.review import strata as review
from identity_spark.config import Config
from identity_spark.errors import InputError
from identity_spark.schemas import multi_valued
from identity_spark.storage import session

log = logging.getLogger(__name__)

MOST_PAIRS = 20_000  # of each rule, and about as many values of each identifier: intervals of less than one percent

Counts = Mapping[tuple[str, str], Agreement]  # by rule and identifier, of all its pairs or of a part
Witnesses = Mapping[str, tuple[str, ...]]  # identifiers with the rules that use them
Reported = Mapping[str, Mapping[str, Mapping[str, float]]]  # by scope, name and metric


@dataclass(frozen=True)
class Counted:
    """What was counted of the strong identifiers: ``found`` of how many pairs that share one a rule finds how many."""

    using: Witnesses
    several: Collection[str]
    whole: Counts
    parts: Mapping[str, Counts]
    found: Mapping[tuple[str, str], tuple[int, int]]

    def own(self, rule: str) -> dict[str, Agreement]:
        return {name: self.whole[rule, name] for name in self.using if (rule, name) in self.whole}

    def pooled(self) -> dict[str, Agreement]:
        """The counts of all rules that do not use the identifier: those that do would find pairs that agree."""
        pooled = dict.fromkeys(self.using, Agreement())
        for (rule, name), counts in self.whole.items():
            if rule not in self.using[name]:
                pooled[name] += counts
        return pooled


def measured(run: PublishedRun) -> list[Measure]:
    """A ``Measure`` for each rule, in their order; ``InputError`` where the run had other identifiers or rules.

    Reads ``match_pairs``, ``identity_lookup`` and the report of the run; writes nothing.
    """
    config, lookup = run.config, run.lookup()
    pairs, report = run.table("match_pairs"), run.table("identity_golden_report")
    with session.run_settings(run.tables.spark):
        reported = _reported(report.where(F.col("run_id") == run.run_id))
        _require_rules(reported, config, run.run_id)
        counted = _counted(lookup, pairs, reported, config)
        log.info("cost ...")
        compared = [row["compared"] for row in rule_blocks(lookup, config).orderBy("rule_index").collect()]
    return [
        _measure(rule.name, n, reported["rule"][rule.name], counted)
        for rule, n in zip(config.rules, compared, strict=True)
    ]


def _counted(lookup: DataFrame, pairs: DataFrame, reported: Reported, config: Config) -> Counted:
    using = measures.witnesses(config)
    if not using:
        return Counted(using, frozenset(), {}, {}, {})
    log.info("agreement ...")
    whole, parts = _agreements(pairs, lookup, reported, using)
    log.info("recall ...")
    return Counted(using, multi_valued(lookup, using), whole, parts, _found(lookup, reported, config, using))


def _measure(rule: str, compared: int, figures: Mapping[str, float], counted: Counted) -> Measure:
    own, pooled = counted.own(rule), counted.pooled()
    held_out, precision = measures.chosen_witness(rule, own, counted.using, pooled)
    merges = int(figures["merges_only_here"])
    advice, reason = measures.advice(precision, merges, int(figures["pairs"]))
    return Measure(
        rule=rule,
        held_out=held_out,
        precision=precision,
        recall=measures.recall(*counted.found.get((rule, held_out or ""), (0, 0))),
        merges_only_here=merges,
        conflict_rate=figures["conflict_rate"],
        compared=compared,
        warning=held_out and measures.warning(own[held_out], pooled[held_out], held_out in counted.several, held_out),
        advice=advice,
        reason=reason,
        parts={} if held_out is None else _parts(rule, held_out, counted.parts, own[held_out], pooled[held_out]),
    )


def _require_rules(reported: Mapping[str, Mapping[str, object]], config: Config, run_id: str) -> None:
    if missing := [rule.name for rule in config.rules if rule.name not in reported["rule"]]:
        raise InputError(
            f"run {run_id} had no rule {', '.join(missing)}: the configuration is not that of the run; run"
            " jobs/resolve.py first, or give the configuration of the run"
        )


def _reported(report: DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """The report of the run by scope, name and metric."""
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for row in report.where(F.col("scope").isin("rule", "project", "identifier")).collect():
        found[row["scope"]][row["name"]][row["metric"]] = row["value"]
    return found


def _agreements(
    pairs: DataFrame, lookup: DataFrame, reported: Reported, using: Witnesses
) -> tuple[Counts, Mapping[str, Counts]]:
    """The counts of each rule and identifier, as a whole and by part."""
    shares = {rule: min(1.0, MOST_PAIRS / max(1.0, m["pairs"])) for rule, m in reported["rule"].items()}
    some = rule_measures.some_pairs(review.in_strata(pairs), shares)
    whole: dict[tuple[str, str], Agreement] = defaultdict(Agreement)
    parts: dict[str, dict[tuple[str, str], Agreement]] = defaultdict(lambda: defaultdict(Agreement))
    for row in rule_measures.agreements(some, lookup, using).collect():  # by rules, sources and bands
        key = (row["rule"], row["identifier"])
        counts = Agreement(*(row[name] for name in rule_measures.COUNTED))
        whole[key] += counts
        parts[f"{row['left_source']} - {row['right_source']}"][key] += counts
        parts[f"similarity {row['band']}"][key] += counts
    return whole, parts


def _found(
    lookup: DataFrame, reported: Reported, config: Config, using: Witnesses
) -> dict[tuple[str, str], tuple[int, int]]:
    """By rule and identifier: how many of the pairs that share a value the rule finds, and how many these are."""
    (records,) = (m["records"] for m in reported["project"].values())
    held = {name: records * reported["identifier"][name]["completeness"] for name in using}
    shares = {name: min(1.0, MOST_PAIRS / max(1.0, count)) for name, count in held.items()}
    sharing = rule_measures.sharing_pairs(lookup, shares)
    names = list(dict.fromkeys(name for rule in config.rules for name in rule.identifiers))
    sided = rule_measures.with_values(sharing, lookup, names)
    rows = rule_measures.found_shares(sided, rule_measures.finds(lookup, config)).collect()
    return {(row["rule"], row["identifier"]): (row["found"], row["pairs"]) for row in rows}


def _parts(
    rule: str, held_out: str, parts: Mapping[str, Counts], own: Agreement, pooled: Agreement
) -> dict[str, Estimate]:
    """The precision of the rule between every two sources, and in every band of similarity."""
    of_right = own if own.sure >= measures.LEAST_SURE else pooled
    counts = {part: found[rule, held_out] for part, found in parts.items() if (rule, held_out) in found}
    estimates = {part: measures.precision(replace(c, sure=0, sure_agree=0), of_right) for part, c in counts.items()}
    return {part: estimate for part, estimate in estimates.items() if estimate is not None}
