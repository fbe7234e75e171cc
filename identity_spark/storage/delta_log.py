"""The log of a Delta table at a path, read by the driver: asking Delta costs a job."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pyspark.sql import SparkSession

from identity_spark.storage.files import file_names, file_text

ENTRY = re.compile(r"\d{20}\.json")


@dataclass(frozen=True)
class Commit:
    """A commit of a table: its version, what it did, and the note of the run that made it."""

    version: int
    operation: str
    parameters: Mapping[str, Any]
    note: str | None

    @property
    def run_id(self) -> str | None:
        """The run of ours that made the commit, by the note each of them leaves."""
        try:
            note = json.loads(self.note or "null")
        except ValueError:
            return None
        return note.get("run_id") if isinstance(note, dict) else None


def versions(spark: SparkSession, path: str) -> list[int]:
    """The versions that the log has an entry of, the newest first."""
    names = file_names(spark, f"{path}/_delta_log")
    return sorted((int(name[:20]) for name in names if ENTRY.fullmatch(name)), reverse=True)


def commits(spark: SparkSession, path: str, after: int) -> Iterator[Commit]:
    """The commits later than the version ``after``, the newest first; an entry is read when it is asked for."""
    for version in versions(spark, path):
        if version <= after:
            return
        yield commit(spark, path, version)


def commit(spark: SparkSession, path: str, version: int) -> Commit:
    for action in _actions(spark, path, version):
        if (info := action.get("commitInfo")) is not None:
            parameters = info.get("operationParameters") or {}
            return Commit(version, str(info.get("operation")), parameters, info.get("userMetadata"))
    return Commit(version, "", {}, None)


def files(spark: SparkSession, path: str, version: int) -> list[str] | None:
    """The files of the table at a version that one commit wrote whole; None where several made it."""
    parameters = commit(spark, path, version).parameters
    is_whole = parameters.get("mode") == "Overwrite" and parameters.get("predicate", "[]") == "[]"
    if version != 0 and not is_whole:
        return None
    added = (action["add"]["path"] for action in _actions(spark, path, version) if "add" in action)
    return [f"{path}/{unquote(name)}" for name in added]


def _actions(spark: SparkSession, path: str, version: int) -> list[dict[str, Any]]:
    text = file_text(spark, f"{path}/_delta_log/{version:020}.json")
    return [json.loads(line) for line in text.splitlines() if line]
