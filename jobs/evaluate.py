"""How right the last committed run is, against labels.

scripts/submit jobs/evaluate.py --config FILE --truth PATH

PATH: a table file or folder (Delta, Parquet, CSV with header, JSON, ORC) with the columns record_key and entity_id.
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
    parser = job_arguments("Compare the profiles of the last committed run with labels.")
    parser.add_argument("--truth", required=True, metavar="PATH", help="labels: record_key, entity_id")
    return run_job("evaluate", parser, evaluate)


def evaluate(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(pipeline.evaluate(spark, config, arguments.truth))


if __name__ == "__main__":
    sys.exit(main())
