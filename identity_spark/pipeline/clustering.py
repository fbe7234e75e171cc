"""Connected components by either engine, and the proof that clusters are components.

Both contract (``stages/clusters.py``). The engine ``dataframe`` does so to the end; ``graphframes`` contracts a little,
which removes most stars, and gives GraphFrames what is left.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark import schemas
from identity_spark.pipeline.work import Stage, Written
from identity_spark.stages import clusters

ROUNDS_BEFORE_GRAPHFRAMES = 2
EDGES_PER_PARTITION = 250_000  # a few megabytes
MAX_ROUNDS = 200  # every round shrinks the graph by a constant factor; even a chain of 2^64 records needs fewer


def connect(links: DataFrame, engine: str, stage: Stage, name: str) -> DataFrame:
    """``CLUSTERS``: each record that has a link, and an id shared by exactly the records it is connected to.

    ``links`` needs ``left_id`` and ``right_id``. ``name`` begins the names of the working files.
    """
    rounds: list[DataFrame] = []

    def contract(edges: Written, number: int) -> Written:
        chosen = stage.write(f"{name}_targets_{number}", clusters.targets(edges.frame, number))
        rounds.append(chosen.frame)
        return stage.write(f"{name}_edges_{number + 1}", clusters.follow(edges.frame, chosen.frame))

    edges = stage.write(f"{name}_edges_0", clusters.distinct_edges(links))
    limit = ROUNDS_BEFORE_GRAPHFRAMES if engine == "graphframes" else MAX_ROUNDS
    edges, _ = stage.until_none(edges, contract, most=limit)
    if edges.rows:
        rounds.append(stage.write(f"{name}_components", _graphframes_components(edges)).frame)
    return clusters.composed(rounds) if rounds else schemas.empty(links.sparkSession, schemas.CLUSTERS)


def _graphframes_components(edges: Written) -> DataFrame:
    """``vertex`` and ``target`` (the component) by GraphFrames; needs a checkpoint folder on the session."""
    from graphframes import GraphFrame  # only here: the package needs numpy and a running session

    ends = F.explode(F.array("left_id", "right_id")).alias("id")
    pairs = edges.frame.select(F.col("left_id").alias("src"), F.col("right_id").alias("dst"))
    graph = GraphFrame(edges.frame.select(ends).distinct(), pairs)
    with _shuffle_partitions(edges):
        # After every round: the plan of two is six times as long as that of one, and what is written is small.
        components: DataFrame = graph.connectedComponents(checkpointInterval=1)
    return components.select(F.col("id").alias("vertex"), F.col("component").alias("target"))


@contextmanager
def _shuffle_partitions(edges: Written) -> Iterator[None]:
    """As few shuffle partitions as ``edges`` need: GraphFrames turns off the adaptive execution that sees to it."""
    settings = edges.frame.sparkSession.conf
    before = settings.get("spark.sql.shuffle.partitions")
    needed = edges.rows // EDGES_PER_PARTITION + 1
    settings.set("spark.sql.shuffle.partitions", str(min(needed, int(before or needed))))
    try:
        yield
    finally:
        settings.set("spark.sql.shuffle.partitions", str(before))
