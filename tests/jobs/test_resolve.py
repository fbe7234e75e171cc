"""The job as a user runs it: spark-submit, real GraphFrames, real Delta, made data; read back without Spark."""

import shutil
from collections import Counter

import pytest
from outputs import actual_clusters, connected, content, rows
from plain_matcher import expected_pairs
from submitted import CONFIG, LIMITS, submit

from identity_spark import pipeline
from identity_spark.audit.evaluate.job import evaluate
from identity_spark.config import load_config

NOT_ACCUMULATED = ("identity_golden", "identity_matched_ids", "identity_lookup", "match_pairs", "identity_history")


def test_progress_on_stderr_and_a_summary_on_stdout(demo):
    assert "standardize: " in demo.done.stderr
    assert "run first: committed" in demo.done.stderr
    assert demo.done.stdout.startswith("run first of customers\n")
    assert "missing_primary_key" in demo.done.stdout
    assert "sources.crm.max_records_per_profile" in demo.done.stdout, "the summary names broken limits"


def test_clusters_are_those_of_a_plain_matcher_and_union_find(demo):
    lookup = rows(demo.output, "identity_lookup")
    pairs = expected_pairs(lookup, demo.config)
    assert {rule for rule, *_ in pairs} == {rule.name for rule in demo.config.rules}
    groups = [pair for _, *pair in pairs] + [[record["record_key"]] for record in lookup]
    assert actual_clusters(demo.output) == {frozenset(cluster) for cluster in connected(groups)}


def test_every_table_opens_without_spark_and_agrees(demo):
    lookup, golden = rows(demo.output, "identity_lookup"), rows(demo.output, "identity_golden")
    profiles = Counter(r["dinmo_id"] for r in lookup if r["dinmo_id"])
    assert {g["dinmo_id"]: g["record_count"] for g in golden} == dict(profiles)
    (run,) = rows(demo.output, "identity_runs")
    counts = dict(run["counts"])
    bad = [u for u in rows(demo.output, "identity_unresolved_records") if u["reason"].endswith("primary_key")]
    assert counts["records"] == len(lookup) + len(bad)
    assert {u["reason"] for u in bad} == {"missing_primary_key", "duplicate_primary_key"}
    statuses = ("unique", "matched", "conflict", "missing")
    assert {status: counts[status] for status in statuses} == Counter(r["status"] for r in lookup)
    written = {r["record_key"]: r for r in lookup}
    given = [(profile, field, key) for profile in golden for field, key in profile["field_sources"]]
    assert len(given) > len(golden)
    for profile, field, key in given:
        assert written[key]["dinmo_id"] == profile["dinmo_id"]
        assert profile[field] is not None


@pytest.mark.slow
def test_the_other_engine_and_another_run_give_the_same_ids(spark, demo, tmp_path):
    output = shutil.copytree(demo.output, tmp_path / "output")
    settings, environment = (
        (*LIMITS, "clustering.engine=dataframe"),
        {"PEOPLE": str(demo.people), "OUTPUT": str(output)},
    )
    pipeline.run(spark, load_config([CONFIG], settings, environment=environment), "second")
    second = content(output)
    assert {name: second[name] for name in NOT_ACCUMULATED} == {name: demo.first[name] for name in NOT_ACCUMULATED}
    assert [c for c in rows(output, "identity_changes") if c["run_id"] == "second"] == []
    assert {r["run_id"] for r in rows(output, "identity_runs")} == {"first", "second"}
    assert {r["run_id"] for r in rows(output, "identity_golden_report")} == {"first", "second"}
    assert {r["run_id"] for r in rows(output, "identity_golden")} == {"second"}


def test_evaluate_knows_the_truth(spark, demo):
    said = evaluate(spark, demo.config, str(demo.people / "truth"))
    precision = float(said.split("pairs: precision ")[1].split(",")[0])
    assert precision > 0.9


def test_an_error_is_one_line_on_stderr(demo):
    done = submit(demo.people, demo.output, "resolve.py", "--set", "sources.crm.path=/nowhere")
    assert done.returncode == 3
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert error.startswith("error: sources.crm: cannot read /nowhere as parquet")
    assert done.stdout == ""
