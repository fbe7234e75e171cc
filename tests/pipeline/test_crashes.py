"""A real kill -9 of the driver at every step of publishing, and what readers and the next run find afterwards."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable
from dying_publication import publish_saved, save
from outputs import ids, rows
from projects import Project

from identity_spark import schemas
from identity_spark.pipeline import crash, publication
from identity_spark.storage.readers import read_run

ROOT = Path(__file__).resolve().parents[2]
FIRST = [
    ("1", "a@x.io", None, "A"),
    ("2", "a@x.io", None, "A"),
    ("3", "b@x.io", "2025550111", "B"),
    ("4", "c@x.io", "2025550111", "C"),
    ("5", "d@x.io", None, "D"),
    ("6", None, None, "E"),
    ("8", "h@x.io", None, "H"),
    ("9", "h@x.io", None, "H"),
]
CHANGED = {"3": ("3", "a@x.io", "2025550111", "B"), "9": ("9", "i@x.io", None, "H"), "7": ("7", "g@x.io", None, "G")}
SECOND = [*CHANGED.values(), *(row for row in FIRST if row[0] not in (*CHANGED, "5"))]
TABLES = [name for name in schemas.TABLES if name != "identity_runs"]
POINTS = [*TABLES, "identity_runs"]


class Saved(Exception):  # noqa: N818 - no error: the results are where the test wants them
    pass


@pytest.fixture(scope="module")
def base(spark, tmp_path_factory):
    """A committed run, the saved results of the next, and how the output looks once those are published in peace."""
    project = Project(spark, tmp_path_factory.mktemp("base"))
    project.run("first", FIRST)
    results = tmp_path_factory.mktemp("results")

    def instead(_tables, found, *_):
        save(found, results)
        raise Saved

    project.write(SECOND)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publication, "publish", instead)
        with pytest.raises(Saved):
            project.run("saved")
    peaceful = Project(spark, shutil.copytree(project.folder, tmp_path_factory.mktemp("peace") / "p"))
    known = publish_saved(spark, peaceful.config(), results, "next")
    assert {e["event"] for e in rows(peaceful.output, "identity_changes")} == {"created", "merged", "retired", "split"}
    return project, results, whole(peaceful.output), claims(known), ids(peaceful.output)


def whole(output: Path) -> dict[str, list[str]]:
    """Every table as the newest committed run left it, read without Spark, whatever the run is called."""
    newest = max(rows(output, "identity_runs"), key=lambda r: r["started_at"])
    found = {}
    for name, version in newest["table_versions"]:
        table = DeltaTable(str(output / name), version=version).to_pyarrow_table().to_pylist()
        found[name] = sorted(str({**row, "run_id": row.get("run_id") == newest["run_id"]}) for row in table)
    return found


def claims(known) -> list[tuple]:
    return sorted(map(tuple, known.ids.select("record_key", "dinmo_id", "published").collect()))


def version(project: Project, table: str) -> int:
    return DeltaTable(str(project.output / table)).version()


def kill(project: Project, results: Path, point: str, run_id: str = "dead") -> None:
    project.config()
    command = [sys.executable, ROOT / "tests" / "pipeline" / "dying_publication.py", project.folder / "config.yaml", results, run_id]  # fmt: skip
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    environment = {**os.environ, crash.KILL_AT: point, "PYTHONPATH": path}
    killed = subprocess.run(list(map(str, command)), env=environment, start_new_session=True, capture_output=True, text=True)  # fmt: skip
    assert killed.returncode == -9, killed.stderr[-2000:]


def test_killed_at_every_point_one_after_the_other(spark, base, tmp_path):
    """Each run starts from what the one before left, gets one step further, and dies: of the same name, or another."""
    original, results, peace, known, _ = base
    project = Project(spark, shutil.copytree(original.folder, tmp_path / "p"))
    before = whole(project.output)
    for n, point in enumerate(POINTS):
        kill(project, results, point, f"dead-{n // 2}")
        assert version(project, "identity_golden") == n  # each run but the first has written it again
        assert whole(project.output) == before, point
        assert {r.run_id for r in read_run(spark, str(project.output), "identity_golden").collect()} == {"first"}
    assert claims(publish_saved(spark, project.config(), results, "next")) == known
    assert whole(project.output) == peace
    assert all("dead" not in run_id for found in found_in(project.output).values() for run_id in found)
    assert {p.name for p in project.output.iterdir()} == {*schemas.TABLES, "_lock", "_work"}  # for jobs/cleanup.py


def test_killed_when_it_is_committed(spark, base, tmp_path):
    original, results, peace, *_ = base
    project = Project(spark, shutil.copytree(original.folder, tmp_path / "p"))
    kill(project, results, "committed")
    assert whole(project.output) == peace
    assert "committed already" in project.run("dead").summary


def test_the_whole_job_completes_a_run_that_was_killed(spark, base, tmp_path):
    original, results, _, _, lasting = base
    project = Project(spark, shutil.copytree(original.folder, tmp_path / "p"))
    kill(project, results, "identity_changes")
    project.run("dead")
    assert ids(project.output) == lasting
    assert {p.name for p in project.output.iterdir()} == {*schemas.TABLES, "_lock"}


def test_a_first_run_that_was_killed_is_as_if_it_had_never_been(spark, base, tmp_path):
    original, results, peace, *_ = base
    project = Project(spark, shutil.copytree(original.folder, tmp_path / "p", ignore=shutil.ignore_patterns("lake")))
    kill(project, results, "identity_golden_report")
    publish_saved(spark, project.config(), results, "next")
    assert not [t for t, found in found_in(project.output).items() if "dead" in found]
    assert whole(project.output)["identity_golden"] == peace["identity_golden"]


def found_in(output: Path) -> dict[str, set[str]]:
    return {name: {r["run_id"] for r in rows(output, name)} for name in (*TABLES, "identity_runs") if "run_id" in schemas.TABLES[name].names}  # fmt: skip
