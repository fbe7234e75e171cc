"""Exact links: stars by key, multi-valued and composite keys, sources, and the keys shown in the lookup."""

import random
from itertools import combinations as pairs_of

import pytest
from made_records import accepted
from outputs import combinations, connected

from identity_spark.schemas import LINKS, differences
from identity_spark.stages import match_pairs

COLUMNS = "record_id long, record_key string, source string, email array<string>, last_name string, card string"
RULES = {"card": ["card"], "email_and_name": ["email", "last_name"]}


def links_of(frame, config) -> set[tuple[str, str, str]]:
    found = match_pairs.exact_links(frame, config)
    assert differences(found, LINKS) == []
    return {(config.rules[r.rule_index].name, r.left_record_key, r.right_record_key) for r in found.collect()}


def test_a_key_is_a_star_around_its_smallest_record_key(spark, make_config):
    rows = [
        (9, "crm:1", "crm", ["a", "b"], "lee", "7"), (1, "crm:2", "crm", ["b"], "lee", None),
        (2, "shop:3", "shop", ["a"], "lee", "7"), (3, "shop:4", "shop", ["a"], "ray", "7"),
        (4, "shop:5", "shop", ["a"], None, None),
    ]  # fmt: skip
    assert links_of(spark.createDataFrame(rows, COLUMNS), make_config()) == {
        ("card", "crm:1", "shop:3"), ("card", "crm:1", "shop:4"),
        ("email_and_name", "crm:1", "crm:2"), ("email_and_name", "crm:1", "shop:3"),
    }  # fmt: skip


def test_a_rule_with_sources_joins_only_their_records(spark, make_config):
    rows = [(n, f"{s}:{n}", s, None, None, "7") for n, s in enumerate(["crm", "crm", "shop"])]
    config = make_config("rules[0].sources=[crm]")
    assert links_of(spark.createDataFrame(rows, COLUMNS), config) == {("card", "crm:0", "crm:1")}


def test_keys_that_read_alike_stay_apart(spark, make_config):
    rows = [
        (1, "crm:1", "crm", ["a|b"], "c", None),
        (2, "crm:2", "crm", ["a"], "b|c", None),
        (3, "crm:3", "crm", ["a\\"], "b", None),
    ]
    frame = spark.createDataFrame(rows, COLUMNS)
    config = make_config()
    assert links_of(frame, config) == set()
    keys = frame.select(match_pairs.rule_keys(frame, config.rules).alias("keys")).collect()
    assert [r["keys"]["email_and_name"] for r in keys] == [["a\\|b|c"], ["a|b\\|c"], ["a\\\\|b"]]


def test_rule_keys_and_applies(spark, make_config):
    rows = [
        (1, "crm:1", "crm", ["b", "a"], "lee", "7"), (2, "crm:2", "crm", ["a"], None, None), (3, "crm:3", "crm", None, "lee", "8"),
    ]  # fmt: skip
    frame = spark.createDataFrame(rows, COLUMNS)
    rules = make_config().rules
    found = frame.select(
        match_pairs.rule_keys(frame, rules).alias("keys"), match_pairs.applies(rules).alias("ok")
    ).collect()
    assert [(dict(r["keys"]), r.ok) for r in found] == [
        ({"card": ["7"], "email_and_name": ["a|lee", "b|lee"]}, True), ({}, False), ({"card": ["8"]}, True),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_links_connect_exactly_the_records_that_share_a_key(spark, make_config, seed: int):
    rng = random.Random(seed)
    emails, names, cards = "abcdefghij", "wxyz", "123456789"
    rows = [
        (n, f"crm:{n}", "crm", rng.sample(emails, rng.randint(1, 2)) if rng.random() < 0.6 else None,
         rng.choice(names) if rng.random() < 0.9 else None, rng.choice(cards) + str(n % 5) if rng.random() < 0.4 else None)
        for n in range(120)
    ]  # fmt: skip
    expected = {
        (rule, a, b)
        for rule, where in {"card": [5], "email_and_name": [3, 4]}.items()
        for (a, key_a), (b, key_b) in pairs_of([(r[1], set(combinations([r[i] for i in where]))) for r in rows], 2)
        if key_a & key_b
    }
    rng.shuffle(rows)
    actual = links_of(spark.createDataFrame(rows, COLUMNS).repartition(3), make_config())
    assert len(expected) > 100, "records share keys"
    assert actual <= {(rule, *sorted(pair)) for rule, *pair in expected}, "no link without a shared key"
    for rule in RULES:
        assert connected_by(rule, actual) == connected_by(rule, expected)


def connected_by(rule: str, links) -> set[frozenset[str]]:
    return {frozenset(cluster) for cluster in connected([pair for name, *pair in links if name == rule])}


def test_pairs_carry_all_their_evidence_once(spark, make_config):
    rows = [(1, "crm:1", "crm", ["a", "b"], "lee", "7"), (2, "crm:2", "crm", ["b", "a"], "lee", "7")]
    config = make_config()
    profiles = spark.createDataFrame([(1, "id"), (2, "id")], "record_id long, dinmo_id string")
    usable = spark.createDataFrame(rows, COLUMNS)
    links = match_pairs.exact_links(usable, config)
    found = match_pairs.match_pairs(accepted(links), profiles, usable, config).orderBy("rule").collect()
    assert [(p.left_record_key, p.right_record_key, p.rule, p.status, p.dinmo_id) for p in found] == [
        ("crm:1", "crm:2", "card", "accepted", "id"), ("crm:1", "crm:2", "email_and_name", "accepted", "id"),
    ]  # fmt: skip
    assert [[tuple(e) for e in p.evidence] for p in found] == [
        [("card", "exact", "7", "7", 1.0)],
        [
            ("email", "exact", "a", "a", 1.0),
            ("email", "exact", "b", "b", 1.0),
            ("last_name", "exact", "lee", "lee", 1.0),
        ],
    ]
