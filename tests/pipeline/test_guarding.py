"""Guardrails from links to profiles, against refusals in plain Python; overrides; both engines and other partitions."""

import random
from collections import Counter
from datetime import datetime, timezone

import pytest
from made_records import COLUMNS, as_records, people
from outputs import connected
from plain_guardrails import Peeling, broken_limits, edges_of

from identity_spark.errors import InputError
from identity_spark.pipeline.overriding import Overrides
from identity_spark.pipeline.resolution import guarded_clusters
from identity_spark.pipeline.work import InMemory, Run
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
        numbered = rows if len({row[0] for row in rows}) == len(rows) else [(n, *row[1:]) for n, row in enumerate(rows)]
        usable = spark.createDataFrame(numbered, COLUMNS).repartition(partitions)
        frame = spark.createDataFrame([(*o, None, None, None, None, None, None) for o in overrides], OVERRIDES)
        this = Run("test", NOW, InMemory(Tables(spark, config.output), "test"))
        given = Overrides(frame, configured=bool(overrides))
        guarded, _ = guarded_clusters(usable, given, config, this)
        parts = [(guarded.members, MEMBERS), (guarded.links, JUDGED_LINKS)]
        parts += [(guarded.conflicts, CONFLICTS)] if guarded.conflicts is not None else []
        assert [problem for part, schema in parts for problem in differences(part, schema)] == []
        members = guarded.members.collect()
        assert sorted(m.record_key for m in members) == sorted(row[1] for row in rows), "every record is in one cluster"
        self.of = {m.record_key: m.cluster_id for m in members}
        self.clusters = {frozenset(k for k, c in self.of.items() if c == cluster) for cluster in set(self.of.values())}
        self.linked = {m.record_key for m in members if m.linked}
        self.applicable = {m.record_key for m in members if m.applicable}
        found = [] if guarded.conflicts is None else guarded.conflicts.collect()
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


@pytest.mark.parametrize(("seed", "cap"), [pytest.param(1, 500, marks=pytest.mark.slow), (2, 3)])
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
    assert len(conflicting) > 5
    assert expected.rounds > 3, "some of them take several rounds"
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
    names = ("clusters_peeled", "refused_pairs", "profiles", "rounds")
    assert {name: outcome.metrics["peel", name] for name in names} == {
        "clusters_peeled": len(conflicting),
        "refused_pairs": len(outcome.refused),
        "profiles": sum(1 for cluster in expected.clusters if cluster <= in_conflict),
        "rounds": expected.rounds,
    }


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
    assert (bool(excluding.broken), bool(free.broken)) == (True, False)
    assert (excluding.clusters, excluding.links) == (free.clusters, free.links)
    assert (excluding.refused, free.refused) == ({}, {})


def chain(case: str, *links: str) -> list[tuple]:
    """Records ``case/a``, ``case/b`` ... of which those named share a value of the identifier named: ``"ab card"``."""
    identifiers = ("email", "phone", "first_name", "last_name", "birth_date", "card", "words")
    values: dict[str, dict[str, list[str]]] = {}
    for n, link in enumerate(links):
        keys, identifier = link.split()
        for key in keys:
            values.setdefault(key, {}).setdefault(identifier, []).append(f"{case}{n}")
    texts = {key: {i: v if i == "email" else v[0] for i, v in held.items()} for key, held in values.items()}
    return [(0, f"{case}/{key}", "crm", *(held.get(i) for i in identifiers)) for key, held in texts.items()]


def short(clusters, case: str) -> set[str]:
    """The clusters, or pairs, of one case by the letters of its records."""
    return {
        "".join(sorted(k.partition("/")[2] for k in c)) for c in clusters if all(k.startswith(f"{case}/") for k in c)
    }


EXACT = """rules=[
 {name: card, criteria: [{identifiers: card, match: exact}]},
 {name: email, criteria: [{identifiers: email, match: exact}]},
 {name: phone, criteria: [{identifiers: phone, match: exact}]}]"""
AT_MOST_3 = "guardrails.max_records_per_profile=3"
CASES = [
    ("a chain is cut at its weakest link", ["ab card", "bc phone", "cd email"], {"ab", "cd"}, {"bc"}),
    ("then at the next", ["ab email", "bc email", "cd email", "de phone"], set("abcde"), {"ab", "bc", "cd", "de"}),
    ("a pair of two rules outlasts others", ["abcd email", "cd phone"], {"a", "b", "cd"}, {"ab", "ac", "ad", "bc", "bd"}),
    ("wherever a key is spanned from", ["abcd email", "ab phone"], {"ab", "c", "d"}, {"ac", "ad", "bc", "bd", "cd"}),
    ("a strong pair stays", ["ab card", "bcd phone"], {"ab", "c", "d"}, {"bc", "bd", "cd"}),
    ("what breaks no limit stays", ["abc phone", "de card"], {"abc", "de"}, set()),
]  # fmt: skip


