"""The report: what a run did, as one number per metric, for the project, its sources, rules and identifiers.

Rates are shares of 1. ``resolution_rate``: records with a ``dinmo_id`` of all records. ``match_rate``,
``conflict_rate``, ``missing_rate``: records of that status of all records. ``consolidation``: records saved,
1 - golden records / records with a ``dinmo_id``. Of no records every rate is 0. Events of ids are counted under their
names, ``moved_records`` are those that went from one id to another, ``largest_profile`` is the most records of one.

Of a rule: ``applicable_rate``, the records that have what it asks for, of all; ``pairs``, the rows of ``match_pairs``;
``valid_match_rate``, those of them that hold a published profile together, and ``conflict_rate``, the others: refused,
or in a cluster in conflict; ``merges_only_here``, the merges that no other rule makes. Of an identifier:
``completeness``, records with a usable value; ``golden_completeness``, the same of golden records; ``conflict_rate``,
records held back because the cluster breaks a limit of this identifier, of all; ``over_shared_records``, those without
a usable value because what they have is over-shared.
"""

from collections.abc import Iterable, Mapping

from identity_spark.config import Config, Identifier
from identity_spark.schemas import STATUSES, Metric, Totals

EVENTS = ("created", "merged", "split", "retired", "revived")
MOVED = "moved_records"  # from one id to another
OF_IDS = (*EVENTS, MOVED)
LEFT_OUT = {"skipped_blocks": "blocks", "skipped_records": "records", "skipped_pairs": "pairs"}
SET_APART = {"blocked_values": "blocked", "invalid_values": "invalid", "over_shared_values": "over_shared"}


def report(totals: Totals, config: Config) -> list[Metric]:
    """Every metric of one run but those of guardrails and overrides."""
    found = [("project", config.project, _of_project(totals))]
    found += [("source", source.name, _of_source(totals, n, source.name)) for n, source in enumerate(config.sources)]
    found += [("rule", rule.name, _of_rule(totals, n, rule.name)) for n, rule in enumerate(config.rules)]
    found += [("identifier", i.name, _of_identifier(totals, i)) for i in config.identifiers if not i.derived]
    return [Metric(scope, name, metric, float(v)) for scope, name, metrics in found for metric, v in metrics.items()]


def _of_project(totals: Totals) -> dict[str, float]:
    """With how many merged profiles refuse a consent that their last value grants, thanks to ``most_restrictive``."""
    counts = {name: totals.of_records(name) for name in ("records", *STATUSES, "published")}
    bad_keys, golden = sum(totals.bad_keys.values()), totals.golden["golden_records"]
    others = {"largest_profile": totals.golden["largest_profile"] or 0}
    others |= {"consent_widenings_prevented": totals.golden["consent_widened"]}
    return _rates(counts, bad_keys, golden) | others | {name: totals.of_ids.get(name, 0) for name in OF_IDS}


def _of_source(totals: Totals, n: int, source: str) -> dict[str, float]:
    counts = totals.records.get(source, {})
    return _rates(counts, totals.bad_keys.get(source, 0), totals.golden[f"of_source_{n}"])


def _rates(counts: Mapping[str, int], bad_keys: int, golden: int) -> dict[str, float]:
    records, published = counts.get("records", 0) + bad_keys, counts.get("published", 0)
    by_status = {status: counts.get(status, 0) for status in STATUSES}
    return {
        "records": records,
        **{f"{status}_records": found for status, found in by_status.items()},
        "bad_key_records": bad_keys,
        "golden_records": golden,
        "resolution_rate": _share(published, records),
        "match_rate": _share(by_status["matched"], records),
        "conflict_rate": _share(by_status["conflict"], records),
        "missing_rate": _share(by_status["missing"], records),
        "consolidation": _share(published - golden, published),
    }


def _of_rule(totals: Totals, n: int, rule: str) -> dict[str, float]:
    found, skipped = totals.pairs.get(rule, {}), totals.skipped.get(rule, {})
    pairs, valid = found.get("pairs", 0), found.get("valid", 0)
    return {
        "applicable_rate": _share(totals.of_records(f"applicable_{n}"), totals.of_records("records")),
        "valid_match_rate": _share(valid, pairs),
        "conflict_rate": _share(pairs - valid, pairs),
        "pairs": pairs,
        "refused_pairs": found.get("refused", 0),
        "merges_only_here": totals.merges.get(n, 0),
        **{metric: skipped.get(name, 0) for metric, name in LEFT_OUT.items()},
    }


def _of_identifier(totals: Totals, identifier: Identifier) -> dict[str, float]:
    name, records = identifier.name, totals.of_records("records")
    return {
        "completeness": _share(totals.of_records(f"held_{name}"), records),
        "golden_completeness": _share(totals.golden[f"held_{name}"], totals.golden["golden_records"]),
        "conflict_rate": _share(totals.in_conflict.get(name, 0), records),
        **{metric: totals.set_apart.get((name, reason), 0) for metric, reason in SET_APART.items()},
        "over_shared_records": totals.of_records(f"over_shared_{name}") if identifier.is_capped else 0,
    }


def by_scope(metrics: Iterable[Metric]) -> dict[str, dict[str, dict[str, float]]]:
    """The values by scope, name and metric."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for m in metrics:
        found.setdefault(m.scope, {}).setdefault(m.name, {})[m.metric] = m.value
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
