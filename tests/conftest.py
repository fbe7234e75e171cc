"""One Spark session for the whole suite."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession
from sessions import new_session


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = new_session(tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()
