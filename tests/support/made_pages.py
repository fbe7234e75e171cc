"""Made facts of a run, to make report pages of."""

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from identity_spark.audit.page import Facts, Profile

ENDED = datetime(2026, 3, 1, 12, 30, tzinfo=timezone.utc)
VALUES = {"left_value": "ann@secret.io", "right_value": "anne@secret.io"}


def run(run_id: str, **columns: Any) -> dict[str, Any]:
    given = {"status": "committed", "finished_at": ENDED, "seconds": {}, "code_version": "1.2", "engine": "dataframe"}
    return {"run_id": run_id, **given, **columns}


def refused(run_id: str, **broken: float) -> dict[str, Any]:
    return run(run_id, status="refused", broken_gates=broken)


def totals(**metrics: float) -> dict[str, float]:
    names = ("records", "golden_records", "unique_records", "matched_records", "conflict_records", "missing_records")
    rates = ("bad_key_records", "resolution_rate", "match_rate", "conflict_rate", "missing_rate", "consolidation")
    return dict.fromkeys((*names, *rates), 0.0) | metrics


def rule(pairs: float, **metrics: float) -> dict[str, float]:
    names = ("merges_only_here", "conflict_rate", "skipped_blocks", "skipped_records", "skipped_pairs", "refused_pairs")
    return {"applicable_rate": 0.5, "valid_match_rate": 1.0, "pairs": pairs} | dict.fromkeys(names, 0.0) | metrics


def identifier(**metrics: float) -> dict[str, float]:
    names = ("completeness", "golden_completeness", "conflict_rate")
    return dict.fromkeys((*names, "blocked_values", "invalid_values", "over_shared_values"), 0.0) | metrics


def pair(left: str, right: str, rule: str = "email", similarity: float | None = 1.0) -> dict[str, Any]:
    entry = {"identifier": "email", "match": "exact", "similarity": similarity, **VALUES}
    return {"left_record_key": left, "right_record_key": right, "rule": rule, "evidence": [entry]}


def profile(dinmo_id: str, records: int, *pairs: dict[str, Any], **changes: Any) -> Profile:
    names = {"sources": ["crm"], "rules": ["email"], "sources_count": 1, "rules_count": 1}
    return replace(Profile({"dinmo_id": dinmo_id, "record_count": records, **names}, pairs=pairs), **changes)


def empty(**changes: Any) -> Facts:
    """A first run over nothing."""
    return replace(Facts("people", [run("one")], {"project": {"people": totals()}}), **changes)


def full(**changes: Any) -> Facts:
    """A second run of two sources and two rules, with something in every section."""
    before = totals(records=90, golden_records=50, resolution_rate=0.95)
    now = totals(
        records=100, golden_records=50, unique_records=30, matched_records=55, conflict_records=10, missing_records=4,
        bad_key_records=1, resolution_rate=0.85, match_rate=0.55, conflict_rate=0.1, missing_rate=0.04,
    )  # fmt: skip
    crm = totals(records=60, matched_records=40, unique_records=20, golden_records=30, resolution_rate=1.0)
    shop = totals(
        records=40, matched_records=15, unique_records=10, conflict_records=10, missing_records=4, bad_key_records=1,
        golden_records=25, resolution_rate=0.625,
    )  # fmt: skip
    facts = Facts(
        project="people",
        runs=[run("two", seconds={"links": 75.0, "golden": 25.0}), run("one")],
        metrics={
            "project": {"people": now},
            "source": {"crm": crm, "shop": shop},
            "rule": {"email": rule(40, merges_only_here=12), "phone": rule(20, valid_match_rate=0.75, conflict_rate=0.25)},
            "identifier": {
                "email": identifier(completeness=0.8, golden_completeness=0.9, blocked_values=3, over_shared_values=7),
                "phone": identifier(completeness=0.25, golden_completeness=0.2),
            },
            "guardrail": {
                "max_values_per_profile.phone": {"conflict_clusters": 2.0, "conflict_records": 10.0},
                "cluster_records": {"p50": 1.0, "p90": 2.0, "p99": 4.0, "p999": 9.0, "max": 9.0},
            },
        },
        totals={"two": now, "one": before},
        rules=["email", "phone"],
        single_valued=["last_name"],
        sizes=[{"bin": 0, "profiles": 30, "records": 30}, {"bin": 1, "profiles": 18, "records": 40}, {"bin": 3, "profiles": 2, "records": 15}],
        flow=[
            {"source": "crm", "rule": "email", "outcome": "several", "records": 30},
            {"source": "crm", "rule": "phone", "outcome": "several", "records": 10},
            {"source": "crm", "rule": None, "outcome": "one", "records": 20},
            {"source": "shop", "rule": "email", "outcome": "several", "records": 15},
            {"source": "shop", "rule": None, "outcome": "one", "records": 10},
            {"source": "shop", "rule": None, "outcome": "conflict", "records": 10},
            {"source": "shop", "rule": None, "outcome": "missing", "records": 4},
        ],
        unresolved=[{"reason": "conflict", "records": 10}, {"reason": "missing_identifiers", "records": 4}],
        changes=[
            {"event": "merged", "cause": "email", "events": 3, "records": 5},
            {"event": "created", "cause": "sources", "events": 2, "records": 8},
            {"event": "merged", "cause": "phone", "events": 4, "records": 4},
        ],
        largest=[profile("id-large", 3, pair("crm:1", "crm:2"), pair("crm:1", "crm:2", "phone"), pair("crm:2", "shop:1", "phone"))],
        suspicious=[profile("id-odd", 2, pair("crm:8", "crm:9", similarity=0.75), values={"last_name": 2, "email": 3})],
    )  # fmt: skip
    return replace(facts, **changes)
