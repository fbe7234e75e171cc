"""The main job: source tables in, golden records and their audit tables out.

spark-submit jobs/resolve.py --config FILE [--config FILE2] [--set key=value] [--run-id ID]
"""

import sys

from identity_spark import pipeline
from identity_spark.command_line import job_arguments, parse, run_job
from identity_spark.config import load_config
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Resolve the records of all sources into golden records.")
    parser.add_argument("--run-id", help="name of the run; a sortable unique one by default")
    arguments = parse(parser)

    def work() -> None:
        config = load_config(arguments.config, arguments.set)
        spark = session.get_session(f"identity {config.project}")
        print(pipeline.describe(pipeline.run(spark, config, arguments.run_id)))

    return run_job("resolve", work)


if __name__ == "__main__":
    sys.exit(main())
