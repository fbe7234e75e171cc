"""The README is run as written: its five steps, in a folder that looks like a fresh checkout; and it names what exists."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from outputs import rows

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MARKED = re.compile(r"^<!-- (runnable|printed) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL_BLOCKS = re.findall(r"^```(?:sh)?\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"  # short jobs: compile little
ENVIRONMENT = {**os.environ, "JAVA_TOOL_OPTIONS": QUICK}
GOLDEN = re.compile(r"^\| (\w{8}-[-\w]+) \| (\S+) \| (\S+) \|", re.MULTILINE)  # a row of the table of golden records


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A folder with all that the commands find in a checkout, and nothing that they make."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("scripts", "jobs", "identity_spark", "conf", "requirements.txt", ".venv", ".spark"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def steps(checkout) -> list[tuple[str, str | None]]:
    """What each marked command printed, and what the README says that it prints; None where it does not say."""
    found = []
    for mark, text in MARKED.findall(README):
        if mark == "runnable":
            done = subprocess.run(
                ["bash", "-e"], input=text, cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{text}\n{done.stderr}"
            found.append((done.stdout, None))
        else:
            found[-1] = (found[-1][0], text)
    return found


@pytest.mark.slow
def test_five_steps_lead_to_golden_records(steps):
    assert len(steps) == 5
    said = [(actual, expected) for actual, expected in steps if expected is not None]
    assert len(said) == 2
    assert [actual for actual, _ in said] == [expected for _, expected in said]


@pytest.mark.slow
def test_the_golden_records_shown_are_those_made(steps, checkout):
    made = {
        r["dinmo_id"]: (r["email"], r["last_name"]) for r in rows(checkout / "lake" / "identity", "identity_golden")
    }
    assert {dinmo_id: tuple(shown) for dinmo_id, *shown in GOLDEN.findall(README)} == made


def test_every_script_job_and_page_named_exists():
    named = set(re.findall(r"(?:scripts|jobs)/\w+(?:\.py)?", "\n".join(SHELL_BLOCKS)))
    named |= {link for link in re.findall(r"\]\(([^)#]+)", README) if not link.startswith("http")}
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
