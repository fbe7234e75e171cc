"""Check a configuration without Spark: one line and exit 0 when it is right, else every problem and exit 2.

python jobs/validate.py --config FILE [--config FILE2] [--set key=value]

With --profile it then reads the sources and says what each rule will cost, with warnings, which leave the exit code 0:

scripts/submit jobs/validate.py --config FILE --profile

That prints counts and no identifier values, and writes nothing.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError


def main() -> int:
    parser = job_arguments("Check a configuration without Spark; with --profile, see what its rules will cost.")
    parser.add_argument(
        "--profile", action="store_true", help="count the candidate pairs of each rule on the sources; needs Spark"
    )
    return run_job("validate", parser, validate)


def validate(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config, arguments.set)
    print(f"ok: {summary(config)}", flush=True)
    if arguments.profile:
        print(profile(config))


def summary(config: Config) -> str:
    """The project in a line: its name and how much of each kind it has."""
    kinds = {"source": config.sources, "identifier": config.identifiers, "rule": config.rules}
    counts = (f"{len(found)} {kind}{'' if len(found) == 1 else 's'}" for kind, found in kinds.items())
    return f"project {config.project}: {', '.join(counts)}"


def profile(config: Config) -> str:
    """What each rule will cost; Spark is imported here, so that the check alone needs none."""
    if importlib.util.find_spec("pyspark") is None:
        raise ConfigError("--profile: it needs Spark; run scripts/submit jobs/validate.py --config FILE --profile")
    from identity_spark.audit import inspection
    from identity_spark.storage import session

    return inspection.profile_rules(session.get_session(f"identity {config.project}"), config)


if __name__ == "__main__":
    sys.exit(main())
