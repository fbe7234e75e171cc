"""What somebody else did to an output is found before a run builds on it, and what operators may do is not."""

import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from identity_spark.config import Output
from identity_spark.errors import CheckError, InputError
from identity_spark.schemas import REPORT, RUNS
from identity_spark.storage import integrity, runs
from identity_spark.storage.tables import Tables

TABLE = "identity_golden_report"


@pytest.fixture
def tables(spark, tmp_path):
    """An output with a space in its path, two committed runs and what a dead one left."""
    tables = Tables(spark, Output(path=str(tmp_path / "my 100% out")))
    for run_id in ("a", "b", "dead"):
        rows = spark.createDataFrame([(run_id, "project", "small", "records", float(n)) for n in range(3)], REPORT)
        version = tables.add(TABLE, rows, run_id, [])
        if run_id != "dead":
            now = datetime.now(timezone.utc)
            given = {"run_id": run_id, "status": "committed", "started_at": now, "table_versions": {TABLE: version}}
            row = dict.fromkeys(RUNS.names) | given
            tables.add("identity_runs", spark.createDataFrame([row], RUNS), run_id, [])
    return tables


def check(tables):
    integrity.require_intact(tables, runs.committed(tables), "b")


def log(tables, table):
    return sorted((Path(tables.output.path) / table / "_delta_log").glob("*.json"))


def test_what_dead_runs_and_operators_do_is_fine(spark, tables):
    check(tables)
    spark.sql(f"OPTIMIZE {tables.in_sql(TABLE)}")
    spark.sql(f"ALTER TABLE {tables.in_sql(TABLE)} SET TBLPROPERTIES ('mine' = 'x')")
    check(tables)


def test_rows_deleted_by_hand_are_refused_until_restored(spark, tables):
    last = runs.committed(tables)[0]["table_versions"][TABLE]
    spark.sql(f"DELETE FROM {tables.in_sql(TABLE)} WHERE value = 1")
    with pytest.raises(
        InputError, match=rf"{TABLE}: somebody else changed it \(DELETE, version \d\).* to version {last}, .* --to b;"
    ):
        check(tables)
    spark.sql(f"RESTORE {tables.in_sql(TABLE)} TO VERSION AS OF 0")
    with pytest.raises(InputError):
        check(tables)
    spark.sql(f"RESTORE {tables.in_sql(TABLE)} TO VERSION AS OF {last}")
    check(tables)


def test_a_changed_manifest_is_refused(tables):
    tables.update("identity_runs", "run_id = 'a'", {}, engine="other")
    with pytest.raises(InputError, match=r"identity_runs: somebody else changed it \(UPDATE"):
        check(tables)


def test_a_lost_manifest_is_refused(tables):
    log(tables, "identity_runs")[-1].unlink()
    with pytest.raises(InputError, match="identity_runs: run b was committed, and its row is gone"):
        integrity.require_intact(tables, runs.committed(tables), "b")


@pytest.mark.parametrize("gone", ["an entry of the log", "the last entries", "the log", "the files", "the table"])
def test_what_cannot_be_read_is_refused(spark, tables, gone: str):
    committed, folder = runs.committed(tables), Path(tables.output.path) / TABLE
    match gone:
        case "an entry of the log":
            log(tables, TABLE)[0].unlink()
        case "the last entries":
            for entry in log(tables, TABLE)[1:]:
                entry.unlink()
        case "the log":
            shutil.rmtree(folder / "_delta_log")
        case "the files":
            for file in folder.glob("*.parquet"):
                file.unlink()
        case "the table":
            shutil.rmtree(folder)
    fresh = Tables(spark.newSession(), tables.output)
    with pytest.raises(InputError, match=f"{TABLE}.*jobs/rollback.py --to RUN; nothing was written"):
        integrity.require_intact(fresh, committed, None)


def test_a_column_keeps_its_type(spark, tables, monkeypatch):
    monkeypatch.setattr(integrity, "OF_PROJECT", (TABLE,))
    last, rows = runs.committed(tables)[0], tables.read(TABLE)
    integrity.require_same_types(tables, {TABLE: rows.drop("scope").withColumn("new", F.lit(1))}, last)
    integrity.require_same_types(tables, {TABLE: rows}, None)
    with pytest.raises(
        CheckError, match="column value is double and would become array<double>; give the field another name"
    ):
        integrity.require_same_types(tables, {TABLE: rows.withColumn("value", F.array("value"))}, last)
