"""The one table of identifier types: every name in it exists, and a row is all that a type takes beside its function."""

import pytest
from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config import load_config
from identity_spark.config.identifiers import STEPS
from identity_spark.config.types import FUZZY, TRANSFORMS, TYPES, Degree, IdentifierType
from identity_spark.errors import ConfigError
from identity_spark.expressions import standardizers, text
from identity_spark.expressions.similarity import COMPARISONS, agrees

OPTIONS = {"dialling", "country", "today", "formats", "case_sensitive", "only_numeric"}
PROJECT = """
project: cars
sources: {crm: {path: crm, primary_key: id, columns: {plate: number_plate, name: name}}}
identifiers:
  plate: {type: plate, blocked: [AA 000 AA]}
  name: {type: last_name}
  region: {from: plate, transform: "prefix:2"}
  letters: {from: plate, transform: tokens}
rules: [{name: car, criteria: [{identifiers: region}, {identifiers: plate, match: fuzzy_medium}]}]
golden: {fields: {plate: {strategy: longest}}}
output: {path: out}
"""
CASES = [("ab-123-cd", "AB 123 CD"), (" AB123CD ", "AB 123 CD"), ("car", None), ("", None), (None, None)]
ALIKE = [("AB 123 CD", "AB 124 CD", True), ("AB 123 CD", "AB 124 CE", False), ("AB 123 CD", None, None)]


def standardize_plate(raw: Column) -> Column:
    """The number plate as its three parts; null when it is none."""
    bare = F.upper(F.regexp_replace(raw, "[^A-Za-z0-9]+", ""))
    return F.when(bare.rlike("^[A-Z]{2}[0-9]{3}[A-Z]{2}$"), F.regexp_replace(bare, "^(..)(...)", "$1 $2 "))


@pytest.mark.parametrize("name", TYPES)
def test_a_row_names_what_is_there(name):
    row = TYPES[name]
    assert callable(standardizers.expression(row.canonical))
    assert row.shown is None or callable(standardizers.expression(row.shown))
    assert set(row.told) <= OPTIONS
    assert set(row.transforms) <= set(TRANSFORMS)
    assert set(row.fuzzy) <= set(FUZZY)
    assert {other for degree in row.fuzzy.values() for other in degree.others} <= set(COMPARISONS)


def test_a_transform_names_what_is_there():
    assert all(callable(standardizers.expression(row.function)) for row in TRANSFORMS.values())
    assert {row.gives for row in TRANSFORMS.values()} <= set(TYPES)
    named = {transform for row in TYPES.values() for transform in row.transforms}
    assert named | {name for name, row in TRANSFORMS.items() if row.of_every_type} == set(TRANSFORMS)


def test_the_steps_of_a_chain_are_those_of_the_configuration():
    assert tuple(standardizers.STEPS) == STEPS


@pytest.fixture
def plate(monkeypatch):
    """What adding a type takes: a row, and the function that it names."""
    row = IdentifierType(
        "text.standardize_plate",
        shown="text.tidy_text",
        fuzzy={"fuzzy_medium": Degree(edits=1)},
        transforms=("tokens",),
        max_records_per_value=50,
        max_last_names_per_value=3,
    )
    monkeypatch.setitem(TYPES, "plate", row)
    monkeypatch.setattr(text, "standardize_plate", standardize_plate, raising=False)
    yield
    standardizers.expression.cache_clear()


@pytest.mark.usefixtures("plate")
def test_a_type_is_a_row_and_a_function(spark, tmp_path):
    (tmp_path / "cars.yaml").write_text(PROJECT, "utf-8")
    config = load_config([tmp_path / "cars.yaml"], environment={})
    identifier = config.identifier("plate")
    assert (identifier.max_records_per_value, identifier.max_distinct_per_value) == (50, {"name": 3})
    canonical = standardizers.standardizer("plate", F.lit(None), F.lit(None))
    rows = spark.createDataFrame(CASES, "raw string, expected string")
    assert [row[0] for row in rows.select(canonical(F.col("raw"))).collect()] == [expected for _, expected in CASES]
    pairs = spark.createDataFrame(ALIKE, "left string, right string, expected boolean")
    found = pairs.select(agrees("plate", "fuzzy_medium", None, F.col("left"), F.col("right"))).collect()
    assert [row[0] for row in found] == [expected for *_, expected in ALIKE]


@pytest.mark.usefixtures("plate")
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("rules[0].criteria[1].match=fuzzy_strong", "choose from exact, fuzzy_medium"),
        ("identifiers.region.transform=year", "it takes date"),
        ("identifiers.plate.case_sensitive=true", "only id and text keep their case"),
        ("identifiers.plate.formats=[x]", "only dates have formats"),
    ],
)
def test_what_the_row_does_not_say_is_refused(tmp_path, change, problem):
    (tmp_path / "cars.yaml").write_text(PROJECT, "utf-8")
    with pytest.raises(ConfigError, match=problem):
        load_config([tmp_path / "cars.yaml"], [change], environment={})
