"""A committed run that several files review and explain."""

import sys
from types import SimpleNamespace

import pytest
from reviewed_people import reviewed_people, reviewed_project


@pytest.fixture(scope="session")
def reviewed(spark, tmp_path_factory):
    """The project of ``reviewed_people`` after its run ``one``; nothing runs it again."""
    project = reviewed_project(spark, tmp_path_factory.mktemp("reviewed"))
    project.run("one", reviewed_people())
    return project


@pytest.fixture
def job_on_reviewed(reviewed, tmp_path, monkeypatch, capsys):
    """Runs a job in this session; gives its exit code, what it printed, its error lines and its log."""
    log = tmp_path / "identity.log"
    monkeypatch.setenv("IDENTITY_LOG", str(log))

    def run(module, *arguments):
        reviewed.config()
        command = ["job.py", "--config", str(reviewed.folder / "config.yaml"), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        code = module.main()
        printed = capsys.readouterr()
        errors = [line for line in printed.err.splitlines() if line.startswith("error: ")]
        return SimpleNamespace(code=code, text=printed.out, errors=errors, err=printed.err, log=log.read_text("utf-8"))

    return run
