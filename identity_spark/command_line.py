"""What every job does around its work: arguments, logging, and one clear line with an exit code where it fails.

The module of a job has ``HELP``, its line; ``arguments``, which adds those of its own; and ``work``, which does it and
gives the texts to print.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import NoReturn, TextIO

from identity_spark.errors import ConfigError, ResolutionError

log = logging.getLogger(__name__)

MODULES = {
    "cleanup": "identity_spark.pipeline.cleanup",
    "evaluate": "identity_spark.audit.evaluate.job",
    "explain": "identity_spark.audit.explain.job",
    "measure": "identity_spark.audit.measure.job",
    "profile_values": "identity_spark.audit.profile.values",
    "report": "identity_spark.audit.page.job",
    "resolve": "identity_spark.pipeline.publication",
    "review": "identity_spark.audit.review.job",
    "rollback": "identity_spark.pipeline.rollback",
    "validate": "identity_spark.audit.profile.validate",
}
LOST = "a file of a source or of the run is gone or damaged; restore it, or run again"
OF_THE_MACHINE = {  # what Spark says where the machine is at fault, and what to do; the first that fits
    "No space left on device": "a disk of the output or of Spark's temporary files is full; make room and run again",
    "OutOfMemoryError": "Spark ran out of memory; give it more (--driver-memory, --executor-memory) and run again",
    "FAILED_READ_FILE": LOST,
    "PATH_NOT_FOUND": LOST,
    "Py4JNetworkError": "Spark's process has ended, killed or out of memory; give it what it lacks and run again",
}


class Arguments(argparse.ArgumentParser):
    """An argument parser that reports a mistake as we report all others: one line, exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}; see --help")


def job(name: str) -> tuple[Callable[[], int], Callable[[], None]]:
    """``main`` and ``task`` of a job.

    Both take the arguments of the process. ``main`` returns the exit code; ``task`` raises ``SystemExit`` with it where
    the job fails, for platforms that call a function and ask for no exit code, like the wheel tasks of Databricks.
    """
    return partial(_main, name), partial(_task, name)


def _main(name: str) -> int:
    module = import_module(MODULES[name])
    parser = job_arguments(module.HELP)
    module.arguments(parser)

    def work(given: argparse.Namespace) -> None:
        for text in module.work(given):
            print(text, flush=True)

    return run_job(name, parser, work)


def _task(name: str) -> None:
    if code := _main(name):
        raise SystemExit(code)


def job_arguments(description: str) -> Arguments:
    """A parser with the arguments that every job takes: ``--config``, which repeats, and ``--set``."""
    parser = Arguments(description=description, allow_abbrev=False)
    parser.add_argument(
        "--config", action="append", required=True, metavar="FILE", help="YAML file; repeat to lay files on one another"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="one value on top, like rules[0].name=strict"
    )
    return parser


def run_job(name: str, parser: Arguments, work: Callable[[argparse.Namespace], None]) -> int:
    """Gives the parsed arguments to ``work`` and returns the exit code: 0, or that of the error.

    Every problem of an error is one line on stderr; the stack trace goes to the log file that ``IDENTITY_LOG`` names.
    """
    try:
        log_file = _set_up_logging(name)
        work(parser.parse_args())
    except ResolutionError as error:
        log.debug("%s failed", name, exc_info=True)
        for problem in str(error).splitlines():
            _say(f"error: {problem}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("error: interrupted")
        return 1
    except Exception as error:
        log.debug("%s failed", name, exc_info=True)
        _say(f"error: {_short(error)} (stack trace: {log_file})")
        return 1
    return 0


def _stderr() -> TextIO:
    """Where errors and progress go."""
    return _stderr_of_submit() or sys.stderr


@cache
def _stderr_of_submit() -> TextIO | None:
    """The stderr of spark-submit, which itself puts all that Python writes on its stdout; None where there is none."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return None
    try:
        return open(f"/proc/{os.getppid()}/fd/2", "a", encoding="utf-8", buffering=1)
    except OSError:  # not Linux, or a socket: better on stdout than nowhere
        return None


def _say(line: str) -> None:
    print(line, file=_stderr())


def _set_up_logging(name: str) -> Path:
    default = Path(tempfile.gettempdir()) / "identity_spark" / f"{name}.log"
    log_file = Path(os.environ.get("IDENTITY_LOG") or default)
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        to_file = logging.FileHandler(log_file, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"IDENTITY_LOG: cannot write {log_file}: {error.strerror}") from error
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    to_terminal = logging.StreamHandler(_stderr())
    to_terminal.setLevel(logging.INFO)
    to_terminal.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
    for chatty in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):  # PySpark's: stack traces on the terminal
        logging.getLogger(chatty).disabled = True
    ours = logging.getLogger("identity_spark")
    ours.setLevel(logging.DEBUG)
    ours.handlers = [to_file, to_terminal]
    return log_file


def _short(error: Exception) -> str:
    """What went wrong in a few words; of Spark's errors the condition alone, for their messages quote the data."""
    if found := _of_the_machine(error):
        return f"{found}; what earlier runs published stays as it is"
    if _is_of_spark(error):
        condition = error.getCondition() if hasattr(error, "getCondition") else None
        return f"Spark failed with {condition or type(error).__name__}"
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:300] if lines else 'no message'}"


def _of_the_machine(error: BaseException | None) -> str | None:
    """What the machine lacked, where that was it; without Spark every clean-up fails too, so earlier errors count."""
    while error is not None:
        told = f"{type(error).__name__}: {error}"
        if _is_of_spark(error) and (found := [remedy for sign, remedy in OF_THE_MACHINE.items() if sign in told]):
            return found[0]
        error = error.__context__
    return None


def _is_of_spark(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in ("pyspark", "py4j")  # by name: some jobs run without Spark
