"""The job gives the same tables wherever it runs: on one machine, over Spark Connect, in a catalog, on a cluster."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import servers
from outputs import content, rows
from projects import PEOPLE, Project
from submitted import CONFIG, ROOT, TOLD

from identity_spark import pipeline, schemas
from identity_spark.errors import ConfigError
from identity_spark.pipeline.explaining import explain

pytestmark = pytest.mark.slow
JOB = ROOT / "jobs" / "resolve.py"


def test_over_spark_connect(demo, tmp_path):
    with servers.connect_server(tmp_path) as address:
        job = [sys.executable, JOB, "--config", CONFIG, *TOLD, "--run-id", "one"]
        changes = ["clustering.engine=dataframe", "output={schema: default}"]

        def resolve(*more: str) -> subprocess.CompletedProcess[str]:
            told = [part for change in (*changes, *more) for part in ("--set", change)]
            return subprocess.run(
                list(map(str, [*job, *told])),
                env=servers.environment(SPARK_REMOTE=address, PEOPLE=str(demo.people)),
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )

        engine = resolve("clustering.engine=graphframes")
        assert (engine.returncode, engine.stderr.count("\n")) == (2, 1)
        assert "does not run over Spark Connect; set clustering: {engine: dataframe}" in engine.stderr
        folder = resolve("output={path: lake}")
        assert (folder.returncode, folder.stderr.count("\n")) == (2, 1)
        assert "output.path: over Spark Connect no files can be listed" in folder.stderr
        done = resolve()
        assert done.returncode == 0, done.stderr
    assert content(tmp_path / "warehouse") == demo.first
    left = {path.name for path in (tmp_path / "warehouse").iterdir()}
    assert left == {*schemas.TABLES, "_lock"}  # no working table


def test_in_a_catalog_with_names_to_be_quoted(spark, tmp_path):
    """A life in a catalog: two runs, a rollback, cleaning up, and the questions that are asked of it."""
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
    assert "precision" in pipeline.evaluate(spark, project.config(), str(tmp_path / "truth.csv"))
    pipeline.rollback(spark, project.config(), "one", "three")
    again = content(warehouse)
    results = ("identity_golden", "identity_matched_ids", "identity_lookup", "match_pairs")
    assert {name: again[name] for name in results} == {name: first[name] for name in results}
    spark.sql(f"CREATE TABLE {schema}._work_dead_links (id INT) USING delta")  # as a run leaves it that dies
    assert "_work_dead_links`: left by a run that died" in pipeline.cleanup(spark, project.config())
    assert {path.name for path in warehouse.iterdir()} == {*schemas.TABLES, "_lock", "2people"}


def test_on_a_cluster_that_loses_a_worker(demo, built, tmp_path):
    """Client mode, the library in a wheel, and one of two workers gone in mid-run."""
    output = tmp_path / "output"
    with servers.standalone_cluster(tmp_path, workers=2) as (master, workers):
        submit = [servers.VENV_BIN / "spark-submit", "--master", master, "--deploy-mode", "client"]
        packages = ["--jars", servers.jars(), "--py-files", built.wheel]
        settings = {"spark.executor.memory": "600m", "spark.cores.max": "2", "spark.log.level": "ERROR"}
        job = shutil.copy(JOB, tmp_path / "resolve.py")  # away from the checkout, so that the wheel is what runs
        command = [*submit, *packages, *servers.options(settings | servers.SMALL), job, "--config", CONFIG, *TOLD]
        process = subprocess.Popen(
            list(map(str, [*command, "--run-id", "one"])),
            env=servers.environment(PEOPLE=str(demo.people), OUTPUT=str(output)),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        seen = []
        for line in process.stderr:
            seen.append(line)
            if " clusters ..." in line:  # shuffles are under way
                servers.kill(workers[0])
        process.stdout.read()
        assert process.wait() == 0, "".join(seen)
    assert content(output) == demo.first
    assert any("Lost executor" in line for line in seen), "".join(seen)
