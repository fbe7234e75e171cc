"""Survivorship against plain Python: every strategy, nulls, ties, missing times, one record and many."""

import random
from datetime import datetime, timedelta

import pytest
from pyspark.sql import functions as F

from identity_spark.stages.golden import golden_records

COLUMNS = (
    "dinmo_id string, record_count long, record_key string, source string, source_rank int, primary_key string, updated_at timestamp, "
    "email array<string>, email__written array<string>, phone string, first_name string, first_name__written string, "
    "last_name string, last_name__written string, birth_date string, card string, card__written string, last_sound string, city string"
)
START = datetime(2026, 1, 1)
STRATEGIES = ["last_non_null", "first_non_null", "most_frequent", "source_priority", "max", "min", "longest"]


def make_rows(seed: int) -> list[tuple]:
    """Records of 60 profiles, with few different values, times and sources, so that ties are common."""
    rng = random.Random(seed)
    rows = []
    for profile in range(60):
        size = rng.choice([1, 1, 2, 3, 6])
        for n in range(size):
            source = rng.choice(["crm", "shop"])
            time = START + timedelta(days=rng.randint(0, 2)) if rng.random() < 0.8 else None
            city = rng.choice(["Rome", "Lyon", "Bern", "Zug", None])
            emails = rng.sample(["a@x.io", "b@x.io", "c@x.io"], rng.randint(1, 2)) if rng.random() < 0.7 else None
            written = emails and [e.upper() for e in emails]
            name = rng.choice(["ann", "anna", None])
            rows.append(
                (f"id{profile:02}", size, f"{source}:{profile}-{n}", source, ["crm", "shop"].index(source), f"{profile}-{n}", time,
                 emails, written, None, name, name and rng.choice([name, name.title()]), None, None, None, None, None, None, city)
            )  # fmt: skip
    return rows


def plain_survivor(records: list[tuple], strategy: str):
    """Value and record key; ``records`` holds (time, rank, key, value, canonical) and may be empty."""
    if not records:
        return None, None
    best_first = sorted(records, key=lambda r: (-(r[0] - START).total_seconds() if r[0] else float("inf"), r[1], r[2]))
    position = {id(r): n for n, r in enumerate(best_first)}
    order = {
        "last_non_null": lambda r: 0,
        "first_non_null": lambda r: (r[0] is None, r[0] or START),
        "most_frequent": lambda r: -sum(o[4] == r[4] for o in records),
        "source_priority": lambda r: -r[1],  # shop first, against the configuration's order
        "max": lambda r: [-ord(c) for c in r[3]] + [1],
        "min": lambda r: r[3],
        "longest": lambda r: -len(r[3]),
    }[strategy]
    chosen = min(best_first, key=lambda r: (order(r), position[id(r)]))
    return chosen[3], chosen[2]


def no_pairs(spark):
    return spark.createDataFrame([], "dinmo_id string, rule string, status string")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_chooses_as_plain_python_does(spark, make_config, strategy: str):
    sources = "sources: [shop]" if strategy == "source_priority" else ""
    config = make_config(
        *(f"golden.fields.{f}={{strategy: {strategy}, {sources}}}" for f in ("city", "email", "first_name"))
    )
    rows = make_rows(7)
    frame = spark.createDataFrame(random.Random(1).sample(rows, len(rows)), COLUMNS).repartition(5)
    found = {g.dinmo_id: g for g in golden_records(frame, no_pairs(spark), config).collect()}
    assert len(found) == 60
    for dinmo_id, golden in found.items():
        own = [r for r in rows if r[0] == dinmo_id]
        fields = {
            "city": [(r[6], r[4], r[2], r[18], r[18]) for r in own if r[18]],
            "email": [(r[6], r[4], r[2], w, c) for r in own for c, w in zip(r[7] or [], r[8] or [], strict=True)],
            "first_name": [(r[6], r[4], r[2], r[11], r[10]) for r in own if r[10]],
        }
        for field, records in fields.items():
            value, key = plain_survivor(records, strategy)
            assert golden[field] == value, (dinmo_id, field, records)
            assert golden.field_sources.get(field) == key


def test_what_is_told_about_a_profile(spark, make_config):
    first, last = datetime(2026, 1, 1), datetime(2026, 2, 1)
    nothing = [None] * 11
    rows = [
        ("id1", 2, "shop:1", "shop", 1, "1", first, *nothing, None), ("id1", 2, "crm:2", "crm", 0, "2", last, *nothing, "Rome"),
        ("id2", 1, "crm:3", "crm", 0, "3", None, *nothing, None), (None, 1, "crm:4", "crm", 0, "4", None, *nothing, "Bern"),
    ]  # fmt: skip
    pairs = spark.createDataFrame(
        [("id1", "b", "accepted"), ("id1", "a", "accepted"), ("id1", "a", "accepted"), ("id1", "c", "refused")],
        "dinmo_id string, rule string, status string",
    )
    found = golden_records(spark.createDataFrame(rows, COLUMNS), pairs, make_config())
    as_text = found.withColumns({c: F.col(c).cast("string") for c in ("first_seen_at", "last_seen_at")})
    one, two = as_text.orderBy("dinmo_id").collect()
    assert (one.record_count, one.sources, one.rules, one.city) == (2, ["crm", "shop"], ["a", "b"], "Rome")
    assert (one.first_seen_at, one.last_seen_at) == ("2026-01-01 00:00:00", "2026-02-01 00:00:00")
    assert (one.representative_entity_key_name, one.representative_entity_key_value) == ("crm", "2")
    assert one.field_sources == {"city": "crm:2"}
    assert (two.record_count, two.rules, two.city, two.field_sources, two.last_seen_at) == (1, [], None, {}, None)
    assert "last_sound" not in found.columns, "derived identifiers are not exposed"


def test_collect_and_most_restrictive(spark, make_config):
    config = make_config("golden.fields.email={strategy: collect}", "golden.fields.city={strategy: most_restrictive}")
    rows = [
        (*r[:18], city) for r, city in zip(make_rows(3)[:6], ["yes", "no", None, "true", "false", "maybe"], strict=True)
    ]
    rows = [("id", 6, *r[2:]) for r in rows]
    (golden,) = golden_records(spark.createDataFrame(rows, COLUMNS), no_pairs(spark), config).collect()
    assert golden.email == sorted({w for r in rows for w in r[8] or []})
    assert golden.city in ("no", "false")
