#!/usr/bin/env python3
"""Runs the job on data where one cluster holds nearly all records, and tells for each shape what became of it.

  scripts/bench/giants.py [--rows 200000] [--keep DIR] [SHAPE ...]

``chain``: each record shares a value with the next one. ``star``: all share one value. ``blob``: each has five values
of few hundred, so that all are tied many times over. A second source is a thousand times smaller, and its records are
two by two in small clusters. Two records of the giant have different cards, of which a profile may have one: with
``exclude`` the giant stays unresolved, with ``peel`` its only rule is refused and each record is a profile.
Exit code 1 where a run fails, does not warn of the giant, or publishes another number of golden records.
"""

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AS_CSV = 'format: csv, options: {header: "true"}, primary_key: id, columns: {tie: [v1, v2, v3, v4, v5], card: card}'
HEADER = ["id", "v1", "v2", "v3", "v4", "v5", "card"]
SMALL_SHARE = 1000
CONFIG = """
project: giants
sources:
  large: {{path: {folder}/large.csv, {as_csv}}}
  small: {{path: {folder}/small.csv, {as_csv}}}
identifiers:
  tie: {{type: id, max_records_per_value: null}}
  card: {{type: id, max_values_per_profile: 1}}
rules:
  - {{name: card, criteria: [{{identifiers: card, match: exact}}]}}
  - {{name: tie, criteria: [{{identifiers: tie, match: exact}}]}}
guardrails: {{on_conflict: {on_conflict}}}
output: {{path: {folder}/output-{on_conflict}}}
"""


def chain(rows: int) -> Iterator[list[str]]:
    for n in range(rows):
        yield [f"t{n}", f"t{n + 1}"]


def star(rows: int) -> Iterator[list[str]]:
    for _ in range(rows):
        yield ["hub"]


def blob(rows: int) -> Iterator[list[str]]:
    chance = random.Random(1)
    values = [f"t{n}" for n in range(max(5, rows // 500))]
    for _ in range(rows):
        yield chance.sample(values, 5)


SHAPES: dict[str, Callable[[int], Iterator[list[str]]]] = {"chain": chain, "star": star, "blob": blob}


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs the job on data with one giant cluster.")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--driver-memory", default="8g")
    parser.add_argument("--keep", metavar="DIR", help="keep data and outputs there")
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", default=list(SHAPES), help=", ".join(SHAPES))
    arguments = parser.parse_args()
    if unknown := sorted({*arguments.shapes} - {*SHAPES}):
        parser.error(f"there is no shape {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    with tempfile.TemporaryDirectory(prefix="giants-") as own:
        held = [
            run(shape, on_conflict, arguments, Path(arguments.keep or own) / shape)
            for shape in arguments.shapes
            for on_conflict in ("exclude", "peel")
        ]
    sys.exit(0 if all(held) else 1)


def run(shape: str, on_conflict: str, arguments: argparse.Namespace, folder: Path) -> bool:
    """Runs the job once and prints a line; whether it ended, warned, and published as many records as it should."""
    write(SHAPES[shape], arguments.rows, folder)
    config = folder / f"{on_conflict}.yaml"
    config.write_text(CONFIG.format(folder=folder, as_csv=AS_CSV, on_conflict=on_conflict), encoding="utf-8")
    submit = [str(ROOT / "scripts" / "submit"), "--driver-memory", arguments.driver_memory]
    start = time.monotonic()
    process = subprocess.run(
        [*submit, str(ROOT / "jobs" / "resolve.py"), "--config", str(config)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - start
    warned = f"one cluster holds {arguments.rows:,} of" in process.stderr
    golden = small_records(arguments.rows) // 2 + (arguments.rows if on_conflict == "peel" else 0)
    right = f"-> {golden:,} golden records" in process.stdout
    told = f"exit {process.returncode}, {seconds:.0f} s, giant seen: {warned}, {golden:,} golden records: {right}"
    print(f"{shape} {on_conflict}: {told}", flush=True)
    if process.returncode:
        print(process.stderr[-2000:])
    return process.returncode == 0 and warned and right


def small_records(rows: int) -> int:
    """How many records the small source has: an even number."""
    return max(2, rows // SMALL_SHARE // 2 * 2)


def write(shape: Callable[[int], Iterator[list[str]]], rows: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    cards = {0: "A1", rows - 1: "B2"}
    giant = ([f"{n}", *ties, *[""] * (5 - len(ties)), cards.get(n, "")] for n, ties in enumerate(shape(rows)))
    pairs = ([f"{n}", f"p{n // 2}", *[""] * 4, ""] for n in range(small_records(rows)))
    for name, content in (("large", giant), ("small", pairs)):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(content)


if __name__ == "__main__":
    main()
