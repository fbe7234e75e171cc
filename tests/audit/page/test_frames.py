"""The small frames behind the report page, against what was counted by hand."""

import pytest

from identity_spark.audit.page import frames as review_page
from identity_spark.schemas import CHANGES, MATCHED_IDS, PAIRS, UNRESOLVED

EVIDENCE = [{"identifier": "email", "match": "exact", "left_value": "a", "right_value": "b", "similarity": 0.5}]
GOLDEN = "dinmo_id string, record_count bigint, sources array<string>, rules array<string>"
LOOKUP = "record_key string, source string, status string, dinmo_id string"


def frame(spark, schema, *rows):
    """Rows that name the columns they fill."""
    return spark.createDataFrame([tuple(row.get(name) for name in schema.names) for row in rows], schema)


def pair(left, right, rule, dinmo_id="one", status="accepted"):
    return {
        "left_record_key": left,
        "right_record_key": right,
        "rule": rule,
        "evidence": EVIDENCE,
        "status": status,
        "dinmo_id": dinmo_id,
    }


@pytest.fixture(scope="module")
def golden(spark):
    rows = [
        ("a", 1, ["crm"], []),
        ("b", 2, ["crm"], ["x"]),
        ("c", 3, ["crm"], ["x", "y"]),
        ("d", 4, ["app", "crm"], ["y"]),
        ("e", 3, ["crm"], ["x"]),
    ]
    return spark.createDataFrame(rows, GOLDEN).coalesce(1)


def test_sizes_by_powers_of_two(golden):
    found = {tuple(row) for row in review_page.size_bins(golden).collect()}
    assert found == {(0, 1, 1), (1, 3, 8), (2, 1, 4)}


def test_largest_profiles_are_of_several_records(golden):
    rows = review_page.largest_profiles(golden, 3).collect()
    assert [(r.dinmo_id, r.record_count, r.sources, r.sources_count) for r in rows] == [
        ("d", 4, ["app", "crm"], 2), ("c", 3, ["crm"], 1), ("e", 3, ["crm"], 1),
    ]  # fmt: skip


def test_suspicious_profiles_have_several_values_of_one(spark, golden):
    values = [
        ("a", "name", 3),
        ("b", "name", 2),
        ("c", "name", 3),
        ("d", "name", 1),
        ("d", "mail", 9),
        ("e", "name", 2),
        ("e", "date", 2),
    ]
    rows = [{"dinmo_id": i, "identifier": name, "value": f"{n}"} for i, name, many in values for n in range(many)]
    found = review_page.suspicious_profiles(golden, frame(spark, MATCHED_IDS, *rows), ["name", "date"], 10).collect()
    # e before c: as many values too many, but one rule; a is of one record, d has several mails only
    assert [(r.dinmo_id, r.extra_values) for r in found] == [("e", 2), ("c", 2), ("b", 1)]
    counts = review_page.value_counts(frame(spark, MATCHED_IDS, *rows), ["e"]).collect()
    assert {tuple(row) for row in counts} == {("e", "name", 2), ("e", "date", 2)}


def test_records_flow_by_their_own_strongest_rule(spark):
    rows = [("c:1", "crm", "matched", "one"), ("c:2", "crm", "matched", "one"), ("a:3", "app", "matched", "one"), ("x:4", "web", "matched", "one"),
            ("c:5", "crm", "unique", "two"), ("c:6", "crm", "missing", "three"), ("c:7", "crm", "missing", None), ("c:8", "crm", "conflict", None), ("c:9", "crm", "conflict", None)]  # fmt: skip
    lookup = spark.createDataFrame(rows, LOOKUP)
    pairs = frame(
        spark,
        PAIRS,
        pair("c:1", "c:2", "weak"), pair("c:1", "c:2", "strong"), pair("a:3", "c:2", "weak"), pair("a:3", "x:4", "gone"),
        pair("c:8", "c:9", "strong", dinmo_id=None), pair("c:5", "c:6", "strong", dinmo_id=None, status="refused"),
    )  # fmt: skip
    flow = review_page.record_flow(
        lookup, pairs, {"strong": 0, "middle": 1, "weak": 2}, {"strong", "weak"}, {"crm", "app"}
    )
    assert {tuple(row) for row in flow.collect()} == {
        ("crm", "strong", "several", 2), ("app", "weak", "several", 1), ("", "", "several", 1), ("crm", None, "one", 2),
        ("crm", None, "missing", 1), ("crm", None, "conflict", 2),
    }  # fmt: skip
    unnamed = review_page.record_flow(lookup, pairs, {"strong": 0, "weak": 1}, {"strong"}, {"crm", "app"}).collect()
    assert ("app", "", "several", 1) in {tuple(row) for row in unnamed}


@pytest.mark.parametrize("with_values", [False, True])
def test_pairs_of_profiles_are_cut_and_hold_values_only_when_asked(spark, with_values):
    rows = [
        pair("3", "4", "x"),
        pair("1", "2", "x"),
        pair("1", "2", "a"),
        pair("8", "9", "x", "two"),
        pair("1", "5", "x", "one", "refused"),
        pair("6", "7", "x", "three"),
    ]
    found = review_page.pairs_of(frame(spark, PAIRS, *rows), ["one", "two"], 2, with_values).collect()
    assert sorted((r.dinmo_id, r.left_record_key, r.rule) for r in found) == [
        ("one", "1", "a"),
        ("one", "1", "x"),
        ("two", "8", "x"),
    ]
    (entry,) = found[0].evidence
    values = {"left_value": "a", "right_value": "b"} if with_values else {}
    assert entry.asDict() == {"identifier": "email", "match": "exact", "similarity": 0.5, **values}


def test_a_record_that_breaks_two_limits_is_unresolved_once(spark):
    rows = [
        *({"record_key": "c:1", "reason": "conflict", "identifier": name} for name in ("email", "phone")),
        {"record_key": "c:2", "reason": "conflict"},
        *({"record_key": "c:3", "reason": "duplicate_primary_key"} for _ in range(2)),
        *({"record_key": None, "reason": "missing_primary_key"} for _ in range(3)),
    ]
    found = review_page.unresolved_reasons(frame(spark, UNRESOLVED, *rows)).collect()
    assert dict(found) == {"conflict": 2, "duplicate_primary_key": 2, "missing_primary_key": 3}


def test_changes_of_one_run_by_event_and_cause(spark):
    events = [
        ("one", "created", "sources", 2),
        ("two", "created", "sources", 3),
        ("two", "created", "sources", 4),
        ("two", "merged", "x", 1),
    ]
    rows = [{"run_id": r, "event": e, "cause": c, "record_count": n} for r, e, c, n in events]
    found = review_page.change_counts(frame(spark, CHANGES, *rows), "two").collect()
    assert {tuple(row) for row in found} == {("created", "sources", 2, 7), ("merged", "x", 1, 1)}
