"""Made people whose truth is known: the true precision of a rule lies in the interval measured without it."""

from collections import Counter, defaultdict

import pyarrow.parquet as pq
import pytest
from committed import committed
from outputs import rows

from identity_spark import schemas
from identity_spark.audit.measure.job import measure_rules
from identity_spark.audit.measure.measured import measured
from identity_spark.audit.published_run import published_run
from identity_spark.config import load_config
from identity_spark.errors import InputError


@pytest.fixture(scope="module", params=["demo", pytest.param("made_runs", marks=pytest.mark.slow)])
def runs(spark, request):
    """Of each run the configuration, the measures, and how many pairs of each rule are right and how many there are."""
    given, found = request.getfixturevalue(request.param), []
    for run in given if isinstance(given, list) else [given]:
        labels = {row["record_key"]: row["entity_id"] for row in pq.read_table(run.people / "truth").to_pylist()}
        right, pairs = Counter(), Counter()
        for pair in rows(run.output, "match_pairs"):
            pairs[pair["rule"]] += 1
            right[pair["rule"]] += labels[pair["left_record_key"]] == labels[pair["right_record_key"]]
        found.append((run.config, measured(published_run(spark, run.config, "first")), right, pairs))
    return found


def test_the_true_precision_lies_inside_the_interval(runs):
    inside = defaultdict(list)
    for _, measures, right, pairs in runs:
        for measure in measures:
            if measure.precision is not None and pairs[measure.rule]:
                true = right[measure.rule] / pairs[measure.rule]
                inside[measure.precision.low <= true <= measure.precision.high].append((measure, true))
    misses = [(m.rule, m.held_out, m.precision, true) for m, true in inside[False]]
    assert len(inside[True]) >= 8 * len(runs), "most rules can be measured"
    assert len(inside[True]) >= 0.9 * (len(inside[True]) + len(inside[False])), misses


def test_no_rule_is_measured_by_what_it_uses(runs):
    for config, measures, *_ in runs:
        used = {rule.name: set(rule.identifiers) for rule in config.rules}
        assert [m.rule for m in measures] == [rule.name for rule in config.rules]
        held_out = [(m.rule, m.held_out) for m in measures if m.held_out is not None]
        assert len(held_out) > 5, "most rules can be measured"
        assert [(rule, name) for rule, name in held_out if name in used[rule]] == []


def test_another_configuration_than_the_runs(spark, runs):
    config, *_ = runs[0]
    changes = ("rules=[{name: new, criteria: [{identifiers: email}]}]", f"output.path={config.output.path}")
    with pytest.raises(InputError, match="run first had no rule new"):
        measure_rules(spark, load_config(["conf/customers.yaml"], changes, environment={}))


def test_a_run_without_a_pair(spark, project):
    """Every rule has its line, and no interval."""
    config = project.config()
    people = [("crm:1", "crm", "a@x.io", None, "a"), ("crm:2", "crm", "b@x.io", "+12025550111", "b")]
    figures = [("rule", rule.name, name, 0.0) for rule in config.rules for name in ("pairs", "conflict_rate")]
    figures += [("rule", rule.name, "merges_only_here", 0.0) for rule in config.rules]
    figures += [("project", "small", "records", 2.0), ("identifier", "email", "completeness", 1.0)]
    figures += [("identifier", "phone", "completeness", 0.5), ("identifier", "last_name", "completeness", 1.0)]
    tables = {
        "identity_lookup": spark.createDataFrame(
            people, "record_key string, source string, email string, phone string, last_name string"
        ),
        "match_pairs": spark.createDataFrame([], schemas.PAIRS),
        "identity_golden_report": spark.createDataFrame([("alone", *figure) for figure in figures], schemas.REPORT),
    }
    committed(config.output, "alone", tables)
    found = measured(published_run(spark, config, "alone"))
    assert [(m.rule, m.precision, m.recall, m.advice) for m in found] == [
        ("email", None, None, "drop"),
        ("phone", None, None, "drop"),
    ]
