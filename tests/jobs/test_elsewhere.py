"""The job gives the same tables wherever it runs: on one machine, over Spark Connect, on a cluster."""

import shutil
import subprocess
import sys

import pytest
import servers
from outputs import content
from submitted import CONFIG, ROOT, TOLD

from identity_spark import schemas

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
        assert (engine.returncode, engine.stderr.count("error: ")) == (2, 1)
        assert "does not run over Spark Connect; set clustering: {engine: dataframe}" in engine.stderr
        folder = resolve("output={path: lake}")
        assert (folder.returncode, folder.stderr.count("error: ")) == (2, 1)
        assert "output.path: over Spark Connect no files can be listed" in folder.stderr
        done = resolve()
        assert done.returncode == 0, done.stderr
    assert content(tmp_path / "warehouse") == demo.first
    left = {path.name for path in (tmp_path / "warehouse").iterdir()}
    assert left == {*schemas.TABLES, "_lock"}  # no working table


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
