"""Draw pairs of the last committed run for people to label, so that what rules get right can be estimated.

scripts/submit jobs/review.py --config FILE --n 200 --out sample.csv [--seed N]

sample.csv, a new file on this machine, has a row for each pair and rule: an empty label to fill in with yes (one
person or company), no, or unsure; the keys and all identifier values of both records side by side; the evidence. It is
made to be looked at, so it holds personal data. Same run, same seed: same pairs. Then:

scripts/submit jobs/evaluate.py --config FILE --sample sample.csv
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.audit.review import job as drawing
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Draw a sample of the pairs of the last committed run, to be labelled by people.")
    parser.add_argument("--n", type=int, default=200, metavar="N", help="how many pairs, 200 by default")
    parser.add_argument("--out", required=True, metavar="FILE", help="where to write the sample: a new CSV file")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another number draws other pairs")
    return run_job("review", parser, review)


def review(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(drawing.review(spark, config, arguments.n, arguments.out, arguments.seed))


if __name__ == "__main__":
    sys.exit(main())
