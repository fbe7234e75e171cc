"""Values that people decide: for whom, which of several, and what they replace."""

from datetime import datetime, timezone

import pytest

from identity_spark.errors import InputError
from identity_spark.schemas import DECIDED_VALUES, GOLDEN_OVERRIDES, REDIRECTS, differences
from identity_spark.stages import golden_overrides

OLD, NEW = (datetime(2026, month, 1, tzinfo=timezone.utc) for month in (1, 2))
GOLDEN = "dinmo_id string, email string, city string, visits bigint, field_sources map<string,string>"


def overrides(spark, *rows):
    """``dinmo_id``, ``record_key``, ``field``, ``value``, ``created_at``."""
    return spark.createDataFrame([(*row[:4], None, None, row[4], None) for row in rows], GOLDEN_OVERRIDES)


def test_overrides_follow_records_and_redirects_and_the_newest_counts(spark):
    given = overrides(
        spark,
        (None, "crm:1", "city", "Rome", OLD),
        (None, "crm:2", "city", "Bern", NEW),
        ("A", None, "email", "a@x.io", None),
        ("ended", None, "email", "b@x.io", OLD),
        ("lost", None, "email", "c@x.io", OLD),
        (None, "crm:9", "city", "Oslo", OLD),
        (None, "crm:3", "city", "Paris", OLD),
    )
    resolved = spark.createDataFrame(
        [("crm:1", "A"), ("crm:2", "A"), ("crm:3", None)], "record_key string, dinmo_id string"
    )
    redirects = spark.createDataFrame([("ended", "A", "r", "A"), ("lost", None, "r", None)], REDIRECTS)
    golden = spark.createDataFrame([("A",), ("B",)], "dinmo_id string")
    found = golden_overrides.decided_values(given, resolved, redirects, golden)
    assert differences(found, DECIDED_VALUES) == []
    assert sorted(map(tuple, found.collect())) == [("A", "city", "Bern"), ("A", "email", "b@x.io")]


def test_decided_values_replace_those_that_survived(spark, make_config):
    config = make_config("sources.crm.columns.visits=visits")
    rows = [
        ("A", "a@x.io", "Rome", 3, {"email": "crm:1", "city": "crm:1"}),
        ("B", "b@x.io", None, 4, {"email": "crm:2"}),
    ]
    names = [field.name for field in config.golden]
    golden = spark.createDataFrame(rows, GOLDEN)
    for name in (n for n in names if n not in golden.columns):
        golden = golden.selectExpr("*", f"CAST(NULL AS STRING) AS {name}")
    decided = spark.createDataFrame(
        [("A", "city", None), ("A", "visits", "7"), ("A", "email", "z@x.io")], DECIDED_VALUES
    )
    found = golden_overrides.with_decided(golden, decided, config)
    assert found.schema.simpleString() == golden.schema.simpleString()
    by_id = {row.dinmo_id: row for row in found.collect()}
    assert tuple(by_id["A"])[1:5] == ("z@x.io", None, 7, {"email": "override", "visits": "override"})
    assert tuple(by_id["B"])[1:5] == tuple(rows[1])[1:]


def test_a_value_of_another_type_is_an_error_without_the_value(spark, make_config):
    config = make_config("sources.crm.columns.visits=visits")
    golden = spark.createDataFrame(
        [], ", ".join(f"{f.name} {'bigint' if f.name == 'visits' else 'string'}" for f in config.golden)
    )
    given = overrides(
        spark, ("A", None, "visits", "many", None), ("A", None, "visits", "3", None), ("B", None, "visits", None, None)
    )
    found = golden_overrides.misfits(given, golden, config).collect()
    with pytest.raises(InputError) as error:
        golden_overrides.require_fitting_values(found, golden)
    assert str(error.value) == "golden_overrides: visits: 1 values do not read as bigint; correct them"