def test_the_weakest_evidence_goes_first(spark, make_config):
    rows = [row for case, links, *_ in CASES for row in chain(case, *links)]
    outcome = Outcome(spark, rows, make_config(EXACT, AT_MOST_3, PEEL))
    for case, _, clusters, refused in CASES:
        assert (case, short(outcome.clusters, case), short(outcome.refused, case)) == (case, clusters, refused)
    assert set(outcome.refused.values()) == {"guardrails.max_records_per_profile"}
    assert not outcome.broken


def test_overrides_under_peel(spark, make_config):
    """A must_link joins what no rule does and is never refused; values and limits of others go on as they are."""
    rows = [*chain("x", "ab card", "bc phone"), (9, "x/z", "crm", *[None] * 7), *chain("y", "ab email", "bc phone")]
    config = make_config(EXACT, "guardrails.max_records_per_profile=2", PEEL)
    said = [("must_link", "x/z", "x/c"), ("must_link", "x/c", "x/z"), ("cannot_link", "y/a", "y/b")]
    outcome = Outcome(spark, rows, config, overrides=said)
    assert short(outcome.clusters, "x") == {"ab", "cz"}
    assert short(outcome.refused, "x") == {"bc"}
    assert outcome.links["must_link", "x/c", "x/z"] == 1
    assert outcome.applicable == {row[1] for row in rows}, "no rule applies to z, but a person does"
    assert short(outcome.clusters, "y") == {"a", "b", "c"}
    assert outcome.refused["y/a", "y/b"] == "cannot_link"


def test_a_cannot_link_cuts_the_weakest_evidence_between_the_two_and_drops_nobody(spark, make_config, caplog):
    """Even where conflicts exclude; what other limits hold against the parts holds on."""
    rows = [
        *chain("x", "ab card", "bc email", "cd card"),
        *chain("y", "ab email"),
        *chain("z", "abcd card", "de email"),
    ]
    said = [
        ("cannot_link", "x/d", "x/a"), ("cannot_link", "z/a", "z/e"),
        ("must_link", "x/a", "nobody"), ("cannot_link", "x/b", "nothing"),
    ]  # fmt: skip
    with caplog.at_level("WARNING"):
        outcome = Outcome(spark, rows, make_config(EXACT, AT_MOST_3), overrides=said)
    assert short(outcome.clusters, "x") == {"ab", "cd"}
    refused = {pair: by for pair, by in outcome.refused.items() if pair[0].startswith("x/")}
    assert refused == {("x/b", "x/c"): "cannot_link", ("x/a", "x/d"): "cannot_link"}
    assert outcome.links["cannot_link", "x/a", "x/d"] == 1
    assert short(outcome.clusters, "y") == {"ab"}
    assert short(outcome.clusters, "z") == {"abcd", "e"}
    broken = {(*short([cluster], "z"), limit) for cluster, limit in outcome.broken}
    assert broken == {("abcd", "guardrails.max_records_per_profile")}
    counted = {metric: value for (name, metric), value in outcome.metrics.items() if name == "overrides"}
    assert counted == {"must_links": 0, "cannot_links": 2, "unknown_records": 2, "blocked_values": 0, "expired": 0}
    assert "2 records that no source has are named, and those overrides do nothing: nobody, nothing" in caplog.text


def test_overrides_that_contradict_one_another_are_an_error_that_names_them(spark, make_config):
    said = [("must_link", "x/a", "x/b"), ("must_link", "x/b", "x/c"), ("cannot_link", "x/c", "x/a"), ("cannot_link", "x/a", "x/d")]  # fmt: skip
    with pytest.raises(InputError) as error:
        Outcome(spark, chain("x", "abcd card"), make_config(EXACT), overrides=said)
    message = "overrides: cannot_link keeps apart what must_link joins: x/a and x/c; withdraw one of the two"
    assert str(error.value) == message


def test_a_cannot_link_separates_its_pair_and_no_other_profile_changes(spark, make_config):
    config, rows = make_config(RULES), made(1, 100)
    free = Outcome(spark, rows, config)
    cluster = max(free.clusters, key=lambda c: (len(c), sorted(c)))
    left, right = random.Random(1).sample(sorted(cluster), 2)
    assert len(cluster) > 3
    outcome = Outcome(spark, rows, config, overrides=[("cannot_link", left, right)])
    assert outcome.of[left] != outcome.of[right]
    assert {c for c in outcome.clusters if not c <= cluster} == free.clusters - {cluster}
    assert set().union(*map(set, outcome.refused)) <= cluster
