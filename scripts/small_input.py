#!/usr/bin/env python3
"""Whether the sources of a job are small, for scripts/submit: exit code 0 where they are, 1 where not.

scripts/small_input.py [ARGUMENTS OF THE JOB]

What cannot be known before Spark starts is not small: a table of a catalog, an object store, a path where nothing is,
or what a wrong configuration means; what is wrong with that, the job itself will say.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from glob import glob
from itertools import accumulate, chain
from math import inf

from identity_spark.config import Config, Source, load_config
from identity_spark.errors import ConfigError

MOST_RECORDS = 300_000  # of more, a second compilation earns what it costs

# Bytes of a record: of narrow tables, so that others are taken for larger than they are.
RECORD_BYTES = {"parquet": 60, "orc": 60, "delta": 60, "csv": 100, "json": 130}
PACKED = (".gz", ".bz2", ".deflate", ".lz4", ".snappy", ".xz", ".zst")
PACKING = 8  # text shrinks to an eighth at most, as a rule


def main(arguments: Sequence[str]) -> int:
    try:
        return 0 if is_small(config_of(arguments)) else 1
    except (argparse.ArgumentError, ConfigError):
        return 1


def config_of(arguments: Sequence[str]) -> Config:
    """The configuration that a job with these arguments would load."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--config", action="append", default=[])
    parser.add_argument("--set", action="append", default=[])
    known, _ = parser.parse_known_args(arguments)
    return load_config(known.config, known.set)


def is_small(config: Config) -> bool:
    """Whether all sources together have about ``MOST_RECORDS`` or less; stops counting where they have more."""
    counts = chain.from_iterable(record_counts(source) for source in config.sources)
    return all(total <= MOST_RECORDS for total in accumulate(counts))


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
    sys.exit(main(sys.argv[1:]))
