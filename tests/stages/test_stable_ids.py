"""Lasting ids against a plain-Python greedy matching."""

import random
import re

import pytest
from pyspark.sql import functions as F
from stages_of_tests import stage, written

from identity_spark.pipeline.lasting import carried_over
from identity_spark.stages import stable_ids

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def shared_frame(spark, rows):
    return spark.createDataFrame(
        rows, "cluster_id long, smallest_key string, dinmo_id string, created_at string, shared long, returned long"
    )


def members(spark, *clusters):
    """The record of each cluster that has its smallest key, and another one."""
    rows = [(c, key, record) for c, key in clusters for record in (key, f"{key}/more")]
    return spark.createDataFrame(rows, "cluster_id long, smallest_key string, record_key string")


def greedy(rows):
    """The greatest overlap first, then most returned; ties to the older id, the smaller, the smaller key."""
    kept = {}
    for cluster, _key, dinmo_id, *_ in sorted(rows, key=lambda r: (-r[4], -r[5], r[3], r[2], r[1])):
        if cluster not in kept and dinmo_id not in kept.values():
            kept[cluster] = dinmo_id
    return kept


@pytest.mark.parametrize("seed", range(4))
def test_ids_go_to_the_greatest_overlap(spark, seed: int):
    rng = random.Random(seed)
    rows = [
        (c, f"k{c:02}", f"id{i:02}", f"run{i % 3}", rng.randint(0, 3), rng.randint(0, 1))
        for c in range(25)
        for i in rng.sample(range(25), 3)
    ]
    expected = greedy(rows)
    first_choice = {c: min((-r[4], -r[5], r[3], r[2]) for r in rows if r[0] == c)[-1] for c in range(25)}
    assert sum(expected.get(c) != i for c, i in first_choice.items()) > 5, "ids are fought for"
    rng.shuffle(rows)
    kept = carried_over(written(shared_frame(spark, rows)), stage()).collect()
    assert {r.cluster_id: r.dinmo_id for r in kept} == expected
    assert len(kept) == len(expected)


def test_new_ids_are_uuids_that_depend_on_project_and_key_alone(spark):
    frame = spark.createDataFrame([("crm:1",), ("crm:2",)], "key string")
    ids = lambda *a: [r[0] for r in frame.select(stable_ids.new_dinmo_id(a[0], F.col("key"), *a[1:])).collect()]  # noqa: E731
    assert all(UUID.fullmatch(i) for i in ids("p"))
    assert ids("p") == ids("p")
    assert len({*ids("p"), *ids("q"), *ids("p", "run")}) == 6


def test_an_id_used_before_is_salted_by_the_run(spark):
    clusters = members(spark, (1, "crm:1"), (2, "crm:2"), (3, "crm:3"))
    kept = spark.createDataFrame([(3, "mine")], "cluster_id long, dinmo_id string")
    fresh = dict(
        clusters.distinct().select("cluster_id", stable_ids.new_dinmo_id("p", F.col("smallest_key"))).collect()
    )
    used = spark.createDataFrame([(fresh[1],)], "dinmo_id string")
    assert fresh[1] != fresh[2]
    found = dict(stable_ids.assign(clusters, kept, used, "p", "run2").select("cluster_id", "dinmo_id").collect())
    assert (found[2], found[3]) == (fresh[2], "mine")
    assert found[1] not in (fresh[1], "mine")
    assert UUID.fullmatch(found[1])


def test_an_id_that_another_cluster_keeps_is_not_given_again_even_if_it_was_never_published(spark):
    clusters = members(spark, (1, "crm:1"), (2, "crm:2"))
    fresh = dict(
        clusters.distinct().select("cluster_id", stable_ids.new_dinmo_id("p", F.col("smallest_key"))).collect()
    )
    kept = spark.createDataFrame([(2, fresh[1])], "cluster_id long, dinmo_id string")
    nobody = spark.createDataFrame([], "dinmo_id string")
    found = dict(stable_ids.assign(clusters, kept, nobody, "p", "2").select("cluster_id", "dinmo_id").collect())
    assert found[2] == fresh[1] != found[1]
