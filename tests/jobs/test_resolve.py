"""The job as a user runs it: spark-submit, real GraphFrames, real Delta, made data; read back without Spark."""

from collections import Counter

from outputs import actual_clusters, connected, content, rows
from plain_matcher import expected_pairs
from submitted import CONFIG, submit

from identity_spark.config import load_config

NOT_ACCUMULATED = ("identity_golden", "identity_matched_ids", "identity_lookup", "match_pairs", "identity_history")


def test_progress_on_stderr_and_a_summary_on_stdout(demo):
    assert "standardize: " in demo.done.stderr
    assert "run first: committed" in demo.done.stderr
    assert demo.done.stdout.startswith("run first of customers\n")
    assert "missing_primary_key" in demo.done.stdout


def test_clusters_are_those_of_a_plain_matcher_and_union_find(demo):
    folder = demo.folder
    lookup = rows(folder / "output", "identity_lookup")
    pairs = expected_pairs(lookup, load_config([CONFIG]))
    assert {rule for rule, *_ in pairs} == {rule.name for rule in load_config([CONFIG]).rules}
    groups = [pair for _, *pair in pairs] + [[record["record_key"]] for record in lookup]
    assert actual_clusters(folder / "output") == {frozenset(cluster) for cluster in connected(groups)}


def test_every_table_opens_without_spark_and_agrees(demo):
    folder = demo.folder
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
    folder = demo.folder
    done = submit(folder, "resolve.py", "--set", "clustering.engine=dataframe", "--run-id", "second")
    assert done.returncode == 0, done.stderr
    second = content(folder / "output")
    assert {name: second[name] for name in NOT_ACCUMULATED} == {name: demo.first[name] for name in NOT_ACCUMULATED}
    assert [c for c in rows(folder / "output", "identity_changes") if c["run_id"] == "second"] == []
    assert {r["run_id"] for r in rows(folder / "output", "identity_runs")} == {"first", "second"}
    assert {r["run_id"] for r in rows(folder / "output", "identity_golden_report")} == {"first", "second"}
    assert {r["run_id"] for r in rows(folder / "output", "identity_golden")} == {"second"}


def test_evaluate_knows_the_truth(demo):
    folder = demo.folder
    done = submit(folder, "evaluate.py", "--truth", str(folder / "people" / "truth"))
    assert done.returncode == 0, done.stderr
    precision = float(done.stdout.split("pairs: precision ")[1].split(",")[0])
    assert precision > 0.9


def test_an_error_is_one_line_on_stderr(demo):
    folder = demo.folder
    done = submit(folder, "resolve.py", "--set", "sources.crm.path=/nowhere")
    assert done.returncode == 3
    assert [line for line in done.stderr.splitlines() if line.startswith("error: ")] == [
        line for line in done.stderr.splitlines() if "sources.crm: cannot read /nowhere as parquet" in line
    ]
    assert done.stdout == ""
