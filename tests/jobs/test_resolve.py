"""The job as a user runs it: spark-submit, real GraphFrames, real Delta, made data; read back without Spark."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from outputs import actual_clusters, connected, ids, rows
from plain_matcher import expected_pairs

from identity_spark.config import load_config

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "conf" / "customers.yaml"


def submit(folder: Path, job: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PEOPLE": str(folder / "people"), "OUTPUT": str(folder / "output")}
    command = [
        ROOT / "scripts" / "submit",
        "--driver-memory",
        "2g",
        ROOT / "jobs" / job,
        "--config",
        CONFIG,
        *arguments,
    ]
    return subprocess.run(
        list(map(str, command)), env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Made data of 3,000 records, the first run by GraphFrames, and its ids."""
    folder = tmp_path_factory.mktemp("demo")
    maker = [
        sys.executable,
        ROOT / "scripts" / "make_people.py",
        "--rows",
        "3000",
        "--seed",
        "5",
        "--out",
        folder / "people",
    ]
    subprocess.run(list(map(str, maker)), check=True, capture_output=True)
    done = submit(folder, "resolve.py", "--run-id", "first")
    assert done.returncode == 0, done.stderr
    return folder, done, ids(folder / "output")


def test_progress_on_stderr_and_a_summary_on_stdout(demo):
    _, done, _ = demo
    assert "standardize: " in done.stderr
    assert "run first: committed" in done.stderr
    assert done.stdout.startswith("run first of customers\n")
    assert "missing_primary_key" in done.stdout


def test_clusters_are_those_of_a_plain_matcher_and_union_find(demo):
    folder, *_ = demo
    lookup = rows(folder / "output", "identity_lookup")
    pairs = expected_pairs(lookup, load_config([CONFIG]))
    assert {rule for rule, *_ in pairs} == {rule.name for rule in load_config([CONFIG]).rules}
    groups = [pair for _, *pair in pairs] + [[record["record_key"]] for record in lookup]
    assert actual_clusters(folder / "output") == {frozenset(cluster) for cluster in connected(groups)}


def test_every_table_opens_without_spark_and_agrees(demo):
    folder, *_ = demo
    output = folder / "output"
    lookup, golden = rows(output, "identity_lookup"), rows(output, "identity_golden")
    profiles = Counter(r["dinmo_id"] for r in lookup if r["dinmo_id"])
    assert {g["dinmo_id"]: g["record_count"] for g in golden} == dict(profiles)
    (run,) = rows(output, "identity_runs")
    counts = dict(run["counts"])
    bad = [u for u in rows(output, "identity_unresolved_records") if u["reason"].endswith("primary_key")]
    assert counts["records"] == len(lookup) + len(bad)
    assert {u["reason"] for u in bad} == {"missing_primary_key", "duplicate_primary_key"}
    written = {r["record_key"]: r for r in lookup}
    for profile in golden:
        for field, key in profile["field_sources"]:
            assert written[key]["dinmo_id"] == profile["dinmo_id"]
            assert profile[field] is not None


def test_the_other_engine_and_another_run_give_the_same_ids(demo):
    folder, _, before = demo
    done = submit(folder, "resolve.py", "--set", "clustering.engine=dataframe", "--run-id", "second")
    assert done.returncode == 0, done.stderr
    assert ids(folder / "output") == before
    assert [c for c in rows(folder / "output", "identity_changes") if c["run_id"] == "second"] == []
    assert {r["run_id"] for r in rows(folder / "output", "identity_runs")} == {"first", "second"}
    assert {r["run_id"] for r in rows(folder / "output", "identity_golden_report")} == {"first", "second"}
    assert {r["run_id"] for r in rows(folder / "output", "identity_golden")} == {"second"}


def test_evaluate_knows_the_truth(demo):
    folder, *_ = demo
    done = submit(folder, "evaluate.py", "--truth", str(folder / "people" / "truth"))
    assert done.returncode == 0, done.stderr
    precision = float(done.stdout.split("pairs: precision ")[1].split(",")[0])
    assert precision > 0.9


def test_an_error_is_one_line_on_stderr(demo):
    folder, *_ = demo
    done = submit(folder, "resolve.py", "--set", "sources.crm.path=/nowhere")
    assert done.returncode == 3
    assert [line for line in done.stderr.splitlines() if line.startswith("error: ")] == [
        line for line in done.stderr.splitlines() if "sources.crm: cannot read /nowhere as parquet" in line
    ]
    assert done.stdout == ""
