"""The review page of a committed run: one HTML file that needs nothing else, to open or to send.

scripts/submit jobs/report.py --config FILE --out DIR [--run-id ID] [--show-values]

Writes DIR/<run id>.html, by default of the newest run; DIR is a folder of the machine that runs the driver, and is made
if missing. The page shows counts, names, ids and record keys. With --show-values it shows what the pairs of the
profiles on it were compared by, too.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.audit.page.job import report_page
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Write the review page of a committed run.")
    parser.add_argument("--out", required=True, metavar="DIR", help="where to write <run id>.html")
    parser.add_argument("--run-id", metavar="ID", help="a committed run; default: the newest")
    parser.add_argument("--show-values", action="store_true", help="show identifier values, which are left out else")
    return run_job("report", parser, report)


def report(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    page = report_page(spark, config, arguments.out, arguments.run_id, arguments.show_values)
    print(f"page: {page}")


if __name__ == "__main__":
    sys.exit(main())
