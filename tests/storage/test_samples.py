"""The labelled samples, where they are: both engines give the clusters of a union-find, and a rerun the same ids."""

from collections import Counter
from pathlib import Path

import pytest
from outputs import actual_clusters, expected_clusters, ids, rows

from identity_spark import pipeline
from identity_spark.config import load_config

pytestmark = pytest.mark.slow
DATA = Path(__file__).resolve().parents[1] / "data"
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data"
NAMES = [
    pytest.param(
        name, marks=pytest.mark.skipif(not (SAMPLES / name).is_dir(), reason="the labelled sample is not here")
    )
    for name in ("people_20k", "senzing_truthset")
]


def load(name: str, output: Path, engine: str):
    environment = {
        "PEOPLE": str(SAMPLES / "people_20k"),
        "SENZING": str(SAMPLES / "senzing_truthset"),
        "OUTPUT": str(output),
        "ENGINE": engine,
    }
    return load_config([DATA / f"{name}.yaml"], environment=environment)


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_make_the_clusters_of_a_union_find(spark, tmp_path, name: str):
    config = load(name, tmp_path, "graphframes")
    first = pipeline.run(spark, config)
    lookup = rows(tmp_path, "identity_lookup")
    rules = {rule.name: rule.anchor for rule in config.rules}
    expected = expected_clusters(lookup, rules)
    assert Counter(map(len, expected))[2] > 5, "the sample has pairs to find"
    assert actual_clusters(tmp_path) == expected
    before = ids(tmp_path)

    second = pipeline.run(spark, load(name, tmp_path, "dataframe"))
    assert ids(tmp_path) == before
    assert second.counts == first.counts
    assert [r["event"] for r in rows(tmp_path, "identity_changes") if r["run_id"] == second.run_id] == []


@pytest.mark.parametrize("name", NAMES[-1:])
def test_the_counts_partition_and_agree_across_tables(spark, tmp_path, name: str):
    counts = pipeline.run(spark, load(name, tmp_path, "dataframe")).counts
    lookup, golden = rows(tmp_path, "identity_lookup"), rows(tmp_path, "identity_golden")
    statuses = Counter(r["status"] for r in lookup)
    assert counts["records"] == sum(statuses.values()) + counts["bad_keys"]
    assert {s: counts[s] for s in ("unique", "matched", "conflict", "missing")} == {
        s: statuses[s] for s in ("unique", "matched", "conflict", "missing")
    }
    profiles = Counter(r["dinmo_id"] for r in lookup if r["dinmo_id"])
    assert {g["dinmo_id"]: g["record_count"] for g in golden} == dict(profiles)
    report = {(r["scope"], r["name"], r["metric"]): r["value"] for r in rows(tmp_path, "identity_golden_report")}
    assert report["project", load(name, tmp_path, "dataframe").project, "golden_records"] == len(golden)
