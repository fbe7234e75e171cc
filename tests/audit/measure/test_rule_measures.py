"""Agreement and recall counted by plain loops over made records."""

import random
from collections import Counter
from itertools import combinations

from pyspark.sql import functions as F

from identity_spark.audit.measure import frames as rule_measures

USING = {"email": ("email_and_name",), "phone": (), "card": ("card",), "birth_date": ()}
MULTI = ("email",)


def made_records(randomly):
    def some(name, choices, missing):
        return None if randomly.random() < missing else f"{name}{randomly.randrange(choices)}"

    records = {}
    for n in range(120):
        source = randomly.choice(["crm", "shop"])
        emails = sorted({f"e{randomly.randrange(30)}" for _ in range(randomly.randrange(3))}) or None
        held = {"phone": some("p", 25, 0.2), "card": some("c", 40, 0.4), "birth_date": some("b", 8, 0.1)}
        records[f"{source}:{n:03}"] = {"source": source, "email": emails, **held, "last_name": some("l", 6, 0.1)}
    return records


def agrees(left, right, name):
    """None where one of them does not carry it."""
    if left[name] is None or right[name] is None:
        return None
    return bool(set(left[name]) & set(right[name])) if name in MULTI else left[name] == right[name]


def test_counts_against_plain_loops(spark, make_config):
    randomly = random.Random(11)
    records = made_records(randomly)
    schema = "record_key string, source string, email array<string>, phone string, card string, birth_date string, last_name string"
    lookup = spark.createDataFrame([(key, *held.values()) for key, held in records.items()], schema)
    keys = list(combinations(sorted(records), 2))
    found = [(rule, *pair, band) for rule in ("card", "email_and_name") for band in ("exact", "low") for pair in randomly.sample(keys, 900)]  # fmt: skip
    pairs = spark.createDataFrame(found, "rule string, left_record_key string, right_record_key string, band string")

    expected = Counter()
    for rule, left, right, band in found:
        ends = records[left], records[right]
        same = {name: agrees(*ends, name) for name in USING}
        sources = sorted(end["source"] for end in ends)
        for name in USING:
            others = [other for other in USING if other != name and same[other]]
            sure = len(others) >= 2 and any(rule not in USING[other] for other in others)
            where = (rule, *sources, band, name)
            if same[name] is not None:
                expected[(*where, "both")] += 1
                expected[(*where, "agree")] += same[name]
                expected[(*where, "sure")] += sure
                expected[(*where, "sure_agree")] += sure and same[name]
    assert sum(n for key, n in expected.items() if key[-1] == "sure_agree") > 5
    rows = rule_measures.agreements(pairs, lookup, USING).collect()
    actual = {(*row[:5], counted): row[counted] for row in rows for counted in rule_measures.COUNTED}
    assert {k: n for k, n in actual.items() if n} == {k: n for k, n in expected.items() if n}


def test_pairs_that_share_a_value_and_which_of_them_rules_find(spark, make_config, monkeypatch):
    monkeypatch.setattr(rule_measures, "MOST_SHARING", 14)
    config = make_config()
    records = made_records(random.Random(12))
    schema = "record_key string, source string, email array<string>, phone string, card string, birth_date string, last_name string"
    lookup = spark.createDataFrame([(key, *held.values()) for key, held in records.items()], schema)
    carried = Counter(held["birth_date"] for held in records.values() if held["birth_date"])
    assert min(carried.values()) <= rule_measures.MOST_SHARING < max(carried.values()), (
        "some birth dates are too common"
    )
    names = ("email", "phone", "birth_date")
    sharing = rule_measures.sharing_pairs(lookup, dict.fromkeys(names, 1.0))
    every = [
        (n, *p) for p in combinations(sorted(records), 2) for n in names if agrees(records[p[0]], records[p[1]], n)
    ]
    expected = [(n, a, b) for n, a, b in every if n != "birth_date" or carried[records[a][n]] <= rule_measures.MOST_SHARING]  # fmt: skip
    assert len({n for n, *_ in expected}) == len(names)
    assert sorted(map(tuple, sharing.collect())) == sorted(expected)

    sided = rule_measures.with_values(sharing, lookup, ["card", "email", "last_name"])
    rows = rule_measures.found_shares(sided, rule_measures.finds(lookup, config)).collect()
    holds = {
        "card": lambda a, b: bool(agrees(a, b, "card")),
        "email_and_name": lambda a, b: bool(agrees(a, b, "email") and agrees(a, b, "last_name")),
    }
    by_hand = Counter({(n, rule): 0 for n in names for rule in holds})
    by_hand.update((n, rule) for n, a, b in expected for rule, is_so in holds.items() if is_so(records[a], records[b]))
    assert {(r.identifier, r.rule): r.found for r in rows} == dict(by_hand)
    assert sum(by_hand.values()) > 5
    assert {r.identifier: r.pairs for r in rows} == Counter(n for n, *_ in expected)


def test_a_share_of_the_pairs_is_the_same_however_they_lie(spark):
    pairs = spark.range(4000).select(
        F.lit("card").alias("rule"),
        F.concat(F.lit("a:"), "id").alias("left_record_key"),
        F.concat(F.lit("b:"), "id").alias("right_record_key"),
    )
    some = [row[1] for row in rule_measures.some_pairs(pairs, {"card": 0.25}).collect()]
    assert 850 < len(some) < 1150
    assert sorted(some) == sorted(
        r[1] for r in rule_measures.some_pairs(pairs.repartition(7), {"card": 0.25}).collect()
    )
    assert rule_measures.some_pairs(pairs, {"card": 1.0}).count() == 4000
