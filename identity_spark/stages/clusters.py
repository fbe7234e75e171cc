"""Clusters: the connected components of the accepted pairs.

Randomized contraction (Bögeholz, Brand, Todor 2018: "In-database connected component analysis"): in each round every
vertex moves to the neighbour, or itself, with the smallest hash of the round; edges follow, loops and repetitions go,
and with them at least a constant share of the vertices. The hash only orders, so a collision changes nothing. The
engine ``dataframe`` contracts to the end; ``graphframes`` contracts a little, which removes most stars, and gives
GraphFrames what is left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.errors import CheckError

Materialize = Callable[[str, DataFrame], DataFrame]

ROUNDS_BEFORE_GRAPHFRAMES = 2
EDGES_PER_PARTITION = 250_000  # a few megabytes
MAX_ROUNDS = 200  # every round shrinks the graph by a constant factor; even a chain of 2^64 records needs fewer


def connect(links: DataFrame, engine: str, materialize: Materialize) -> DataFrame:
    """``CLUSTERS``: each record that has a link, and an id shared by exactly the records it is connected to.

    ``links`` needs ``left_id`` and ``right_id``. ``materialize`` writes a frame under a name and reads it back, so that
    no plan grows from round to round.
    """
    edges = materialize("edges_0", _distinct_edges(links))
    moves: list[DataFrame] = []
    limit = ROUNDS_BEFORE_GRAPHFRAMES if engine == "graphframes" else MAX_ROUNDS
    while not edges.isEmpty():
        if len(moves) == limit:
            moves.append(materialize("components", _graphframes_components(edges)))
            break
        moves.append(materialize(f"moves_{len(moves)}", _moves(edges, len(moves))))
        edges = materialize(f"edges_{len(moves)}", _follow(edges, moves[-1]))
    if not moves:
        return edges.select(F.col("left_id").alias("record_id"), F.col("right_id").alias("cluster_id"))
    return _compose(moves)


def prove(links: DataFrame, clusters: DataFrame) -> None:
    """Raises ``CheckError`` where a record is in two clusters or a link leaves its cluster, whichever engine ran."""
    repeated = clusters.count() - clusters.select("record_id").distinct().count()
    left = clusters.select(F.col("record_id").alias("left_id"), F.col("cluster_id").alias("left_cluster"))
    right = clusters.select(F.col("record_id").alias("right_id"), F.col("cluster_id").alias("right_cluster"))
    same = F.coalesce(F.col("left_cluster") == F.col("right_cluster"), F.lit(False))
    crossing = _distinct_edges(links).join(left, "left_id", "left").join(right, "right_id", "left").where(~same).count()
    if repeated or crossing:
        raise CheckError(
            f"clusters: {repeated} records are in several clusters and {crossing} pairs cross two; nothing was written;"
            " run again with --set clustering.engine=dataframe, and report this"
        )


def _distinct_edges(links: DataFrame) -> DataFrame:
    smaller, larger = F.least("left_id", "right_id"), F.greatest("left_id", "right_id")
    return links.where("left_id <> right_id").select(smaller.alias("left_id"), larger.alias("right_id")).distinct()


def _moves(edges: DataFrame, round_number: int) -> DataFrame:
    """``vertex`` and ``target``: where each vertex of ``edges`` goes in this round."""
    neighbours = edges.select(F.col("left_id").alias("vertex"), F.col("right_id").alias("neighbour")).unionByName(
        edges.select(F.col("right_id").alias("vertex"), F.col("left_id").alias("neighbour"))
    )
    smallest = F.min_by("neighbour", _hash("neighbour", round_number)).alias("neighbour")
    is_smaller = _hash("neighbour", round_number) < _hash("vertex", round_number)
    return (
        neighbours.groupBy("vertex")
        .agg(smallest)
        .select("vertex", F.when(is_smaller, F.col("neighbour")).otherwise(F.col("vertex")).alias("target"))
    )


def _hash(vertex: str, round_number: int) -> Column:
    return F.xxhash64(F.lit(round_number), F.col(vertex))


def _follow(edges: DataFrame, moves: DataFrame) -> DataFrame:
    """The edges between the targets of their ends, each once; what became a loop is settled."""
    left = moves.select(F.col("vertex").alias("left_id"), F.col("target").alias("left_target"))
    right = moves.select(F.col("vertex").alias("right_id"), F.col("target").alias("right_target"))
    renamed = edges.join(left, "left_id").join(right, "right_id")
    return _distinct_edges(
        renamed.select(F.col("left_target").alias("left_id"), F.col("right_target").alias("right_id"))
    )


def _compose(moves: list[DataFrame]) -> DataFrame:
    """Where every vertex of the first round ends after all rounds."""
    ends = moves[-1]
    for earlier in reversed(moves[:-1]):
        later = ends.select(F.col("vertex").alias("target"), F.col("target").alias("end"))
        ends = earlier.join(later, "target", "left").select("vertex", F.coalesce("end", "target").alias("target"))
    return ends.select(F.col("vertex").alias("record_id"), F.col("target").alias("cluster_id"))


@contextmanager
def _shuffle_partitions(edges: DataFrame) -> Iterator[None]:
    """As few shuffle partitions as ``edges`` need: GraphFrames turns off the adaptive execution that sees to it."""
    settings = edges.sparkSession.conf
    before = settings.get("spark.sql.shuffle.partitions")
    needed = edges.count() // EDGES_PER_PARTITION + 1
    settings.set("spark.sql.shuffle.partitions", str(min(needed, int(before or needed))))
    try:
        yield
    finally:
        settings.set("spark.sql.shuffle.partitions", str(before))


def _graphframes_components(edges: DataFrame) -> DataFrame:
    """``vertex`` and ``target`` (the component) by GraphFrames; needs a checkpoint folder on the session."""
    from graphframes import GraphFrame  # only here: the package needs numpy and a running session

    vertices = edges.select(F.col("left_id").alias("id")).unionByName(edges.select(F.col("right_id").alias("id")))
    graph = GraphFrame(vertices.distinct(), edges.select(F.col("left_id").alias("src"), F.col("right_id").alias("dst")))
    with _shuffle_partitions(edges):
        components: DataFrame = graph.connectedComponents()
    return components.select(F.col("id").alias("vertex"), F.col("component").alias("target"))
