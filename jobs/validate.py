"""Check a configuration without Spark: one line and exit 0 when it is right, else every problem and exit 2."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError


class Arguments(argparse.ArgumentParser):
    """An argument parser that reports a mistake as we report all others: one line, exit 2."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}; see --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 or 2."""
    parser = Arguments(description="Check a configuration without Spark.", allow_abbrev=False)
    parser.add_argument(
        "--config", action="append", required=True, metavar="FILE", help="YAML file; repeat to lay files on one another"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="one value on top, like rules[0].name=strict"
    )
    try:
        options = parser.parse_args(arguments)
        print(f"ok: {summary(load_config(options.config, options.set))}")
    except ConfigError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def summary(config: Config) -> str:
    """The project in a line: its name and how much of each kind it has."""
    kinds = {"source": config.sources, "identifier": config.identifiers, "rule": config.rules}
    counts = (f"{len(found)} {kind}{'' if len(found) == 1 else 's'}" for kind, found in kinds.items())
    return f"project {config.project}: {', '.join(counts)}"


if __name__ == "__main__":
    sys.exit(main())
