"""Make an earlier committed run current again, as a new run.

scripts/submit jobs/rollback.py --config FILE --to RUN [--run-id ID]

identity_runs lists the runs. Those of the last output.keep_runs can be rolled back to, older ones until jobs/cleanup.py
has removed their files.
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
    parser = job_arguments("Make an earlier committed run current again.")
    parser.add_argument("--to", required=True, metavar="RUN", help="the run whose results are to be current")
    parser.add_argument("--run-id", metavar="ID", help="name of the new run; a sortable unique one by default")
    return run_job("rollback", parser, rollback)


def rollback(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(pipeline.rollback(spark, config, arguments.to, arguments.run_id))


if __name__ == "__main__":
    sys.exit(main())
