"""A small project in a folder of its own, one committed run that several files start from, and the results of a next."""

from pathlib import Path

import pytest
from dying_publication import save_results
from projects import Project

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
