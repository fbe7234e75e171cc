"""Conflicts taken apart and people's decisions in a later run of made people; and what peeling is worth on labels."""

import csv
import shutil
from collections import Counter, defaultdict
from datetime import datetime, timezone
from math import comb

import pytest
from outputs import ids, rows
from pyspark.sql import functions as F
from submitted import CONFIG, LIMITS

from identity_spark import pipeline
from identity_spark.config import load_config
from identity_spark.pipeline.overriding import Overrides
from identity_spark.pipeline.resolution import guarded_clusters
from identity_spark.pipeline.work import InMemory, Run
from identity_spark.schemas import OVERRIDES, empty
from identity_spark.storage.tables import Tables

HEADER = ["kind", "left_record_key", "right_record_key", "identifier", "value", "reason", "author", "expires_at"]


def test_peel_and_overrides(spark, demo, tmp_path, caplog):
    output = shutil.copytree(demo.output, tmp_path / "output")
    before, unresolved = ids(output), rows(output, "identity_unresolved_records")
    conflicts = {r["record_key"]: r["candidate_dinmo_id"] for r in unresolved if r["reason"] == "conflict"}
    missing = sorted(r["record_key"] for r in unresolved if r["reason"] == "missing_identifiers")[:2]
    pairs = rows(output, "match_pairs")
    apart = min((p["left_record_key"], p["right_record_key"]) for p in pairs if p["dinmo_id"])
    phones = Counter(p for r in rows(output, "identity_lookup") for p in r["phone"] or [])
    blocked, _ = phones.most_common(1)[0]
    decisions = [
        ("must_link", *missing, None, None, "seen together", "ann", None),
        ("cannot_link", *apart, None, None, "twins", "ann", None),
        ("cannot_link", "crm:none", apart[0], None, None, None, None, None),
        ("must_link", *apart, None, None, None, None, "2020-01-01"),
        ("block_value", None, None, "phone", blocked, None, None, None),
    ]
    with open(tmp_path / "decisions.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *decisions])
    peel = ("guardrails.on_conflict=peel", f"overrides={tmp_path / 'decisions.csv'}", *LIMITS)
    config = load_config([CONFIG], peel, environment={"PEOPLE": str(demo.people), "OUTPUT": str(output)})
    with caplog.at_level("WARNING"):
        done = pipeline.run(spark, config, "peeled")
    assert "peeled: " in done.summary
    assert "overrides: 1 records that no source has are named, and those overrides do nothing: crm:none" in caplog.text

    lookup = {r["record_key"]: r for r in rows(output, "identity_lookup")}
    after = {key: record["dinmo_id"] for key, record in lookup.items()}
    assert len(conflicts) > 20
    assert sum(after[key] is not None for key in conflicts) > 0.9 * len(conflicts)
    assert {after[key] for key in conflicts} & set(conflicts.values()), "the id that they would have had lives on"
    profiles = defaultdict(list)
    for record in lookup.values():
        profiles[record["dinmo_id"]].append(record["source"])
    assert max(Counter(sources)["crm"] for dinmo_id, sources in profiles.items() if dinmo_id) == 1
    assert before[apart[0]] == before[apart[1]]
    assert after[apart[0]] != after[apart[1]]
    assert after[missing[0]] == after[missing[1]] is not None
    assert lookup[missing[0]]["status"] == "matched"
    assert not any(blocked in (record["phone"] or []) for record in lookup.values())
    reasons = {
        entry["reason"] for record in lookup.values() for entry in record["blocked"] if entry["value"] == blocked
    }
    assert reasons == {"blocked"}

    pairs = rows(output, "match_pairs")
    refused = [p for p in pairs if p["status"] == "refused"]
    assert {p["dinmo_id"] for p in refused} == {None}
    assert all(after[p["left_record_key"]] != after[p["right_record_key"]] for p in refused)
    assert "sources.crm.max_records_per_profile" in {limit for p in refused for limit in p["refused_by"].split(", ")}
    decided = {p["rule"]: p for p in pairs if p["rule"] in ("must_link", "cannot_link")}
    (evidence,) = decided["must_link"]["evidence"]
    assert (evidence["match"], evidence["left_value"], evidence["right_value"]) == ("must_link", "seen together", "ann")
    assert decided["cannot_link"]["refused_by"] == "cannot_link"
    report = {
        (r["name"], r["metric"]): r["value"]
        for r in rows(output, "identity_golden_report")
        if r["scope"] == "guardrail" and r["run_id"] == "peeled"
    }
    names = ("must_links", "cannot_links", "unknown_records", "blocked_values", "expired")
    assert [report["overrides", name] for name in names] == [1, 1, 1, 1, 1]
    assert report["peel", "refused_pairs"] == len(
        {(p["left_record_key"], p["right_record_key"]) for p in refused if p["rule"] != "cannot_link"}
    )
    assert report["largest_cluster_1", "records"] == report["cluster_records", "max"] >= 3


@pytest.mark.slow
def test_on_labels_peel_beats_exclude_and_exclude_is_more_precise_than_no_limit(spark, demo):
    """Rules that join families, held to one birth date for each profile."""
    rules = "rules=[{name: email, criteria: [{identifiers: email, match: exact}]}, {name: phone, criteria: [{identifiers: phone, match: exact}]}]"
    loose = (rules, "identifiers.loyalty_id.max_values_per_profile=null")
    limited = (rules, *LIMITS[:2], "identifiers.loyalty_id.max_values_per_profile=1")
    usable = spark.read.format("delta").load(str(demo.output / "identity_lookup"))
    usable = usable.withColumn("record_id", F.monotonically_increasing_id()).localCheckpoint()
    truth = spark.read.parquet(str(demo.people / "truth")).collect()
    entities = {r["record_key"]: r["entity_id"] for r in truth}

    def measured(*settings: str) -> tuple[float, float]:
        config = load_config([CONFIG], [*settings, "identifiers.own_phone.max_distinct_per_value=null"], {})
        this = Run("test", datetime.now(timezone.utc), InMemory(Tables(spark, config.output), "test"))
        guarded, _ = guarded_clusters(usable, Overrides(empty(spark, OVERRIDES)), config, this)
        conflicts = [] if guarded.conflicts is None else guarded.conflicts.collect()
        excluded = {row.cluster_id for row in conflicts}
        return quality(
            {
                m.record_key: (m.cluster_id, m.record_key if m.cluster_id in excluded else None)
                for m in guarded.members.collect()
            },
            entities,
        )

    (free, _), (exclude, exclude_f1) = (
        measured(*loose, "identifiers.birth_date.max_values_per_profile=null"),
        measured(*limited),
    )
    _, peel_f1 = measured(*limited, "guardrails.on_conflict=peel")
    assert exclude > free
    assert peel_f1 > exclude_f1


def quality(profiles, entities) -> tuple[float, float]:
    """Pairwise precision and F1."""

    def pairs(keys) -> int:
        return sum(comb(n, 2) for n in Counter(keys).values())

    labelled = [key for key in profiles if key in entities]
    found, true = pairs(profiles[k] for k in labelled), pairs(entities[k] for k in labelled)
    right = pairs((profiles[k], entities[k]) for k in labelled)
    return right / found, 2 * right / (found + true)
