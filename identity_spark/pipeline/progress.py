"""What one run carries through its stages: its name, its clock and its working files."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from pyspark.sql import DataFrame

from identity_spark.storage import session
from identity_spark.storage.workspace import Workspace

log = logging.getLogger(__name__)


@dataclass
class Run:
    """One run: its name, its clock, its working files, and the seconds each stage took."""

    run_id: str
    started_at: datetime
    work: Workspace
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.started_at.date()

    @contextmanager
    def stage(self, name: str) -> Iterator[list[str]]:
        """Says when the stage starts and when it ends, with what the block puts on the list; its jobs bear its name."""
        log.info("%s ...", name)
        told: list[str] = []
        start = time.monotonic()
        with session.jobs_named(self.work.spark, name):
            yield told
        self.seconds[name] = time.monotonic() - start
        log.info("%s: %s", name, ", ".join([*told, f"{self.seconds[name]:.1f} s"]))

    def write_down(self, name: str, frame: DataFrame) -> DataFrame:
        """``frame`` as it was written under ``name``, a stage of its own."""
        with self.stage(name) as told:
            written = self.work.materialize(name, frame)
            told.append(f"{written.count():,} rows")
        return written


class InMemory(Workspace):
    """Working files of a job that writes none: what is written down stays with the executors."""

    def materialize(self, name: str, frame: DataFrame) -> DataFrame:
        return frame.localCheckpoint()
