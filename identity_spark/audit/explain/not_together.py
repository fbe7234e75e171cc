"""Why two records are in different profiles: every rule by itself, then what stands between their profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from identity_spark.audit.explain.answer import Answer, Asked, Row, refused_answer, values_of
from identity_spark.config import Config, Criterion, Rule

REFUSED, NOT_APPLICABLE, CRITERION_FAILED, BLOCK_SKIPPED, HOLDS = VERDICTS = (
    "refused",
    "not_applicable",
    "criterion_failed",
    "block_skipped",
    "holds",
)


class Compared(Protocol):
    """Whether a criterion holds for one identifier of both records, and how similar the values are."""

    @property
    def holds(self) -> bool: ...
    @property
    def left_value(self) -> str | None: ...
    @property
    def right_value(self) -> str | None: ...
    @property
    def similarity(self) -> float | None: ...


@dataclass(frozen=True)
class Findings:
    """What was found out about two records: criteria of single identifiers, sizes of the blocks that both are in by
    rule, refused rows of ``match_pairs`` between their clusters, and the limits that these would break together."""

    compared: Mapping[Criterion, Compared]
    blocks: Mapping[str, Sequence[int]]
    refused: Sequence[Row]
    limits: Sequence[Row] | None  # None where a cluster is too large


def why_not_together(one: Asked, other: Asked, found: Findings, config: Config, show: bool) -> Answer:
    rules = [_rule_answer(rule, (one, other), found, config, show) for rule in config.rules]
    limits = None if found.limits is None else [dict(row) for row in found.limits]
    return {
        "together": False,
        "rules": rules,
        "shared_set_apart": _shared_set_apart(one.row, other.row, show),
        "refused": [refused_answer(row, show) for row in found.refused],
        "limits": limits,
    }


def _rule_answer(rule: Rule, both: tuple[Asked, Asked], found: Findings, config: Config, show: bool) -> Answer:
    criteria = [_criterion_answer(c, name, found, show) for c in rule.criteria for name in c.identifiers]
    lacking = [entry for asked in both for entry in _lacking(rule, asked.row, config)]
    blocks = found.blocks.get(rule.name, ())
    refused_by = _refused_by(rule, both, found)
    needed = {None, *rule.anchor}
    if refused_by is not None:
        verdict = REFUSED
    elif any(entry["identifier"] in needed for entry in lacking):
        verdict = NOT_APPLICABLE
    elif not all(entry["holds"] for entry in criteria):
        verdict = CRITERION_FAILED
    elif blocks and min(blocks) > rule.max_block_records:
        verdict = BLOCK_SKIPPED
    else:
        verdict = HOLDS
    return {
        "rule": rule.name,
        "verdict": verdict,
        "refused_by": refused_by,
        "lacking": lacking,
        "criteria": criteria,
        "block_records": list(blocks),
        "max_block_records": None if rule.exact else rule.max_block_records,
    }


def _criterion_answer(criterion: Criterion, name: str, found: Findings, show: bool) -> Answer:
    compared = found.compared[replace(criterion, identifiers=(name,))]
    answer: Answer = {
        "identifier": name,
        "match": criterion.match,
        "threshold": criterion.threshold,
        "missing": criterion.missing,
        "holds": compared.holds,
        "similarity": compared.similarity,
    }
    return answer | ({"left_value": compared.left_value, "right_value": compared.right_value} if show else {})


def _lacking(rule: Rule, row: Row, config: Config) -> list[Answer]:
    """What a record lacks of what the rule needs; of a source that is not the rule's it says so with no identifier."""
    key = row["record_key"]
    if rule.sources and row["source"] not in rule.sources:
        return [{"record_key": key, "identifier": None, "why": "source"}]
    needed = dict.fromkeys(name for c in rule.criteria if c.missing == "fail" for name in c.identifiers)
    return [
        {"record_key": key, "identifier": name, "why": _why_unknown(row, name, config)}
        for name in needed
        if not values_of(row, name)
    ]


def _why_unknown(row: Row, name: str, config: Config) -> str:
    """``missing``, or why the value that was there is set apart; of a derived one, why that of its origin is."""
    origin: str | None = name
    while origin is not None:
        reasons = sorted({entry["reason"] for entry in row["blocked"] or () if entry["identifier"] == origin})
        if reasons:
            return ", ".join(reasons)
        origin = config.identifier(origin).derived_from
    return "missing"


def _refused_by(rule: Rule, both: tuple[Asked, Asked], found: Findings) -> str | None:
    keys = {asked.key for asked in both}
    of_pair = [row for row in found.refused if {row["left_record_key"], row["right_record_key"]} == keys]
    return next((str(row["refused_by"]) for row in of_pair if row["rule"] == rule.name), None)


def _shared_set_apart(one: Row, other: Row, show: bool) -> list[Answer]:
    """The values that both records hold and that take no part in matching."""
    theirs = {(e["identifier"], e["value"]) for e in other["blocked"] or ()}
    shared = [e for e in one["blocked"] or () if (e["identifier"], e["value"]) in theirs]
    names: Any = ("identifier", "reason", "value") if show else ("identifier", "reason")
    return [{name: entry[name] for name in names} for entry in shared]
