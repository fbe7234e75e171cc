"""scripts/demo: three jobs in one session, the exit code of the first that fails, and where everything is."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import show

GIVEN = ["--config", "c.yaml", "--truth", "people/truth", "--out", "pages"]


@pytest.fixture
def shown(checkout):
    """The end of what the demo says, in a checkout whose spark-submit ends with a code."""

    def run(code: int, *pages: str) -> tuple[int, list[str]]:
        for page in pages:
            (checkout / ".demo" / "pages").mkdir(parents=True, exist_ok=True)
            (checkout / ".demo" / "pages" / page).touch()
        (checkout / ".demo" / "output" / "identity_golden").mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "JAVA_HOME": str(checkout / ".java"), "TOLD": str(code)}
        done = subprocess.run(
            ["scripts/demo", "40"], cwd=checkout, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.splitlines()

    return run


def test_it_ends_with_the_newest_page_beside_the_tables(shown):
    code, said = shown(0, "20260101T000000-ffffff.html", "20261231T000000-000000.html")
    assert code == 0
    assert said[0].startswith("40 records of ")
    assert "where everything is" in said
    table = said.index("                   identity_golden")
    assert said[table + 1] == "  page           .demo/pages/20261231T000000-000000.html (open it in a browser)"


def test_what_fails_ends_it_with_its_exit_code(shown):
    code, said = shown(4)
    assert code == 4
    assert "where everything is" not in said


@pytest.fixture
def jobs(monkeypatch):
    """Stands in for the jobs: notes their arguments and returns the exit codes given for them."""
    noted: list[list[str]] = []

    def stand_in(codes: dict[str, int]) -> list[list[str]]:
        for name in ("resolve", "evaluate", "report"):

            def main(name: str = name) -> int:
                noted.append(list(sys.argv))
                return codes.get(name, 0)

            monkeypatch.setitem(sys.modules, f"jobs.{name}", SimpleNamespace(main=main))
        return noted

    monkeypatch.setattr(sys, "argv", ["show.py"])
    return stand_in


def test_each_job_gets_its_own_arguments(jobs):
    noted = jobs({})
    assert show.main(GIVEN) == 0
    assert noted == [
        ["jobs/resolve.py", "--config", "c.yaml"],
        ["jobs/evaluate.py", "--config", "c.yaml", "--truth", "people/truth"],
        ["jobs/report.py", "--config", "c.yaml", "--out", "pages", "--show-values"],
    ]


def test_the_first_that_fails_is_the_last(jobs):
    noted = jobs({"evaluate": 3, "report": 1})
    assert show.main(GIVEN) == 3
    assert [arguments[0] for arguments in noted] == ["jobs/resolve.py", "jobs/evaluate.py"]
