"""Both engines against a plain union-find, on graphs that hold what breaks component algorithms."""

import itertools
import random

import pytest
from outputs import connected
from pyspark.sql import DataFrame, SparkSession
from stages_of_tests import clusters_of

Edges = list[tuple[int, int]]


def random_graph(seed: int) -> Edges:
    """Stars, a long chain, a dense blob, repeated and reversed edges, over ids far apart."""
    rng = random.Random(seed)
    ids = rng.sample(range(1 << 40), 400)
    star = [(ids[0], other) for other in ids[1:60]]
    chain = list(itertools.pairwise(ids[100:201]))
    blob = [(rng.choice(ids[210:230]), rng.choice(ids[210:230])) for _ in range(150)]
    pairs = [(rng.choice(ids[240:]), rng.choice(ids[240:])) for _ in range(60)]
    edges = [e for e in star + chain + blob + pairs if e[0] != e[1]]
    edges += [(right, left) for left, right in rng.sample(edges, 50)]
    rng.shuffle(edges)
    return edges


def partition(frame: DataFrame) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for row in frame.collect():
        groups.setdefault(row.cluster_id, set()).add(row.record_id)
    assert sum(map(len, groups.values())) == frame.count()
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("engine", ["dataframe", "graphframes"])
@pytest.mark.parametrize("seed", [1, 2])
def test_clusters_equal_those_of_a_union_find(spark: SparkSession, engine: str, seed: int):
    edges = random_graph(seed)
    expected = {frozenset(cluster) for cluster in connected(edges)}
    assert max(map(len, expected)) > 90, "the graph reaches its long chain"
    links = spark.createDataFrame(edges, "left_id long, right_id long").repartition(3)
    assert partition(clusters_of(links, engine)) == expected


def test_no_links_give_no_clusters(spark: SparkSession):
    links = spark.createDataFrame([], "left_id long, right_id long")
    assert clusters_of(links).count() == 0
