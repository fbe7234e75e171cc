"""Every figure of an evaluation against its definition, written out over all pairs and records in plain Python."""

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

import pytest

from identity_spark.audit.evaluate import figures as evaluation
from identity_spark.errors import InputError

SOURCES = ("app", "crm", "shop")
RULES = ("card", "email", "name")


@dataclass
class Case:
    """Random records, labels and links, and what follows from them by definition."""

    dinmo_ids: dict[str, str | None]
    truth: dict[str, str]
    links: dict[tuple[str, str], set[str]]  # accepted, by rule

    @property
    def keys(self):
        return sorted(set(self.dinmo_ids) & set(self.truth))

    def source(self, key):
        return key.split(":")[0]

    def profile(self, key):
        return self.dinmo_ids[key] or key

    def found(self, pair):
        return self.profile(pair[0]) == self.profile(pair[1])

    def true(self, pair):
        return self.truth[pair[0]] == self.truth[pair[1]]

    def pairs(self, *conditions):
        return {p for p in combinations(self.keys, 2) if all(holds(p) for holds in conditions)}

    def labelled_links(self):
        return {pair: rules for pair, rules in self.links.items() if set(pair) <= set(self.keys)}


def random_case(seed: int) -> Case:
    """Profiles that are mostly those of the entities; links that are mostly right."""
    rng = random.Random(seed)
    entities = {f"{rng.choice(SOURCES)}:{n}": rng.randint(0, 15) for n in range(90)}
    keys = list(entities)
    profiles = {key: rng.choice([entity, entity, entity, rng.randint(0, 15), None]) for key, entity in entities.items()}
    dinmo_ids = {key: None if profile is None else f"p{profile}" for key, profile in profiles.items()}
    truth = {key: f"e{entities[key]}" for key in rng.sample(keys, 80)} | {"crm:elsewhere": "e1"}
    links = defaultdict(set)
    while len(links) < 200:
        left, right = sorted(rng.sample(keys, 2))
        if entities[left] == entities[right] or dinmo_ids[left] == dinmo_ids[right] or rng.random() < 0.02:
            links[left, right] |= set(rng.choices(RULES, k=2))
    return Case(dinmo_ids, truth, dict(links))


@pytest.fixture(params=range(3))
def case(request):
    return random_case(request.param)


@pytest.fixture
def lookup(spark, case):
    rows = [(key, case.source(key), dinmo_id) for key, dinmo_id in case.dinmo_ids.items()]
    return spark.createDataFrame(rows, "record_key string, source string, dinmo_id string")


@pytest.fixture
def records(spark, case, lookup):
    labels = spark.createDataFrame([*case.truth.items(), *list(case.truth.items())[:5]], LABELS)
    return evaluation.labelled_records(lookup, labels)


@pytest.fixture
def links(spark, case, records):
    accepted = [(*pair, rule, "accepted") for pair, rules in case.links.items() for rule in rules]
    first, last = min(case.keys), max(case.keys)
    refused = [(first, last, rule, "refused") for rule in RULES]
    pairs = spark.createDataFrame(
        accepted + refused, "left_record_key string, right_record_key string, rule string, status string"
    )
    return evaluation.labelled_links(pairs, records)


LABELS = "record_key string, entity_id string"


def ratio(part, whole):
    return len(part) / len(whole) if whole else None


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision and recall else None


def figures(true, found):
    precision, recall = ratio(true & found, found), ratio(true & found, true)
    return [len(true), len(found), len(true & found), precision, recall, f1(precision, recall)]


def close(expected):
    return [pytest.approx(value) for value in expected]


