"""What a job says when it fails for no fault of the configuration or the data."""

import argparse

import pytest
from py4j.protocol import Py4JNetworkError
from pyspark.errors import PySparkException

from identity_spark.command_line import Arguments, run_job

CURRENT = "what earlier runs published stays as it is"
SAID = {
    "Job aborted: java.io.IOException: No space left on device": f"is full; make room and run again; {CURRENT}",
    "Task failed: java.lang.OutOfMemoryError: Java heap space": f"more (--driver-memory, --executor-memory) and run again; {CURRENT}",
    "[FAILED_READ_FILE.FILE_NOT_EXIST] file:/x/ann@x.io.parquet": f"gone or damaged; restore it, or run again; {CURRENT}",
    "[PATH_NOT_FOUND] Path does not exist: file:/x/ann": f"gone or damaged; restore it, or run again; {CURRENT}",
    "[CAST_INVALID_INPUT] ann@x.io is no number": "Spark failed with PySparkException",
}  # fmt: skip


def failed(work, monkeypatch, tmp_path, capsys):
    """What the job says that does this ``work``; the test has it end with exit code 1 and one line."""
    monkeypatch.setattr("sys.argv", ["job"])
    monkeypatch.setenv("IDENTITY_LOG", str(tmp_path / "log"))
    assert run_job("job", Arguments(), work) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    return told


@pytest.mark.parametrize("message", SAID)
def test_one_line_without_data_and_exit_code_1(message, monkeypatch, tmp_path, capsys):
    def work(_: argparse.Namespace) -> None:
        raise PySparkException(message)

    told = failed(work, monkeypatch, tmp_path, capsys)
    assert "ann" not in told
    assert f"{SAID[message]} (stack trace: {tmp_path / 'log'})" in told


def test_what_ended_the_job_is_said_and_not_the_clean_up_that_failed_then(monkeypatch, tmp_path, capsys):
    def work(_: argparse.Namespace) -> None:
        try:
            raise Py4JNetworkError("Answer from Java side is empty")
        finally:
            raise ConnectionRefusedError(111, "Connection refused")

    told = failed(work, monkeypatch, tmp_path, capsys)
    assert f"Spark's process has ended, killed or out of memory; give it what it lacks and run again; {CURRENT}" in told
