"""Every number of the report, counted again from the other tables without Spark and without the project's code."""

from collections import Counter, defaultdict

import pytest
from outputs import connected, rows

STATUSES = ("unique", "matched", "conflict", "missing")


def share(part, whole):
    return part / whole if whole else 0.0


def of_records(lookup, bad, golden_records):
    """The metrics of a project or a source."""
    statuses = Counter(record["status"] for record in lookup)
    published = sum(record["dinmo_id"] is not None for record in lookup)
    total = len(lookup) + bad
    assert total == sum(statuses[s] for s in STATUSES) + bad
    return {
        "records": total,
        **{f"{status}_records": statuses[status] for status in STATUSES},
        "bad_key_records": bad,
        "golden_records": golden_records,
        "resolution_rate": share(published, total),
        **{f"{name}_rate": share(statuses[s], total) for name, s in (("match", "matched"), ("conflict", "conflict"), ("missing", "missing"))},
        "consolidation": share(published - golden_records, published),
    }  # fmt: skip


def of_rule(name, lookup, pairs):
    """The metrics of a rule, but for those of skipped blocks."""
    own = [p for p in pairs if p["rule"] == name]
    valid = [p for p in own if p["status"] == "accepted" and p["dinmo_id"]]
    joined = [p for p in pairs if p["status"] == "accepted" and p["dinmo_id"]]
    return {
        "applicable_rate": share(sum(name in dict(r["rule_keys"]) for r in lookup), len(lookup)),
        "pairs": len(own),
        "refused_pairs": sum(p["status"] == "refused" for p in own),
        "valid_match_rate": share(len(valid), len(own)),
        "conflict_rate": share(len(own) - len(valid), len(own)),
        "merges_only_here": merges(joined) - merges([p for p in joined if p["rule"] != name]),
    }


def merges(pairs):
    return sum(len(group) - 1 for group in connected((p["left_record_key"], p["right_record_key"]) for p in pairs))


def of_identifier(name, lookup, golden, unresolved):
    set_apart = Counter(b["reason"] for r in lookup for b in r["blocked"] or () if b["identifier"] == name)
    held_back = {u["record_key"] for u in unresolved if u["reason"] == "conflict" and u["identifier"] == name}
    return {
        "completeness": share(sum(r[name] is not None for r in lookup), len(lookup)),
        "golden_completeness": share(sum(g[name] is not None for g in golden), len(golden)),
        "conflict_rate": share(len(held_back), len(lookup)),
        **{f"{reason}_values": set_apart[reason] for reason in ("blocked", "invalid", "over_shared")},
        "over_shared_records": sum(lost(r, name) for r in lookup),
    }


def lost(record, name):
    """Whether the record has no value of the identifier for the reason that it is over-shared."""
    taken = {b["reason"] for b in record["blocked"] or () if b["identifier"] == name}
    return record[name] is None and "over_shared" in taken


def test_every_number_of_the_report(demo):
    assert_counted_again(demo.config, demo.output)


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1])
def test_every_number_of_the_report_of_other_seeds(made_runs, which: int):
    assert_counted_again(made_runs[which].config, made_runs[which].output)


def assert_counted_again(config, output):
    lookup, golden, pairs, unresolved, report = (
        rows(output, f"identity_{name}" if name != "match_pairs" else name)
        for name in ("lookup", "golden", "match_pairs", "unresolved_records", "golden_report")
    )
    found = defaultdict(dict)
    for row in report:
        found[row["scope"], row["name"]][row["metric"]] = row["value"]
    bad = Counter(u["source"] for u in unresolved if u["reason"].endswith("_primary_key"))
    assert bad.total() > 0
    assert sum(r["status"] == "conflict" for r in lookup) > 10

    whole = of_records(lookup, bad.total(), len(golden))
    begun = dict.fromkeys(("merged", "split", "retired", "revived", "moved_records"), 0)  # it is a first run
    begun |= {"created": len(golden), "largest_profile": max(g["record_count"] for g in golden)}
    of_project = {k: v for k, v in found["project", "customers"].items() if k != "consent_widenings_prevented"}
    assert of_project == whole | begun
    for source in config.sources:
        own = [record for record in lookup if record["source"] == source.name]
        profiles = sum(source.name in record["sources"] for record in golden)
        assert found["source", source.name] == of_records(own, bad[source.name], profiles)
    for rule in config.rules:
        without_skipped = {k: v for k, v in found["rule", rule.name].items() if not k.startswith("skipped")}
        assert without_skipped == of_rule(rule.name, lookup, pairs), rule.name
    assert sum(found["rule", rule.name]["merges_only_here"] > 0 for rule in config.rules) > 5
    for identifier in config.identifiers:
        if not identifier.derived:
            expected = of_identifier(identifier.name, lookup, golden, unresolved)
            assert found["identifier", identifier.name] == expected, identifier.name
    assert found["identifier", "birth_date"]["conflict_rate"] > 0
    assert found["identifier", "email"]["over_shared_records"] > 0
