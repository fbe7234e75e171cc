"""Check a configuration without Spark: one line and exit 0 when it is right, else every problem and exit 2.

python jobs/validate.py --config FILE [--config FILE2] [--set key=value]
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import Config, load_config


def main() -> int:
    return run_job("validate", job_arguments("Check a configuration without Spark."), validate)


def validate(arguments: argparse.Namespace) -> None:
    print(f"ok: {summary(load_config(arguments.config, arguments.set))}")


def summary(config: Config) -> str:
    """The project in a line: its name and how much of each kind it has."""
    kinds = {"source": config.sources, "identifier": config.identifiers, "rule": config.rules}
    counts = (f"{len(found)} {kind}{'' if len(found) == 1 else 's'}" for kind, found in kinds.items())
    return f"project {config.project}: {', '.join(counts)}"


if __name__ == "__main__":
    sys.exit(main())
