"""The job ``validate``: whether a configuration is right, without Spark; and with ``--profile`` what its rules cost."""

import importlib.util
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError


def summary(config: Config) -> str:
    """The project in a line: its name and how much of each kind it has."""
    kinds = {"source": config.sources, "identifier": config.identifiers, "rule": config.rules}
    counts = (f"{len(found)} {kind}{'' if len(found) == 1 else 's'}" for kind, found in kinds.items())
    return f"project {config.project}: {', '.join(counts)}"


def costs(config: Config) -> str:
    """What each rule will cost; Spark is imported here, so that the check alone needs none."""
    if importlib.util.find_spec("pyspark") is None:
        raise ConfigError("--profile: it needs Spark; run scripts/submit jobs/validate.py --config FILE --profile")
    from identity_spark.audit.profile.rules import rule_costs
    from identity_spark.storage.session import get_session

    return rule_costs(get_session(config.project), config)


HELP = "Check a configuration without Spark; with --profile, see what its rules will cost."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--profile", action="store_true", help="count the candidate pairs of each rule on the sources; needs Spark"
    )


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield f"ok: {summary(config)}"
    if given.profile:
        yield costs(config)
