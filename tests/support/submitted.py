"""Jobs as a user runs them, by scripts/submit, on made people and the rules of conf/customers.yaml."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from outputs import content

from identity_spark.config import load_config

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "conf" / "customers.yaml"
LIMITS = (  # some profiles are in conflict
    "identifiers.birth_date.max_values_per_profile=1",
    "identifiers.birth_date.conflict_tolerance=fuzzy_medium",
    "sources.crm.max_records_per_profile=1",
)
TOLD = [word for limit in LIMITS for word in ("--set", limit)]


def submit(people: Path, output: Path, job: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PEOPLE": str(people), "OUTPUT": str(output)}
    script = [ROOT / "scripts" / "submit", "--driver-memory", "2g", ROOT / "jobs" / job, "--config", CONFIG]
    command = list(map(str, [*script, *arguments]))
    return subprocess.run(command, env=environment, cwd=people.parent, capture_output=True, text=True, check=False)


def made_people(folder: Path, rows: int, seed: int) -> Path:
    """The folder of made people, within ``folder``."""
    people = folder / "people"
    options = ["--rows", str(rows), "--seed", str(seed), "--out", str(people)]
    subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_people.py"), *options], check=True, capture_output=True
    )
    return people


def first_run(folder: Path) -> SimpleNamespace:
    """Made data of 3,000 records and its run ``first``, by GraphFrames: folders, configuration, what was printed, tables."""
    people, output = made_people(folder, 3000, seed=5), folder / "output"
    done = submit(people, output, "resolve.py", *TOLD, "--run-id", "first")
    assert done.returncode == 0, done.stderr
    config = load_config([CONFIG], LIMITS, environment={"PEOPLE": str(people), "OUTPUT": str(output)})
    return SimpleNamespace(people=people, output=output, config=config, done=done, first=content(output))
