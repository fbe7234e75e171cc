"""A life in a catalog: two runs, a rollback, cleaning up, and the questions that are asked of it."""

from pathlib import Path

import pytest
from outputs import content, rows
from projects import PEOPLE, Project

from identity_spark import pipeline, schemas
from identity_spark.audit.evaluate.job import evaluate
from identity_spark.audit.explain.job import explain
from identity_spark.errors import ConfigError


@pytest.mark.slow
def test_in_a_catalog_with_names_to_be_quoted(spark, tmp_path):
    schema = "`2lake`"
    spark.sql(f"CREATE SCHEMA {schema}")
    warehouse = Path(spark.conf.get("spark.sql.warehouse.dir").removeprefix("file:")) / "2lake.db"
    project = Project(spark, tmp_path)
    source = project.settings["sources"]["crm"]
    project.settings["output"] = {"schema": f"spark_catalog.{schema}"}
    project.settings["sources"]["crm"] = {"table": f"spark_catalog.{schema}.`2people`"} | {
        key: source[key] for key in ("primary_key", "columns")
    }
    frame = "id string, mail string, tel string, name string"

    def run(run_id, people):
        rows_of = spark.createDataFrame(people, frame).write.format("delta").mode("overwrite")
        rows_of.saveAsTable(f"{schema}.`2people`")
        return pipeline.run(spark, project.config(), run_id)

    with pytest.raises(
        ConfigError, match=r"output\.schema: there is no schema spark_catalog\.nowhere; create it first"
    ):
        pipeline.run(spark, project.config("output={schema: spark_catalog.nowhere}"))
    run("one", PEOPLE)
    first = content(warehouse)
    run("two", [*PEOPLE, ("6", "a@x.io", "2025550111", "C")])  # joins two profiles
    named = {row.tableName for row in spark.sql(f"SHOW TABLES IN {schema}").collect()}
    assert named == {*schemas.TABLES, "_lock", "2people"}  # no working table
    assert {row.run_id for row in spark.table(f"{schema}.identity_runs").collect()} == {"one", "two"}
    (second,) = (r for r in rows(warehouse, "identity_runs") if r["run_id"] == "two")
    assert dict(second["input_versions"]) == {"crm": 1}
    text = explain(spark, project.config(), ["crm:1", "crm:4"], show=False, as_json=False)
    assert "crm:6" in text
    (tmp_path / "truth.csv").write_text("record_key,entity_id\ncrm:1,a\ncrm:2,a\ncrm:3,b\n", "utf-8")
    assert "precision" in evaluate(spark, project.config(), str(tmp_path / "truth.csv"))
    pipeline.rollback(spark, project.config(), "one", "three")
    again = content(warehouse)
    results = ("identity_golden", "identity_matched_ids", "identity_lookup", "match_pairs")
    assert {name: again[name] for name in results} == {name: first[name] for name in results}
    spark.sql(f"CREATE TABLE {schema}._work_dead_links (id INT) USING delta")  # as a run leaves it that dies
    assert "_work_dead_links`: left by a run that died" in pipeline.cleanup(spark, project.config())
    assert {path.name for path in warehouse.iterdir()} == {*schemas.TABLES, "_lock", "2people"}
