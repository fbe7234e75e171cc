"""Remove the files that no kept run needs, and what runs that died left behind.

scripts/submit jobs/cleanup.py --config FILE [--dry-run]

The last output.keep_runs committed runs stay readable (10 by default). --dry-run only says what would go.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark import pipeline
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Remove the files that no kept run needs, and what dead runs left.")
    parser.add_argument("--dry-run", action="store_true", help="remove nothing, say what would go")
    return run_job("cleanup", parser, cleanup)


def cleanup(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(pipeline.cleanup(spark, config, arguments.dry_run))


if __name__ == "__main__":
    sys.exit(main())
