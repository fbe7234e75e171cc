"""The one place that runs Spark in a run: its stages, what they write down and count, and loops until nothing is left.

Stages of the flow hold frames only. Whatever is computed goes through here, so that a run's queries can be read off the
calls of ``write`` and ``collect``.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from functools import reduce
from typing import Any, TypeVar

from pyspark.sql import Column, DataFrame, Observation, Row, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.storage import session
from identity_spark.storage.tables import Tables
from identity_spark.storage.workspace import Workspace

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

ROWS = "rows"
FIGURES = "figures"
AT_ONCE = 4  # small queries: each waits for the driver most of the time
PATIENCE = 10  # seconds for figures that were observed; Spark hands them over right after the write


@dataclass(frozen=True)
class Written:
    """A frame as it was written down and is read back, its number of rows, and what else was observed of them."""

    frame: DataFrame
    rows: int
    observed: Mapping[str, Any] = field(default_factory=dict)


class Stage:
    """One stage of a run, and every query that it runs."""

    def __init__(self, work: Workspace) -> None:
        self._work = work
        self.rows: int | None = None  # of what was written last

    def write(self, name: str, frame: DataFrame, **observed: Column) -> Written:
        """``frame`` written down under ``name``, and read back; the same rows and ids at every later use.

        One query: rows are counted on the way, and so are the aggregates ``observed``.
        """
        observation = Observation()
        figures = {**observed, ROWS: F.count(F.lit(1))}
        # As one text: each figure by itself would be several calls to Java. It leaves out what is null.
        together = F.to_json(F.struct(*(figure.alias(label) for label, figure in figures.items()))).alias(FIGURES)
        written = self._work.materialize(name, frame.observe(observation, together))
        text = _observed(observation)
        if text is None:
            ((text,),) = written.agg(together).collect()
        found = dict.fromkeys(observed) | json.loads(text)
        self.rows = int(found.pop(ROWS))
        return Written(written, self.rows, found)

    def collect(self, frame: DataFrame) -> list[Row]:
        """The rows of a frame that grows with the configuration and not with the data."""
        return frame.collect()

    def collect_all(self, frames: Mapping[str, DataFrame]) -> dict[str, list[dict[str, Any]]]:
        """The rows of several such frames, whose values JSON has, by the name of the frame and of the column.

        One query: each by itself would wait for the driver.
        """
        row = "to_json(struct(*), map('ignoreNullFields', 'false')) AS row"
        parts = [frame.selectExpr(f"'{name}' AS frame", row) for name, frame in frames.items()]
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in frames}
        for name, row in reduce(DataFrame.union, parts).collect():
            found[name].append(json.loads(row))
        return found

    def until_none(
        self, start: Written, step: Callable[[Written, int], Written], counted: str = ROWS, most: int | None = None
    ) -> tuple[Written, int]:
        """The last of what ``step`` makes of ``start``, over and over while it counts any; and how many steps it took.

        ``counted`` names the figure that has to come down to none, ``most`` is the greatest number of steps.
        """
        found, steps = start, 0
        while (found.rows if counted == ROWS else found.observed[counted]) and steps != most:
            found, steps = step(found, steps), steps + 1
        return found, steps


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
    def stage(self, name: str) -> Iterator[Stage]:
        """Says when the stage starts and when it ends, with the rows written last; its jobs bear its name.

        The clock starts before any frame of the stage is built.
        """
        log.info("%s ...", name)
        start = time.monotonic()
        stage = Stage(self.work)
        with session.jobs_named(self.work.spark, name):
            yield stage
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - start
        told = [] if stage.rows is None else [f"{stage.rows:,} rows"]
        log.info("%s: %s", name, ", ".join([*told, f"{self.seconds[name]:.1f} s"]))

    def side_by_side(self, step: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """``step`` of each item, several at once, in the order of the items; their jobs bear the name of the stage."""
        with ThreadPoolExecutor(AT_ONCE) as several:
            return list(several.map(session.as_here(self.work.spark, step), items))


class InMemory(Workspace):
    """Working files of a job that writes none: what is written down stays with the executors."""

    def materialize(self, name: str, frame: DataFrame) -> DataFrame:
        return frame.localCheckpoint()


def in_memory(spark: SparkSession, config: Config, name: str) -> Run:
    """A job that runs stages and writes nothing."""
    return Run(name, datetime.now(timezone.utc), InMemory(Tables(spark, config.output), name))


def _observed(observation: Observation) -> str | None:
    """The text observed of a finished query; None where Spark hands none over, as it may for a plan without rows."""
    found: list[str | None] = []

    def wait() -> None:
        try:
            found.append(session.observed(observation, FIGURES))
        except Exception:  # over Spark Connect there is no waiting
            log.debug("no observed figures", exc_info=True)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(PATIENCE)
    return found[0] if found else None
