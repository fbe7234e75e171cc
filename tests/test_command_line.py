"""What a job says when it fails for no fault of the configuration or the data."""

import argparse

import pytest
from pyspark.errors import PySparkException

from identity_spark.command_line import Arguments, run_job

CURRENT = "the last committed run is still the current one"
SAID = {
    "Job aborted: java.io.IOException: No space left on device": f"is full; make room and run again; {CURRENT}",
    "Task failed: java.lang.OutOfMemoryError: Java heap space": f"more (--driver-memory, --executor-memory) and run again; {CURRENT}",
    "[FAILED_READ_FILE.FILE_NOT_EXIST] file:/x/ann@x.io.parquet": f"gone or damaged; look what removes files, and run again; {CURRENT}",
    "[CAST_INVALID_INPUT] ann@x.io is no number": "Spark failed with PySparkException",
}  # fmt: skip


@pytest.mark.parametrize("message", SAID)
def test_one_line_without_data_and_exit_code_1(message, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["job"])
    monkeypatch.setenv("IDENTITY_LOG", str(tmp_path / "log"))

    def work(_: argparse.Namespace) -> None:
        raise PySparkException(message)

    assert run_job("job", Arguments(), work) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert "ann" not in told
    assert f"{SAID[message]} (stack trace: {tmp_path / 'log'})" in told
