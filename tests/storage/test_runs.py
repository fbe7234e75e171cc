"""Accumulating tables keep the rows of committed runs and lose those of runs that died."""

from datetime import datetime, timedelta, timezone

import pytest

from identity_spark.config import Output
from identity_spark.schemas import REPORT, RUNS
from identity_spark.storage import runs
from identity_spark.storage.tables import Tables

TABLE = "identity_golden_report"


@pytest.fixture(params=["folder", "catalog"])
def tables(spark, tmp_path, request):
    if request.param == "folder":
        yield Tables(spark, Output(path=str(tmp_path / "out")))
    else:
        spark.sql("CREATE SCHEMA `2lake`")
        yield Tables(spark, Output(schema="spark_catalog.`2lake`"))
        spark.sql("DROP SCHEMA `2lake` CASCADE")


def add(tables, table, run_id, row, schema):
    rows = tables.spark.createDataFrame([row], schema)
    tables.add(table, rows, run_id, runs.dead_runs(tables, table, None))


def report(tables, run_id):
    add(tables, TABLE, run_id, (run_id, "project", "small", "records", 1.0), REPORT)


def commit(tables, run_id):
    now = datetime.now(timezone.utc)
    row = dict.fromkeys(RUNS.names) | {"run_id": run_id, "status": "committed", "started_at": now}
    add(tables, "identity_runs", run_id, row, RUNS)


def kept(tables):
    return sorted(row["run_id"] for row in tables.read(TABLE).select("run_id").collect())


def test_before_the_first_run_nothing_is_dead(tables):
    assert runs.dead_runs(tables, TABLE, None) == []


def test_what_a_dead_run_left_goes_with_the_next_one(tables):
    report(tables, "first-dead")
    assert runs.dead_runs(tables, TABLE, None) == ["first-dead"]
    for run_id in ("a", "b"):
        report(tables, run_id)
        commit(tables, run_id)
    report(tables, "dead")
    assert kept(tables) == ["a", "b", "dead"]
    report(tables, "c")
    commit(tables, "c")
    assert kept(tables) == ["a", "b", "c"]
    assert runs.dead_runs(tables, TABLE, None) == []


def test_the_same_run_again_stands_once(tables):
    report(tables, "a")
    commit(tables, "a")
    report(tables, "dead")
    report(tables, "dead")
    assert kept(tables) == ["a", "dead"]


def test_a_clock_that_goes_back_makes_no_run_older_than_the_last(tables):
    commit(tables, "a")
    (last,) = runs.committed(tables)
    early = datetime.now(timezone.utc) - timedelta(days=1)
    assert runs.start_after(last, early) > last["started_at"].astimezone(timezone.utc)
    assert runs.start_after(None, early) == early
