"""Made people whose truth is known: the true precision of a rule lies in the interval measured without it."""

from collections import Counter, defaultdict

import pyarrow.parquet as pq
import pytest
from outputs import rows

from identity_spark import pipeline
from identity_spark.config import load_config
from identity_spark.errors import InputError
from identity_spark.pipeline.measuring import measured


@pytest.fixture(scope="module")
def runs(spark, made_runs):
    """Of each run the configuration, the measures, and how many pairs of each rule are right and how many there are."""
    found = []
    for config, run_id, people, output in made_runs:
        labels = {row["record_key"]: row["entity_id"] for row in pq.read_table(people / "truth").to_pylist()}
        right, pairs = Counter(), Counter()
        for pair in rows(output, "match_pairs"):
            pairs[pair["rule"]] += 1
            right[pair["rule"]] += labels[pair["left_record_key"]] == labels[pair["right_record_key"]]
        found.append((config, measured(spark, config, run_id), right, pairs))
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
    changes = ("rules=[{name: new, criteria: [{identifiers: email}]}]", f"output.path={config.output.path}")
    with pytest.raises(InputError, match="run seed-1 had no rule new"):
        pipeline.measure_rules(spark, load_config(["conf/customers.yaml"], changes, environment={}))


def test_a_run_without_a_pair(spark, project):
    """Every rule has its line, and no interval."""
    project.run("alone", [("1", "a@x.io", None, "A"), ("2", "b@x.io", "2025550111", "B")])
    found = measured(spark, project.config(), "alone")
    assert [(m.rule, m.precision, m.recall, m.advice) for m in found] == [
        ("email", None, None, "drop"),
        ("phone", None, None, "drop"),
    ]
