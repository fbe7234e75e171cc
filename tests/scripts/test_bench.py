"""The benchmark: its arguments, and that its standardizers are compiled code."""

import subprocess
import sys
from pathlib import Path

import bench
import bench_standardize
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.config import load_config


def test_arguments() -> None:
    assert bench.parse(["--rows", "10"]).only is None
    arguments = bench.parse(["--rows", "10", "--only", "standardize"])
    assert (arguments.rows, arguments.only, arguments.repetitions) == (10, "standardize", 5)


def test_ratios_are_of_the_numbers_that_both_results_have() -> None:
    earlier = {"rows": 10, "engine": "dataframe", "wall_s": 8.0, "stages": {"links": {"seconds": 2.0}, "ids": {}}}
    later = {"rows": 10, "engine": "dataframe", "wall_s": 6.0, "stages": {"links": {"seconds": 3.0, "rows": 5}}}
    assert bench.ratios(later, earlier) == {"rows": 1.0, "wall_s": 0.75, "stages": {"links": {"seconds": 1.5}}}


def test_the_minimal_profile_is_a_valid_configuration(tmp_path: Path) -> None:
    command = bench.command(bench.parse(["--rows", "10", "--profile", "minimal"]), tmp_path)
    config = load_config(
        [command[command.index("--config") + 1]],
        [c for c, o in zip(command[1:], command, strict=False) if o == "--set"],
    )
    assert [rule.name for rule in config.rules] == ["loyalty", "email", "own_phone", "name_and_birth_date"]
    assert all(criterion.match == "exact" for rule in config.rules for criterion in rule.criteria)


@pytest.mark.parametrize("wrong", [[], ["--rows", "ten"], ["--rows", "10", "--only", "nothing"]])
def test_wrong_arguments_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        bench.parse(wrong)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_records_hold_every_identifier(spark: SparkSession, tmp_path: Path) -> None:
    people = tmp_path / "people"
    bench.make_people(2000, 1, people)
    records = bench_standardize.complete_records(spark, people, tmp_path / "records")
    assert records.columns == list(bench_standardize.TYPES)
    assert records.count() == 2000
    assert records.select(*(F.count(name).alias(name) for name in records.columns)).first() == (2000,) * 8


@pytest.mark.usefixtures("compiled")
def test_every_standardizer_is_code_that_the_jvm_compiles(spark: SparkSession, tmp_path: Path) -> None:
    """An expression without generated code, or a method too long to compile, makes a row several times dearer."""
    values = spark.createDataFrame([tuple("x" * 8)], ", ".join(f"{name} string" for name in bench_standardize.TYPES))
    values.write.parquet(str(tmp_path / "values"))
    records = spark.read.parquet(str(tmp_path / "values"))
    forms = bench_standardize.standardized()
    for columns in ([form] for form in forms.values()):
        assert bench_standardize.code(records.select(*columns))["compiled"]
    assert bench_standardize.code(records.select(*forms.values()))["compiled"]


@pytest.mark.usefixtures("compiled")
def test_a_lambda_is_seen_as_no_generated_code(spark: SparkSession) -> None:
    words = spark.range(1).select(F.transform(F.split(F.col("id").cast("string"), " "), F.upper))
    assert not bench_standardize.code(words)["generated"]


def test_help_needs_no_spark() -> None:
    command = [sys.executable, "-X", "importtime", bench.__file__, "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "--only" in shown.stdout
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in shown.stderr.splitlines()}
    assert "argparse" in modules  # the list is what we think it is
    assert not {"pyspark", "py4j"} & modules
