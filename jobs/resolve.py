"""The main job: source tables in, golden records and their audit tables out.

scripts/submit jobs/resolve.py --config FILE [--config FILE2] [--set key=value] [--run-id ID]
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
    parser = job_arguments("Resolve the records of all sources into golden records.")
    parser.add_argument("--run-id", metavar="ID", help="name of the run; a sortable unique one by default")
    return run_job("resolve", parser, resolve)


def resolve(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(pipeline.run(spark, config, arguments.run_id).summary)


if __name__ == "__main__":
    sys.exit(main())