def test_the_figures_of_all_records(case, records):
    true, found = case.pairs(case.true), case.pairs(case.found)
    assert min(len(true & found), len(true - found), len(found - true)) > 3
    profiles, entities = defaultdict(set), defaultdict(set)
    for key in case.keys:
        profiles[case.profile(key)].add(key)
        entities[case.truth[key]].add(key)
    shares = [
        (
            len(profiles[case.profile(key)] & entities[case.truth[key]]),
            profiles[case.profile(key)],
            entities[case.truth[key]],
        )
        for key in case.keys
    ]
    exact = [entity for entity in entities.values() if entity in profiles.values()]

    (row,) = evaluation.overall(records).collect()
    assert (row.records, row.entities) == (len(case.keys), len(entities))
    names = ("true_pairs", "found_pairs", "right_pairs", "precision", "recall", "f1")
    assert [row[name] for name in names] == close(figures(true, found))
    assert row.b_cubed_precision == pytest.approx(sum(n / len(profile) for n, profile, _ in shares) / len(shares))
    assert row.b_cubed_recall == pytest.approx(sum(n / len(entity) for n, _, entity in shares) / len(shares))
    assert row.exact_entities == pytest.approx(len(exact) / len(entities))


def test_the_figures_of_every_two_sources(case, records):
    actual = {row[:2]: list(row[2:]) for row in evaluation.by_source_pair(records).collect()}
    expected = {}
    for sources in combinations_with_replacement(SOURCES, 2):
        of_both = lambda pair, both=sources: sorted(map(case.source, pair)) == list(both)  # noqa: E731
        expected[sources] = close(figures(case.pairs(of_both, case.true), case.pairs(of_both, case.found)))
    assert actual == expected
    (whole,) = evaluation.overall(records).collect()
    for n, measure in enumerate(evaluation.TOGETHER):
        assert sum(row[n] for row in actual.values()) == whole[measure]


def test_the_figures_of_every_rule(case, links):
    accepted = case.labelled_links()
    assert any(len(rules) > 1 for rules in accepted.values())
    assert len(accepted) < len(case.links), "some link a record without a label"
    expected = {}
    for rule in RULES:
        made = {pair for pair, rules in accepted.items() if rule in rules}
        alone = {pair for pair, rules in accepted.items() if rules == {rule}}
        right, right_alone = ({pair for pair in some if case.true(pair)} for some in (made, alone))
        expected[rule] = close(
            [len(made), len(right), ratio(right, made), len(alone), len(right_alone), ratio(right_alone, alone)]
        )
    assert {row.rule: list(row[1:]) for row in evaluation.by_rule(links).collect()} == expected


def test_wrong_pairs_are_wrong_and_stand_for_all_wrong_pairs(case, records, links):
    rows = evaluation.wrong_pairs(records, links).collect()
    wrong = {
        "false": case.pairs(case.found, lambda pair: not case.true(pair)),
        "missed": case.pairs(case.true, lambda pair: not case.found(pair)),
    }
    accepted = case.labelled_links()
    shown = {(row.kind, row.left_record_key, row.right_record_key) for row in rows}
    assert len(shown) == len(rows), "each pair once"
    for row in rows:
        pair = row.left_record_key, row.right_record_key
        assert pair in wrong[row.kind]
        assert row.rules == sorted(accepted.get(pair, ()))
        assert [row.left_dinmo_id, row.right_dinmo_id] == [case.dinmo_ids[key] for key in pair]
        assert [row.left_entity_id, row.right_entity_id] == [case.truth[key] for key in pair]
        assert row.pairs is not None or row.rules, "neither of a star nor a link"
    for kind, pairs in wrong.items():
        assert sum(row.pairs or 0 for row in rows if row.kind == kind) == len(pairs)
        assert {(kind, *pair) for pair in set(accepted) & pairs} <= shown
    assert {row.kind for row in rows if row.pairs and row.rules} == {"false", "missed"}, "a link that a star shows too"


def test_wrong_pairs_are_a_star_around_the_largest_cell(case, records, links):
    cells = defaultdict(set)
    for key in case.keys:
        cells[case.profile(key), case.truth[key]].add(key)
    expected = set()
    for kind, place in (("false", 0), ("missed", 1)):
        groups = defaultdict(list)
        for cell, members in cells.items():
            groups[cell[place]].append(members)
        for group in groups.values():
            centre, *others = (min(members) for members in sorted(group, key=lambda cell: (-len(cell), min(cell))))
            expected |= {(kind, *sorted((centre, other))) for other in others}
    rows = evaluation.wrong_pairs(records, links).where("pairs IS NOT NULL").collect()
    assert {(row.kind, row.left_record_key, row.right_record_key) for row in rows} == expected
    assert len(expected) > 30


