"""Guardrails from links to profiles, against refusals in plain Python; overrides; both engines and other partitions."""

import random
from collections import Counter
from datetime import datetime, timezone

import pytest
from made_records import COLUMNS, as_records, people
from outputs import connected
from plain_guardrails import Peeling, broken_limits, edges_of

from identity_spark.pipeline.overriding import Overrides
from identity_spark.pipeline.progress import InMemory, Run
from identity_spark.pipeline.resolution import guarded_clusters
from identity_spark.schemas import CONFLICTS, JUDGED_LINKS, MEMBERS, OVERRIDES, differences
from identity_spark.storage.tables import Tables

RULES = """rules=[
 {name: card, criteria: [{identifiers: card, match: exact}]},
 {name: email, criteria: [{identifiers: email, match: exact}]},
 {name: phone, criteria: [
   {identifiers: phone, match: exact}, {identifiers: first_name, match: fuzzy_medium, missing: pass}]},
 {name: name_and_date, criteria: [
   {identifiers: [last_name, birth_date], match: exact}, {identifiers: first_name, match: fuzzy_medium}]}]"""
LIMITS = (
    "identifiers.card.max_values_per_profile=1",
    "identifiers.birth_date={type: date, max_values_per_profile: 1, conflict_tolerance: fuzzy_medium}",
    "identifiers.email.max_values_per_profile=4",
    "sources.shop.max_records_per_profile=3",
    "guardrails.max_records_per_profile=7",
)
PEEL = "guardrails.on_conflict=peel"
NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)


def made(seed: int, count: int) -> list[tuple]:
    """Made people, and a few records that hold too many e-mails by themselves."""
    alone = [(count + n, f"crm:x{n}", "crm", list("abcde"), f"+1415555{n:04}", *[None] * 5) for n in range(3)]
    return people(seed, count) + alone


class Outcome:
    """What the guardrails made of some records."""

    def __init__(self, spark, rows, config, overrides=(), partitions: int = 3) -> None:
        usable = spark.createDataFrame(rows, COLUMNS).repartition(partitions)
        frame = spark.createDataFrame([(*o, None, None, None, None, None, None) for o in overrides], OVERRIDES)
        this = Run("test", NOW, InMemory(Tables(spark, config.output), "test"))
        given = Overrides(frame, configured=bool(overrides))
        guarded, _ = guarded_clusters(usable, given, config, this)
        for part, schema in ((guarded.members, MEMBERS), (guarded.links, JUDGED_LINKS), (guarded.conflicts, CONFLICTS)):
            assert differences(part, schema) == []
        members = guarded.members.collect()
        assert sorted(m.record_key for m in members) == sorted(row[1] for row in rows), "every record is in one cluster"
        self.of = {m.record_key: m.cluster_id for m in members}
        self.clusters = {frozenset(k for k, c in self.of.items() if c == cluster) for cluster in set(self.of.values())}
        self.linked = {m.record_key for m in members if m.linked}
        self.applicable = {m.record_key for m in members if m.applicable}
        found = guarded.conflicts.collect()
        self.broken = {(self.cluster(row.cluster_id), row.limit) for row in found}
        self.details = {row.detail for row in found}
        names = {-2: "cannot_link", -1: "must_link", **{n: rule.name for n, rule in enumerate(config.rules)}}
        links = guarded.links.collect()
        self.links = Counter((names[r.rule_index], r.left_record_key, r.right_record_key) for r in links)
        self.refused = {(r.left_record_key, r.right_record_key): r.refused_by for r in links if r.refused_by}
        self.accepted = {(r.left_record_key, r.right_record_key) for r in links if not r.refused_by}
        self.metrics = {(m.name, m.metric): m.value for frame in guarded.metrics for m in frame.collect()}

    def cluster(self, cluster_id: int) -> frozenset:
        return frozenset(key for key, cluster in self.of.items() if cluster == cluster_id)


@pytest.mark.parametrize(("seed", "cap"), [(1, 500), (2, 3)])
def test_peel_refuses_level_by_level_what_the_oracle_refuses(spark, make_config, seed, cap):
    config = make_config(RULES, *LIMITS, PEEL, *(f"rules[{n}].max_block_records={cap}" for n in (0, 1)))
    rows = made(seed, 200)
    records = as_records(rows)
    by_key = {record["record_key"]: record for record in records}
    edges = edges_of(records, config)
    expected = Peeling(records, config, lambda cluster: broken_limits(cluster, by_key, config))
    conflicting = []
    for cluster in connected([*([key] for key in by_key), *(pair for pair, _ in edges)]):
        conflicting += [cluster] if expected.breaks(cluster) else []
        expected.settle(cluster, {edge for edge in edges if edge[0][0] in cluster})
    assert len(conflicting) > 5 and expected.rounds > 3, "several clusters, some of which take several rounds"
    outcome = Outcome(spark, rows, config)
    assert outcome.clusters == {frozenset(cluster) for cluster in expected.clusters}
    assert outcome.broken == {(frozenset(c), limit) for c in expected.clusters for limit in expected.breaks(c)}
    assert outcome.broken, "a record with too many values of its own stays in conflict"
    in_conflict = set().union(*conflicting)
    assert set().union(*map(set, outcome.refused)) <= in_conflict, "nothing is refused outside a conflicted cluster"
    assert all(outcome.of[left] != outcome.of[right] for left, right in outcome.refused)
    assert all(outcome.of[left] == outcome.of[right] for left, right in outcome.accepted)
    if cap == 500:  # every pair of a contested cluster is there to be looked at
        pairs = {pair for pair, _ in edges if set(pair) <= in_conflict}
        assert {p for p in outcome.refused.keys() | outcome.accepted if set(p) <= in_conflict} == pairs
    metrics = {name: outcome.metrics["peel", name] for name in ("clusters_peeled", "refused_pairs", "profiles")}
    assert metrics == {
        "clusters_peeled": len(conflicting),
        "refused_pairs": len(outcome.refused),
        "profiles": sum(1 for cluster in expected.clusters if cluster <= in_conflict),
    }
    assert 1 <= outcome.metrics["peel", "rounds"] <= expected.rounds


