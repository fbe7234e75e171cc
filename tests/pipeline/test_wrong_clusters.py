"""An engine that puts two components in one cluster: nothing is published."""

import pytest
from graphframes import GraphFrame
from projects import PEOPLE
from pyspark.sql import functions as F

from identity_spark.errors import CheckError
from identity_spark.pipeline import clustering
from identity_spark.stages import clusters


def graphframes_merges(monkeypatch) -> None:
    """GraphFrames gets every edge and finds one component."""

    def merged(graph, **_):
        return graph.vertices.select("id", F.lit(0).cast("long").alias("component"))

    monkeypatch.setattr(clustering, "ROUNDS_BEFORE_GRAPHFRAMES", 0)
    monkeypatch.setattr(GraphFrame, "connectedComponents", merged)


def contraction_merges(monkeypatch) -> None:
    """The last round leads every vertex to the same."""
    composed = clusters.composed

    def merged(rounds):
        return composed(rounds).withColumn("cluster_id", F.lit(0).cast("long"))

    monkeypatch.setattr(clusters, "composed", merged)


@pytest.mark.parametrize(("engine", "breaks"), [("graphframes", graphframes_merges), ("dataframe", contraction_merges)])
def test_a_run_stops_with_exit_code_4(project, monkeypatch, engine, breaks):
    breaks(monkeypatch)
    with pytest.raises(
        CheckError, match="clusters take 3 merges where pairs make 2: they are not the connected"
    ) as end:
        project.run("one", PEOPLE, f"clustering.engine={engine}")
    assert end.value.exit_code == 4
    assert not project.output.exists()
