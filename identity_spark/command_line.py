"""What every job does around its work: arguments, logging, and one clear line with an exit code where it fails."""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from identity_spark.errors import ConfigError, ResolutionError

log = logging.getLogger(__name__)


def job_arguments(description: str) -> argparse.ArgumentParser:
    """A parser with the arguments that every job takes: ``--config``, which repeats, and ``--set``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--config", action="append", required=True, metavar="FILE", help="configuration; several merge left to right"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="a.b[0].c=value", help="one value, read as YAML, over the files"
    )
    return parser


def run_job(name: str, work: Callable[[], None]) -> int:
    """The exit code of ``work``: 0, or that of the error, which becomes one line on stderr per problem.

    The stack trace goes to the log file that ``IDENTITY_LOG`` names.
    """
    log_file = _set_up_logging(name)
    try:
        work()
    except ResolutionError as error:
        log.debug("%s failed", name, exc_info=True)
        for problem in str(error).splitlines():
            print(f"error: {problem}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("error: interrupted; nothing more is written", file=sys.stderr)
        return 1
    except Exception as error:
        log.debug("%s failed", name, exc_info=True)
        print(f"error: {_short(error)} (stack trace: {log_file})", file=sys.stderr)
        return 1
    return 0


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The parsed arguments; argparse itself exits with 2 and one line where they are wrong."""
    return parser.parse_args(arguments)


def _set_up_logging(name: str) -> Path:
    default = Path(tempfile.gettempdir()) / "identity_spark" / f"{name}.log"
    log_file = Path(os.environ.get("IDENTITY_LOG") or default)
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        to_file = logging.FileHandler(log_file, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"IDENTITY_LOG: cannot write {log_file}: {error.strerror}") from error
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    to_terminal = logging.StreamHandler(sys.stderr)
    to_terminal.setLevel(logging.INFO)
    to_terminal.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
    logging.getLogger(
        "SQLQueryContextLogger"
    ).disabled = True  # PySpark's: it prints whole stack traces to the terminal
    ours = logging.getLogger("identity_spark")
    ours.setLevel(logging.DEBUG)
    ours.handlers = [to_file, to_terminal]
    return log_file


def _short(error: Exception) -> str:
    """What went wrong in a few words; of Spark's errors the condition alone, for their messages quote the data."""
    if type(error).__module__.split(".")[0] in ("pyspark", "py4j"):  # by name: some jobs run without Spark
        condition = error.getCondition() if hasattr(error, "getCondition") else None
        return f"Spark failed with {condition or type(error).__name__}"
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:300] if lines else 'no message'}"
