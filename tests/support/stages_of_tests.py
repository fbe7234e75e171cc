"""A stage of a run that keeps what it writes with the executors, and the clusters that it connects."""

from pyspark.sql import Column, DataFrame

from identity_spark.pipeline.clustering import connect
from identity_spark.pipeline.work import Stage, Written


class Executors:
    """Working files of a test."""

    def materialize(self, name: str, frame: DataFrame) -> DataFrame:
        return frame.localCheckpoint()


def stage() -> Stage:
    return Stage(Executors())


def written(frame: DataFrame, **observed: Column) -> Written:
    return stage().write("given", frame, **observed)


def clusters_of(links: DataFrame, engine: str = "dataframe") -> DataFrame:
    return connect(links, engine, stage(), "test")
