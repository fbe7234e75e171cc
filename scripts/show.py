#!/usr/bin/env python3
"""What scripts/demo shows, in one Spark session: a run, how right it is, and its report page.

scripts/submit scripts/show.py --config FILE --truth PLACE --out DIR

Each is a job of jobs/ with its own arguments; the first that fails is the last, and what comes out is its exit code.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module


def main(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--config", "--truth", "--out"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args(given)
    for heading, job, options in (
        (None, "resolve", ()),
        ("against the sample's truth", "evaluate", ("--truth", arguments.truth)),
        ("to look at", "report", ("--out", arguments.out, "--show-values")),  # made people have nothing to hide
    ):
        if heading:
            print(f"\n{heading}", flush=True)
        sys.argv = [f"jobs/{job}.py", "--config", arguments.config, *options]
        if code := import_module(f"jobs.{job}").main():
            return int(code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
