"""A session without Delta is refused with the remedy; the texts are the beginnings of what Spark 4.0.5 says."""

import pytest
from pyspark.sql import SparkSession

from identity_spark.errors import ConfigError
from identity_spark.storage.session import checkpoints, require_delta

NO_SOURCE = "java.lang.Exception: [DATA_SOURCE_NOT_FOUND] Failed to find the data source: delta."
NO_CATALOG = (
    "org.apache.spark.SparkException: Cannot find catalog plugin class for catalog 'spark_catalog': "
    "org.apache.spark.sql.delta.catalog.DeltaCatalog."
)
NO_SETTINGS = (
    "[DELTA_CONFIGURE_SPARK_SESSION_WITH_EXTENSION_AND_CATALOG] This Delta operation requires the SparkSession"
)
PACKAGE = r"--packages io\.delta:delta-spark_4\.\d_2\.13:4\.\d+\.\d+ pyspark-shell"


class Session:
    """A session that answers whatever it is asked to read with ``said``."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.asked = 0

    @property
    def read(self):
        return self

    def format(self, name: str):
        return self

    def load(self, path: str):
        self.asked += 1
        raise RuntimeError(self.said)


@pytest.mark.parametrize(
    ("said", "remedy"), [(NO_SOURCE, PACKAGE), (NO_CATALOG, PACKAGE), (NO_SETTINGS, r"start it with spark\.sql\.ext")]
)
def test_a_session_without_delta_is_refused(said: str, remedy: str):
    with pytest.raises(ConfigError, match=remedy) as caught:
        require_delta(Session(said))
    assert len(caught.value.problems) == 1


def test_a_session_with_delta_is_asked_once(spark: SparkSession):
    require_delta(spark)
    session = Session("[PATH_NOT_FOUND] Path does not exist")
    require_delta(session)
    require_delta(session)
    assert session.asked == 1


def test_checkpoints_go_back_to_where_they_were(spark: SparkSession, tmp_path):
    def place() -> str:
        return spark.sparkContext.getCheckpointDir().rpartition("/")[0]

    before = place()
    with checkpoints(spark, str(tmp_path)):
        assert place() == f"file:{tmp_path}"
    assert place() == before
