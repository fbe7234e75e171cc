"""Which values many records share, before any matching, and which of them to block.

scripts/submit jobs/profile_values.py --config FILE [--limit N]

This job prints identifier values, for its purpose is to look at them; it logs none and writes no table.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.audit import inspection
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("List the most shared values of each identifier, and propose which to block.")
    parser.add_argument("--limit", type=count, default=20, metavar="N", help="so many values for each identifier (20)")
    return run_job("profile_values", parser, profile_values)


def count(written: str) -> int:
    if not (number := int(written)) > 0:
        raise ValueError
    return number


def profile_values(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(inspection.profile_values(spark, config, arguments.limit))


if __name__ == "__main__":
    sys.exit(main())