def test_a_row_stands_for_the_pairs_of_its_cell_with_all_larger_ones(spark):
    found = {"a:1": "e1", "a:2": "e1", "a:3": "e1", "b:1": "e2", "b:2": "e2", "c:1": "e3"}
    lookup = spark.createDataFrame(
        [(key, "a", "p") for key in found], "record_key string, source string, dinmo_id string"
    )
    records = evaluation.labelled_records(lookup, spark.createDataFrame(list(found.items()), LABELS))
    links = spark.createDataFrame(
        [("b:1", "c:1", "email", "accepted")],
        "left_record_key string, right_record_key string, rule string, status string",
    )
    rows = evaluation.wrong_pairs(records, evaluation.labelled_links(links, records)).collect()
    assert {(r.kind, r.left_record_key, r.right_record_key, *r.rules, r.pairs) for r in rows} == {
        ("false", "a:1", "b:1", 6),
        ("false", "a:1", "c:1", 5),
        ("false", "b:1", "c:1", "email", None),
    }


def test_rates_of_nothing_are_null(spark):
    lookup = spark.createDataFrame(
        [("a:1", "a", None), ("b:2", "b", None)], "record_key string, source string, dinmo_id string"
    )
    records = evaluation.labelled_records(lookup, spark.createDataFrame([("a:1", "e1"), ("b:2", "e2")], LABELS))
    (row,) = evaluation.overall(records).collect()
    assert (row.precision, row.recall, row.f1, row.exact_entities) == (None, None, None, 1.0)
    nothing = (0, 0, 0, None, None, None)
    actual = {tuple(row) for row in evaluation.by_source_pair(records).collect()}
    assert actual == {("a", "a", *nothing), ("a", "b", *nothing), ("b", "b", *nothing)}


COUNTS = (
    "labelled_records",
    "unlabelled_records",
    "unknown_keys",
    "contradicted_keys",
    "incomplete_labels",
    "repeated_labels",
)


@pytest.mark.parametrize(
    ("labels", "counts"),
    [
        ([("a:1", "e1"), ("a:2", "e1"), ("a:3", "e2")], (3, 0, 0, 0, 0, 0)),
        ([("a:1", "e1"), ("a:1", "e1"), ("a:1", "e1")], (1, 2, 0, 0, 0, 2)),
        ([("a:1", "e1"), ("a:1", "e2"), ("x:9", "e1"), ("x:9", "e3")], (1, 2, 1, 2, 0, 2)),
        ([("a:1", "e1"), ("a:1", None), ("a:2", None), (None, "e1"), (None, "e2"), (None, None)], (1, 2, 0, 0, 5, 0)),
        ([("x:8", "e1"), ("x:9", None)], (0, 3, 1, 0, 1, 0)),
        ([], (0, 3, 0, 0, 0, 0)),
    ],
)
def test_labels_and_records_that_do_not_fit_are_counted(spark, labels, counts):
    lookup = spark.createDataFrame([("a:1",), ("a:2",), ("a:3",)], "record_key string")
    (row,) = evaluation.label_counts(lookup, spark.createDataFrame(labels, LABELS)).collect()
    assert tuple(row[name] for name in COUNTS) == counts
    if counts[0] == 0:
        with pytest.raises(InputError, match="no record_key of labels is a record of the output"):
            evaluation.require_labels(row.asDict(), "labels")
    elif counts[3]:
        with pytest.raises(InputError, match="labels gives 2 record_key values more than one entity_id"):
            evaluation.require_labels(row.asDict(), "labels")
    else:
        evaluation.require_labels(row.asDict(), "labels")


def test_incomplete_labels_leave_a_record_out(spark):
    lookup = spark.createDataFrame(
        [(f"a:{n}", "a", None) for n in range(3)], "record_key string, source string, dinmo_id string"
    )
    labels = spark.createDataFrame([("a:1", None), ("a:1", "e1"), ("a:2", None), (None, "e2")], LABELS)
    rows = evaluation.labelled_records(lookup, labels).collect()
    assert [tuple(row) for row in rows] == [("a:1", "a", None, "a:1", "e1")]
