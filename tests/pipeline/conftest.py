"""A small project in a folder of its own, one committed run that several files start from, and the results of a next."""

from pathlib import Path
from types import SimpleNamespace

import make_people
import pytest
from dying_publication import save_results
from projects import Project
from submitted import CONFIG, LIMITS

from identity_spark import pipeline
from identity_spark.config import load_config

PEOPLE = [
    ("1", "a@x.io", None, "A"),
    ("2", "a@x.io", None, "A"),
    ("3", "b@x.io", "2025550111", "B"),
    ("4", "c@x.io", "2025550111", "C"),
    ("5", "d@x.io", None, "D"),
    ("6", None, None, "E"),
    ("8", "h@x.io", None, "H"),
    ("9", "h@x.io", None, "H"),
]
CHANGED = {"3": ("3", "a@x.io", "2025550111", "B"), "9": ("9", "i@x.io", None, "H"), "7": ("7", "g@x.io", None, "G")}


@pytest.fixture
def project(spark, tmp_path) -> Project:
    return Project(spark, tmp_path)


@pytest.fixture(scope="session")
def one_run(spark, tmp_path_factory) -> Project:
    """A project after its run ``one``; nothing runs it again, but copies of it."""
    project = Project(spark, tmp_path_factory.mktemp("one"))
    project.run("one", PEOPLE)
    return project


@pytest.fixture(scope="session")
def saved(spark, one_run, tmp_path_factory) -> tuple[Project, Path]:
    """That project with other people, and the results of a run of them, which are not published."""
    project = one_run.copied(tmp_path_factory.mktemp("saved") / "p")
    project.write([*CHANGED.values(), *(row for row in PEOPLE if row[0] not in (*CHANGED, "5"))])
    results = tmp_path_factory.mktemp("results")
    save_results(spark, project.config(), results)
    return project, results


@pytest.fixture(scope="session")
def made_runs(spark, tmp_path_factory) -> list[SimpleNamespace]:
    """As ``demo``, of more people and several seeds, by the other engine and in this session."""
    found = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp("people")
        people, output = folder / "in", folder / "out"
        make_people.main(["--rows", "5000", "--seed", seed, "--out", str(people)])
        settings = (*LIMITS, "clustering.engine=dataframe")
        config = load_config([CONFIG], settings, environment={"PEOPLE": str(people), "OUTPUT": str(output)})
        pipeline.run(spark, config, "first")
        found.append(SimpleNamespace(people=people, output=output, config=config))
    return found
