"""Jobs as a user runs them, by scripts/submit, on made people and the rules of conf/customers.yaml."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "conf" / "customers.yaml"


def submit(folder: Path, job: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PEOPLE": str(folder / "people"), "OUTPUT": str(folder / "output")}
    command = [
        ROOT / "scripts" / "submit",
        "--driver-memory",
        "2g",
        ROOT / "jobs" / job,
        "--config",
        CONFIG,
        *arguments,
    ]
    return subprocess.run(
        list(map(str, command)), env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


def make_people(folder: Path, rows: int, seed: int) -> None:
    """Made people under ``folder``/people, where ``submit`` looks for them."""
    options = ["--rows", str(rows), "--seed", str(seed), "--out", str(folder / "people")]
    subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_people.py"), *options], check=True, capture_output=True
    )
