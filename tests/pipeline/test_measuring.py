"""Made people whose truth is known: the true precision of a rule lies in the interval measured without it."""

from collections import Counter, defaultdict
from pathlib import Path

import make_people
import pyarrow.parquet as pq
import pytest
from outputs import rows

from identity_spark import pipeline
from identity_spark.config import load_config
from identity_spark.errors import InputError
from identity_spark.pipeline.measuring import measured

CUSTOMERS = Path(__file__).resolve().parents[2] / "conf" / "customers.yaml"
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def runs(spark, tmp_path_factory):
    """Of each seed the configuration, the measures, and how many pairs of each rule are right and how many there are."""
    found = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp("people")
        make_people.main(["--rows", "6000", "--seed", str(seed), "--out", str(folder / "in")])
        environment = {"PEOPLE": str(folder / "in"), "OUTPUT": str(folder / "out")}
        config = load_config([CUSTOMERS], ["clustering.engine=dataframe"], environment=environment)
        pipeline.run(spark, config, f"seed-{seed}")
        labels = {t["record_key"]: t["entity_id"] for t in pq.read_table(folder / "in" / "truth").to_pylist()}  # fmt: skip
        right, pairs = Counter(), Counter()
        for pair in rows(folder / "out", "match_pairs"):
            pairs[pair["rule"]] += 1
            right[pair["rule"]] += labels[pair["left_record_key"]] == labels[pair["right_record_key"]]
        found.append((config, measured(spark, config, f"seed-{seed}"), right, pairs))
    return found


def test_the_true_precision_lies_inside_the_interval(runs):
    inside = defaultdict(list)
    for _, measures, right, pairs in runs:
        for measure in measures:
            if measure.precision is not None and pairs[measure.rule]:
                true = right[measure.rule] / pairs[measure.rule]
                inside[measure.precision.low <= true <= measure.precision.high].append((measure, true))
    misses = [(m.rule, m.held_out, m.precision, true) for m, true in inside[False]]
    assert len(inside[True]) >= 16, "most rules can be measured"
    assert len(inside[True]) >= 0.9 * (len(inside[True]) + len(inside[False])), misses


def test_no_rule_is_measured_by_what_it_uses(runs):
    for config, measures, *_ in runs:
        used = {rule.name: set(rule.identifiers) for rule in config.rules}
        assert [m.rule for m in measures] == [rule.name for rule in config.rules]
        assert all(m.held_out not in used[m.rule] for m in measures)


def test_another_configuration_than_the_runs(spark, runs):
    config, *_ = runs[0]
    other = load_config(
        [CUSTOMERS], ["rules=[{name: new, criteria: [{identifiers: email}]}]", f"output.path={config.output.path}"], environment={}
    )  # fmt: skip
    with pytest.raises(InputError, match="run seed-1 had no rule new"):
        pipeline.measure_rules(spark, other)
