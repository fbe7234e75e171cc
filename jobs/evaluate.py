"""How right the last committed run is, against labels.

scripts/submit jobs/evaluate.py --config FILE --truth PLACE [--pairs PATH]

PLACE: a file or folder (Delta, Parquet, CSV with a header line, JSON, ORC), or a table of the catalog, with the columns
record_key and entity_id. PATH: a Delta table is written there, or written anew, of false and missed pairs to look at;
it holds record keys, entity ids and rule names, no identifier values.

scripts/submit jobs/evaluate.py --config FILE --sample FILE

takes for labels those that people gave to a sample that jobs/review.py drew: how many links of each rule and band of
similarity are right, with the interval that so few labels leave.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.audit import inspection
from identity_spark.audit.review import job as drawing
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.errors import ConfigError
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Compare the profiles of the last committed run with labels.")
    labels = parser.add_mutually_exclusive_group(required=True)
    labels.add_argument("--truth", metavar="PLACE", help="labels: record_key, entity_id")
    labels.add_argument("--sample", metavar="FILE", help="a sample of jobs/review.py with labels filled in")
    parser.add_argument("--pairs", metavar="PATH", help="where to write false and missed pairs, to look at")
    return run_job("evaluate", parser, evaluate)


def evaluate(arguments: argparse.Namespace) -> None:
    if arguments.sample is not None and arguments.pairs is not None:
        raise ConfigError("--pairs: a sample has no pairs to look at but its own; leave it out, or give --truth")
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    if arguments.sample is not None:
        print(drawing.evaluate_sample(spark, config, arguments.sample))
    else:
        print(inspection.evaluate(spark, config, arguments.truth, arguments.pairs))


if __name__ == "__main__":
    sys.exit(main())
