#!/usr/bin/env python3
"""How large the sources of a job are, for scripts/submit: prints tiny, small or large.

scripts/input_size.py [ARGUMENTS OF THE JOB]

What cannot be known before Spark starts is large: a table of a catalog, an object store, a path where nothing is, or
what a wrong configuration means; what is wrong with that, the job itself will say.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from glob import glob
from itertools import chain
from math import inf

from identity_spark.config import Config, Source, load_config
from identity_spark.errors import ConfigError

TINY = 5_000  # records: up to so many, code that Spark generates costs more than it saves
SMALL = 300_000  # and up to so many, Java's second compilation does

# Bytes of a record: of narrow tables, so that others are taken for larger than they are.
RECORD_BYTES = {"parquet": 60, "orc": 60, "delta": 60, "csv": 100, "json": 130}
PACKED = (".gz", ".bz2", ".deflate", ".lz4", ".snappy", ".xz", ".zst")
PACKING = 8  # text shrinks to an eighth at most, as a rule


def main(arguments: Sequence[str]) -> None:
    try:
        print(size(config_of(arguments)))
    except (argparse.ArgumentError, ConfigError):
        print("large")


def config_of(arguments: Sequence[str]) -> Config:
    """The configuration that a job with these arguments would load."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--config", action="append", default=[])
    parser.add_argument("--set", action="append", default=[])
    known, _ = parser.parse_known_args(arguments)
    return load_config(known.config, known.set)


def size(config: Config) -> str:
    """By how many records all sources have together; stops counting where they are large."""
    records = 0.0
    for count in chain.from_iterable(map(record_counts, config.sources)):
        records += count
        if records > SMALL:
            return "large"
    return "tiny" if records <= TINY else "small"


def record_counts(source: Source) -> Iterator[float]:
    """About how many records each file of ``source`` has at most; infinitely many where nobody knows."""
    path = (source.path or "").removeprefix("file://").removeprefix("file:")
    places = glob(path)  # another scheme than file: matches nothing
    if not places:
        yield inf
    for file in chain.from_iterable(map(files, places)):
        packed = PACKING if file.endswith(PACKED) and source.format in ("csv", "json") else 1
        yield os.path.getsize(file) * packed / RECORD_BYTES[source.format]


def files(place: str) -> Iterator[str]:
    """``place`` itself, or the files below it that Spark reads; of a Delta table those of earlier versions too."""
    if os.path.isfile(place):
        yield place
    for folder, inner, names in os.walk(place):
        inner[:] = [name for name in inner if is_read(name)]
        yield from (os.path.join(folder, name) for name in names if is_read(name))


def is_read(name: str) -> bool:
    return not name.startswith((".", "_")) or "=" in name  # the latter: a partition


if __name__ == "__main__":
    main(sys.argv[1:])