def test_the_result_depends_neither_on_order_nor_on_partitions_nor_on_engine(spark, make_config):
    rows = made(3, 120)
    shuffled = [(1000 - 3 * n, *row[1:]) for n, row in enumerate(rows)]
    random.Random(3).shuffle(shuffled)
    settings = (RULES, *LIMITS, PEEL)
    first = Outcome(spark, rows, make_config(*settings, "clustering.engine=dataframe"), partitions=1)
    second = Outcome(spark, shuffled, make_config(*settings, "clustering.engine=graphframes"), partitions=5)
    assert first.refused
    for what in ("clusters", "broken", "links", "refused", "accepted", "details", "metrics"):
        assert getattr(first, what) == getattr(second, what)


def test_exclude_keeps_clusters_whole_and_without_limits_nothing_changes(spark, make_config):
    rows = made(1, 120)
    excluding = Outcome(spark, rows, make_config(RULES, *LIMITS))
    free = Outcome(spark, rows, make_config(RULES, PEEL, "guardrails.max_records_per_profile=null"))
    assert excluding.broken and not free.broken
    assert excluding.clusters == free.clusters and excluding.links == free.links
    assert not excluding.refused and not free.refused


def chain(*links: str) -> list[tuple]:
    """Records a, b, c ... of which each two named share a value of the identifier named: ``"ab card"``."""
    values: dict[str, dict[str, str]] = {}
    for n, link in enumerate(links):
        keys, identifier = link.split()
        for key in keys:
            values.setdefault(key, {})[identifier] = f"{n}"
    identifiers = ("email", "phone", "first_name", "last_name", "birth_date", "card")
    rows = []
    for n, (key, held) in enumerate(sorted(values.items())):
        row = [held.get(i) for i in identifiers]
        row[0] = [row[0]] if row[0] else None
        rows.append((n, key, "crm", *row, None))
    return rows


EXACT = """rules=[
 {name: card, criteria: [{identifiers: card, match: exact}]},
 {name: email, criteria: [{identifiers: email, match: exact}]},
 {name: phone, criteria: [{identifiers: phone, match: exact}]}]"""
AT_MOST_3 = "guardrails.max_records_per_profile=3"
CASES = [
    ("a chain is cut at its weakest link", ["ab card", "bc phone", "cd email"], {"ab", "cd"}, {"bc"}),
    ("then at the next", ["ab email", "bc email", "cd email", "de phone"], {"a", "b", "c", "d", "e"}, {"ab", "bc", "cd", "de"}),
    ("a pair of two rules outlasts those of one", ["abcd email", "cd phone"], {"a", "b", "cd"}, {"ab", "ac", "ad", "bc", "bd"}),
    ("whichever record a key is spanned from", ["abcd email", "ab phone"], {"ab", "c", "d"}, {"ac", "ad", "bc", "bd", "cd"}),
    ("a strong pair stays", ["ab card", "bcd phone"], {"ab", "c", "d"}, {"bc", "bd", "cd"}),
    ("what breaks no limit stays", ["abc phone", "de card"], {"abc", "de"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("links", "clusters", "refused"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_weakest_evidence_goes_first(spark, make_config, links, clusters, refused):
    if links[0] == "ab email":  # a chain by one rule: each record shares another value with each neighbour
        rows = [(n, k, "crm", v, p, None, None, None, None, None) for n, (k, v, p) in enumerate(
            [("a", ["1"], None), ("b", ["1", "2"], None), ("c", ["2", "3"], None), ("d", ["3"], "9"), ("e", None, "9")])]
    else:
        rows = chain(*links)
    outcome = Outcome(spark, rows, make_config(EXACT, AT_MOST_3, PEEL))
    assert {"".join(sorted(cluster)) for cluster in outcome.clusters} == clusters
    assert {"".join(pair) for pair in outcome.refused} == refused
    assert set(outcome.refused.values()) <= {"guardrails.max_records_per_profile"}
    assert {"".join(sorted(c)) for c, _ in outcome.broken} == set()
