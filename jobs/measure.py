"""How right each rule of the last committed run is, measured without labels.

scripts/submit jobs/measure.py --config FILE [--json]

For every rule an identifier is held out that the rule does not use: how many of its pairs agree on it tells how many
are right, how many of the pairs that share it the rule finds tells what it misses.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.audit.measure import measured
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Measure the rules of the last committed run without labels.")
    parser.add_argument("--json", action="store_true", help="print JSON in place of text")
    return run_job("measure", parser, measure)


def measure(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(measured.measure_rules(spark, config, arguments.json))


if __name__ == "__main__":
    sys.exit(main())
