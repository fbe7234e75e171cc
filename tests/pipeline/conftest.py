"""A small project in a folder of its own, and runs of the shipped rules on made people."""

from pathlib import Path

import make_people
import pytest
from projects import Project

from identity_spark import pipeline
from identity_spark.config import Config, load_config

CUSTOMERS = Path(__file__).resolve().parents[2] / "conf" / "customers.yaml"
SETTINGS = ("clustering.engine=dataframe", "identifiers.birth_date.max_values_per_profile=1")  # some profiles conflict


@pytest.fixture
def project(spark, tmp_path) -> Project:
    return Project(spark, tmp_path)


@pytest.fixture(scope="session")
def made_runs(spark, tmp_path_factory) -> list[tuple[Config, str, Path, Path]]:
    """Of several seeds: the configuration, the run, the folder of the people and that of the output."""
    found = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp("people")
        people, output = folder / "in", folder / "out"
        make_people.main(["--rows", "5000", "--seed", seed, "--out", str(people)])
        config = load_config([CUSTOMERS], SETTINGS, environment={"PEOPLE": str(people), "OUTPUT": str(output)})
        pipeline.run(spark, config, f"seed-{seed}")
        found.append((config, f"seed-{seed}", people, output))
    return found
