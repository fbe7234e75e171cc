"""A run that dies at any step of publishing, and what readers and the next run find afterwards.

Within this process; and three times, two of them slow, the driver is really killed by ``kill -9``.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable
from dying_publication import COMMITTED, Dead, dying, publish_saved
from outputs import rows
from projects import Project

from identity_spark import schemas
from identity_spark.pipeline import publication
from identity_spark.storage.readers import read_run
from identity_spark.storage.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
TABLES = [name for name in schemas.TABLES if name != "identity_runs"]


@pytest.fixture(scope="module")
def base(spark, saved, tmp_path_factory):
    """A committed run, the saved results of the next, and how the output looks once those are published in peace."""
    project, results = saved
    peaceful = project.copied(tmp_path_factory.mktemp("peace") / "p")
    known = publish_saved(spark, peaceful.config(), results, "next")
    assert {e["event"] for e in rows(peaceful.output, "identity_changes")} == {"created", "merged", "retired", "split"}
    return project, results, peaceful.output, known


def whole(output: Path) -> dict[str, list[str]]:
    """Every table as the newest committed run left it, read without Spark, whatever the run is called."""
    newest = max(rows(output, "identity_runs"), key=lambda r: r["started_at"])
    found = {}
    for name, version in newest["table_versions"]:
        table = DeltaTable(str(output / name), version=version).to_pyarrow_table().to_pylist()
        found[name] = sorted(str({**row, "run_id": row.get("run_id") == newest["run_id"]}) for row in table)
    return found


def versions(output: Path) -> dict[str, int]:
    return {name: DeltaTable(str(output / name)).version() for name in TABLES}


def runs_in(output: Path) -> dict[str, set[str]]:
    """The runs of which rows are left in each table that says so."""
    names = [name for name in schemas.TABLES if "run_id" in schemas.TABLES[name].names]
    return {name: {row["run_id"] for row in rows(output, name)} for name in names}


def die() -> None:
    raise Dead


SOME = ["identity_golden", "identity_changes", "identity_runs"]  # of those replaced and those added to; the last one


@pytest.mark.parametrize(
    "tables", [SOME, pytest.param([*schemas.TABLES], marks=pytest.mark.slow)], ids=["some", "every"]
)
def test_dead_at_one_table_after_the_other(spark, base, tmp_path, monkeypatch, tables):
    """A run that starts publishing again and again, and each time dies at another table, with its working files."""
    original, results, peace, known = base
    project = original.copied(tmp_path / "p")
    before, publish = whole(project.output), publication.publish

    def dying_at_each(*given, **more):
        for table in tables:
            with pytest.raises(Dead), dying(table, die):
                publish(*given, **more)
            assert whole(project.output) == before, table
            assert {r.run_id for r in read_run(spark, str(project.output), "identity_golden").collect()} == {"one"}
        die()

    with monkeypatch.context() as patched:
        patched.setattr(publication, "publish", dying_at_each)
        patched.setattr(Workspace, "clear", lambda self: None)
        with pytest.raises(Dead):
            publish_saved(spark, project.config(), results, "dead")
    written = versions(project.output)
    assert {name for name, version in versions(peace).items() if written[name] < version} == set(), "each was reached"
    assert [name for name, found in runs_in(project.output).items() if "dead" in found]
    assert publish_saved(spark, project.config(), results, "next") == known
    assert whole(project.output) == whole(peace)
    assert not [name for name, found in runs_in(project.output).items() if "dead" in found]
    assert {p.name for p in project.output.iterdir()} == {*schemas.TABLES, "_lock", "_work"}  # for jobs/cleanup.py


def kill(project: Project, results: Path, point: str) -> None:
    """Publishes as run ``dead`` in a process that is killed there."""
    project.config()
    script = ROOT / "tests" / "support" / "dying_publication.py"
    command = [sys.executable, script, project.folder / "config.yaml", results, "dead", point]
    path = os.pathsep.join(map(str, (ROOT, ROOT / "scripts", ROOT / "tests" / "support")))
    environment = {**os.environ, "PYTHONPATH": path}
    killed = subprocess.run(list(map(str, command)), env=environment, start_new_session=True, capture_output=True, text=True)  # fmt: skip
    assert killed.returncode == -9, killed.stderr[-2000:]


@pytest.mark.slow
def test_a_first_run_killed_at_its_first_table_is_as_if_it_had_never_been(spark, base, tmp_path):
    original, results, peace, _ = base
    project = original.copied(tmp_path / "p")
    shutil.rmtree(project.output)
    kill(project, results, TABLES[0])
    publish_saved(spark, project.config(), results, "next")
    assert not [name for name, found in runs_in(project.output).items() if "dead" in found]
    assert whole(project.output)["identity_golden"] == whole(peace)["identity_golden"]


def test_the_same_run_again_completes_one_killed_at_the_manifest(spark, base, tmp_path):
    original, results, peace, known = base
    project = original.copied(tmp_path / "p")
    before = whole(project.output)
    kill(project, results, "identity_runs")
    assert whole(project.output) == before
    assert publish_saved(spark, project.config(), results, "dead") == known
    assert whole(project.output) == whole(peace)
    assert {p.name for p in project.output.iterdir()} == {*schemas.TABLES, "_lock"}


@pytest.mark.slow
def test_killed_when_it_is_committed(base, tmp_path):
    original, results, peace, _ = base
    project = original.copied(tmp_path / "p")
    kill(project, results, COMMITTED)
    assert whole(project.output) == whole(peace)
    assert "committed already" in project.run("dead").summary
