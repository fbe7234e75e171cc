#!/usr/bin/env python3
"""Make sample people: four source tables with different columns and formats, and the truth about them.

The same arguments give the same bytes. Memory does not grow with ``--rows``: chunks are made and written one by one.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
from people.dice import Dice
from people.population import SOURCES, Counters, next_records
from people.sources import tables, write
from people.writer import FLAG_BITS

CHUNK_ROWS = 200_000
FOLDERS = (*SOURCES, "truth")
MADE_BY = "scripts/make_people.py"
MOST_ROWS = 10_000_000  # beyond, contact numbers would run out
LARGEST_SEED = 2**32 - 1


class UsageError(Exception):
    """Shown as one line; the exit code is 2."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(description=__doc__)
    parser.add_argument("--rows", type=int, required=True, help="source records in total")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other people (default 1)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write: new or empty; see --force")
    parser.add_argument("--force", action="store_true", help="overwrite what an earlier run of this script wrote")
    args = parser.parse_args(arguments)
    if not len(SOURCES) <= args.rows <= MOST_ROWS:
        raise UsageError(f"--rows: {args.rows} is not between {len(SOURCES)} and {MOST_ROWS:,}.")
    if not 0 <= args.seed <= LARGEST_SEED:
        raise UsageError(f"--seed: {args.seed} is not between 0 and {LARGEST_SEED:,}.")
    return args


def prepare(out: Path, force: bool) -> None:
    """An empty folder for each table; only what this script wrote is ever removed."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out: {out} is a file; name a folder.")
    if out.exists() and any(out.iterdir()):
        if not _made_here(out):
            raise UsageError(f"--out: {out} holds files that this script did not make; name a new folder.")
        if not force:
            raise UsageError(f"--out: {out} already holds made people; add --force to overwrite them.")
    for name in FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)
        (out / name).mkdir(parents=True)


def _made_here(out: Path) -> bool:
    try:
        return json.loads((out / "meta.json").read_text(encoding="utf-8")).get("made_by") == MADE_BY
    except (OSError, ValueError, AttributeError):
        return False


def make(rows: int, seed: int, out: Path) -> dict[str, Any]:
    """Write all tables, chunk by chunk; what comes out is their counts."""
    dice, counters, counts = Dice(seed), Counters(), Counts()
    _save_meta(out, {"complete": False})
    for part, start in enumerate(range(0, rows, CHUNK_ROWS)):
        records = next_records(dice, counters, min(CHUNK_ROWS, rows - start))
        for name, table in (made := tables(dice, records, rows)).items():
            write(table, out, name, part)
        counts.add(made)
    meta = {"complete": True, "rows": rows, "seed": seed} | counts.summary()
    _save_meta(out, meta)
    return meta


class Counts:
    """Sums over chunks; no person is in two of them."""

    def __init__(self) -> None:
        self.sources = dict.fromkeys(SOURCES, 0)
        self.sums = dict.fromkeys(("truth_records", "people", "true_pairs"), 0)
        self.largest_person = 0
        self.flags = dict.fromkeys(FLAG_BITS, 0)

    def add(self, made: dict[str, pa.Table]) -> None:
        for source in SOURCES:
            self.sources[source] += len(made[source])
        _, sizes = np.unique(made["truth"]["entity_id"].to_numpy(), return_counts=True)
        chunk = {"truth_records": sizes.sum(), "people": len(sizes), "true_pairs": (sizes * (sizes - 1) // 2).sum()}
        self.sums = {name: count + int(chunk[name]) for name, count in self.sums.items()}
        self.largest_person = max(self.largest_person, int(sizes.max(initial=0)))
        flags = made["truth"]["flags"].to_numpy()
        for flag, bit in FLAG_BITS.items():
            self.flags[flag] += int(np.count_nonzero(flags & bit))

    def summary(self) -> dict[str, Any]:
        return {
            "source_rows": self.sources, **self.sums, "largest_person": self.largest_person,
            "flag_bits": FLAG_BITS, "flag_counts": self.flags,
        }  # fmt: skip


def _save_meta(out: Path, meta: dict[str, Any]) -> None:
    text = json.dumps({"made_by": MADE_BY} | meta, indent=1)
    (out / "meta.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        args = parse(sys.argv[1:] if arguments is None else arguments)
        prepare(args.out, args.force)
        meta = make(args.rows, args.seed, args.out)
    except UsageError as error:
        print(f"make_people: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"make_people: cannot write {args.out}: {error.strerror or error}", file=sys.stderr)
        return 1
    sources = ", ".join(f"{name} {count:,}" for name, count in meta["source_rows"].items())
    people, pairs = f"{meta['people']:,} people", f"{meta['true_pairs']:,} true pairs"
    print(f"{args.rows:,} records of {people} in {args.out}: {sources}; {pairs}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
