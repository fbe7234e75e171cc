"""Both engines against a plain union-find, on graphs that hold what breaks component algorithms."""

import itertools
import random

import pytest
from outputs import connected
from pyspark.sql import DataFrame, SparkSession

from identity_spark.errors import CheckError
from identity_spark.stages import clusters

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


def materializer(tmp_path):
    def materialize(name: str, frame: DataFrame) -> DataFrame:
        frame.write.parquet(str(tmp_path / name))
        return frame.sparkSession.read.parquet(str(tmp_path / name))

    return materialize


def partition(frame: DataFrame) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for row in frame.collect():
        groups.setdefault(row.cluster_id, set()).add(row.record_id)
    assert sum(map(len, groups.values())) == frame.count()
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("engine", ["dataframe", "graphframes"])
def test_clusters_equal_those_of_a_union_find(spark: SparkSession, tmp_path, engine: str):
    edges = random_graph(1) + random_graph(2)  # side by side: their ids are far apart
    expected = {frozenset(cluster) for cluster in connected(edges)}
    assert sorted(map(len, expected))[-2] > 90, "both graphs reach their long chains"
    links = spark.createDataFrame(edges, "left_id long, right_id long").repartition(3)
    actual = clusters.connect(links, engine, materializer(tmp_path))
    assert partition(actual) == expected
    clusters.prove(links, actual)


def test_no_links_give_no_clusters(spark: SparkSession, tmp_path):
    links = spark.createDataFrame([], "left_id long, right_id long")
    assert clusters.connect(links, "dataframe", materializer(tmp_path)).count() == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, 1), (2, 2), (3, 2)], "0 records are in several clusters and 1 pairs cross two"),
        ([(1, 1), (2, 1), (2, 2), (3, 1)], "1 records are in several clusters"),
        ([(1, 1), (2, 1)], "1 pairs cross two"),
    ],
)
def test_the_proof_refuses_wrong_clusters(spark: SparkSession, rows, message: str):
    links = spark.createDataFrame([(1, 2), (2, 3)], "left_id long, right_id long")
    with pytest.raises(CheckError, match=message):
        clusters.prove(links, spark.createDataFrame(rows, "record_id long, cluster_id long"))
