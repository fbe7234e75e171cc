"""The shipped example configurations load, and their rules reach on the labelled samples what they are meant to."""

import csv
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from outputs import rows

from identity_spark import pipeline
from identity_spark.config import load_config

ROOT = Path(__file__).resolve().parents[2]
CONF, DATA, SAMPLES = ROOT / "conf", ROOT / "tests" / "data", ROOT.parent / "shared" / "data"
PEOPLE, SENZING = SAMPLES / "people_20k", SAMPLES / "senzing_truthset"
EXAMPLES = ["customers.yaml", "companies.yaml", "patients.yaml"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_loads(name: str):
    environment = {"COMPANIES": "a", "PATIENTS": "b", "OUTPUT": "c"}
    config = load_config([CONF / name], environment=environment)
    assert sum(not rule.exact for rule in config.rules) >= 5


@pytest.mark.skipif(not PEOPLE.is_dir(), reason="the labelled sample is not here")
@pytest.mark.slow
def test_the_customer_rules_on_labelled_people(spark, tmp_path):
    """The sources are those of the sample, everything else is ``conf/customers.yaml``."""
    sample = yaml.safe_load((DATA / "people_20k.yaml").read_text("utf-8"))
    shipped = yaml.safe_load((CONF / "customers.yaml").read_text("utf-8"))
    shipped["identifiers"]["birth_date"]["formats"] = sample["identifiers"]["birth_date"]["formats"]
    parts = {name: sample[name] for name in ("sources", "output")} | {"golden": {"fields": {}}}
    (tmp_path / "people.yaml").write_text(yaml.safe_dump({**shipped, **parts}, sort_keys=False), "utf-8")
    config = load_config(
        [tmp_path / "people.yaml"], environment={"PEOPLE": str(PEOPLE), "OUTPUT": str(tmp_path / "out")}
    )
    pipeline.run(spark, config)
    labels = pq.read_table(PEOPLE / "truth").to_pylist()
    truth = {f"{row['source']}:{row['record_id']}": row["person_id"] for row in labels}
    precision, recall = rates(profiles(tmp_path / "out"), truth)
    assert precision >= 0.985
    assert recall >= 0.90


@pytest.mark.skipif(not SENZING.is_dir(), reason="the labelled sample is not here")
@pytest.mark.slow
def test_rules_for_persons_and_companies_on_hard_cases(spark, tmp_path):
    config = load_config(
        [DATA / "senzing_rules.yaml"], environment={"SENZING": str(SENZING), "OUTPUT": str(tmp_path / "out")}
    )
    pipeline.run(spark, config)
    with (SENZING / "truth_key.csv").open(encoding="utf-8") as file:
        truth = {f"{r['DATA_SOURCE'].lower()}:{r['RECORD_ID']}": r["CLUSTER_ID"] for r in csv.DictReader(file)}
    precision, recall = rates(profiles(tmp_path / "out"), truth)
    assert precision >= 0.85
    assert 2 * precision * recall / (precision + recall) >= 0.80


def profiles(output: Path) -> dict[str, str]:
    """The profile of each record; an unresolved one is its own."""
    return {r["record_key"]: r["dinmo_id"] or r["record_key"] for r in rows(output, "identity_lookup")}


def rates(found: dict[str, str], truth: dict[str, object]) -> tuple[float, float]:
    """Precision and recall of pairs."""
    assert found.keys() == truth.keys()
    both = pairs(Counter((found[key], truth[key]) for key in truth))
    return both / pairs(Counter(found.values())), both / pairs(Counter(truth.values()))


def pairs(sizes: Counter) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
