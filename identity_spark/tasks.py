"""The jobs for a platform that calls a function and asks for no exit code, like the wheel tasks of Databricks.

``tasks.resolve()`` is ``jobs/resolve.py`` with the arguments of the process, and so is every other job by its name; one
that fails raises ``SystemExit`` with its exit code. They are there in the installed wheel only.
"""

from collections.abc import Callable
from importlib import import_module


def __getattr__(job: str) -> Callable[[], None]:
    if job.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {job!r}")

    def task() -> None:
        if code := import_module(f"identity_spark.jobs.{job}").main():
            raise SystemExit(code)

    return task
