"""Pairwise, B-cubed and exact measures against definitions written out over all pairs and records."""

import random
from itertools import combinations

import pytest

from identity_spark.stages.evaluation import evaluate


@pytest.mark.parametrize("seed", range(3))
def test_measures_equal_their_definitions(spark, seed: int):
    rng = random.Random(seed)
    found = {f"k{n}": rng.choice([f"p{rng.randint(0, 12)}", None]) for n in range(80)}
    truth = {key: f"e{rng.randint(0, 12)}" for key in [*found, "elsewhere"]}
    profile = {key: value or key for key, value in found.items()}
    pairs = list(combinations(sorted(found), 2))
    together = {p for p in pairs if profile[p[0]] == profile[p[1]]}
    true = {p for p in pairs if truth[p[0]] == truth[p[1]]}
    assert len(together & true) > 3
    same = lambda of, key: {k for k in found if of[k] == of[key]}  # noqa: E731
    right = [len(same(profile, k) & same(truth, k)) for k in found]
    precision, recall = len(together & true) / len(together), len(together & true) / len(true)
    entities = {truth[k] for k in found}
    exact = {e for e in entities if any(same(profile, k) == {x for x in found if truth[x] == e} for k in found)}

    lookup = spark.createDataFrame(list(found.items()), "record_key string, dinmo_id string")
    labels = spark.createDataFrame(list(truth.items()), "record_key string, entity_id string")
    row = evaluate(lookup, labels).first().asDict()
    assert (row["records"], row["entities"], row["true_pairs"], row["found_pairs"]) == (
        80,
        len(entities),
        len(true),
        len(together),
    )
    assert row["precision"] == pytest.approx(precision)
    assert row["recall"] == pytest.approx(recall)
    assert row["f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert row["b_cubed_precision"] == pytest.approx(
        sum(r / len(same(profile, k)) for r, k in zip(right, found, strict=True)) / 80
    )
    assert row["b_cubed_recall"] == pytest.approx(
        sum(r / len(same(truth, k)) for r, k in zip(right, found, strict=True)) / 80
    )
    assert row["exact_entities"] == pytest.approx(len(exact) / len(entities))


def test_rates_of_nothing_are_null(spark):
    lookup = spark.createDataFrame([("k1", None), ("k2", None)], "record_key string, dinmo_id string")
    labels = spark.createDataFrame([("k1", "e1"), ("k2", "e2")], "record_key string, entity_id string")
    row = evaluate(lookup, labels).first()
    assert (row.precision, row.recall, row.f1, row.exact_entities) == (None, None, None, 1.0)
