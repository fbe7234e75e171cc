"""The Spark packages that fit the installed Python ones, as Maven coordinates.

python -m identity_spark.storage.packages prints them the way spark-submit's --packages takes them.
"""

from importlib.metadata import version

import pyspark

SCALA = "2.13"


def delta() -> str:
    """Delta for the installed ``pyspark`` and ``delta-spark``: its artifact is named after the version of Spark."""
    spark = ".".join(pyspark.__version__.split(".")[:2])
    return f"io.delta:delta-spark_{spark}_{SCALA}:{version('delta-spark')}"


def graphframes() -> str:
    """GraphFrames in the version of the installed ``graphframes-py``, for the two must be the same."""
    return f"io.graphframes:graphframes-spark4_{SCALA}:{version('graphframes-py')}"


if __name__ == "__main__":
    print(f"{delta()},{graphframes()}")
