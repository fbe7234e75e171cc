"""Where tables are said to be is where Spark looks for them."""

import pytest

from identity_spark.config import Output
from identity_spark.storage.tables import Tables
from identity_spark.storage.workspace import Workspace


@pytest.mark.parametrize(
    "path", ["s3a://bucket/lake", "abfss://lake@account.dfs.core.windows.net/x", "gs://bucket/a b"]
)
def test_paths_of_object_stores_pass_through_untouched(spark, make_config, path):
    config = make_config(f"output.path={path}", f"sources.crm.path={path}/crm")
    assert (config.output.path, config.sources[0].path) == (path, f"{path}/crm")
    tables = Tables(spark, Output(path=f"{path}/"))
    assert tables.location("identity_golden") == f"{path}/identity_golden"
    assert Workspace(tables, "run").folder == f"{path}/_work/run"
