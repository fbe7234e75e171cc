"""What Spark's event log says of a run: jobs, tasks, exchanges, bytes and processor time, by the name of its jobs."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SETTINGS = {
    "spark.eventLog.enabled": "true",
    "spark.eventLog.compress": "false",
    "spark.eventLog.rolling.enabled": "false",
}
UNNAMED = "between stages"
MB = 1 << 20


@dataclass
class Work:
    """What the jobs of one name did together. ``exchanges`` are the shuffles that were written."""

    jobs: int = 0
    tasks: int = 0
    exchanges: set[int] = field(default_factory=set)
    shuffle_bytes: int = 0
    spilled_bytes: int = 0  # on disk
    cpu_ns: int = 0

    def add_task(self, stage: int, metrics: Mapping) -> None:
        self.tasks += 1
        self.cpu_ns += metrics["Executor CPU Time"]
        self.spilled_bytes += metrics["Disk Bytes Spilled"]
        written = metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        self.shuffle_bytes += written
        if written:
            self.exchanges.add(stage)

    def figures(self) -> dict[str, float]:
        return {
            "jobs": self.jobs,
            "tasks": self.tasks,
            "exchanges": len(self.exchanges),
            "shuffle_mb": round(self.shuffle_bytes / MB, 1),
            "spill_mb": round(self.spilled_bytes / MB, 1),
            "cpu_s": round(self.cpu_ns / 1e9, 1),
        }


def read(folder: Path, names: Collection[str]) -> dict[str, Work]:
    """``summed`` of the one log that ``folder`` holds."""
    (log,) = (file for file in folder.iterdir() if not file.name.startswith("."))
    with log.open(encoding="utf-8") as lines:
        return summed(map(json.loads, lines), names)


def summed(events: Iterable[Mapping], names: Collection[str]) -> dict[str, Work]:
    """The work of the jobs by which of ``names`` they bear, ``UNNAMED`` if none.

    A stage that several jobs share counts for the first of them.
    """
    works: dict[str, Work] = defaultdict(Work)
    of_stages: dict[int, str] = {}
    for event in events:
        if event["Event"] == "SparkListenerJobStart":
            name = _name(event["Properties"].get("spark.job.description") or "", names)
            works[name].jobs += 1
            for stage in event["Stage IDs"]:
                of_stages.setdefault(stage, name)
        elif event["Event"] == "SparkListenerTaskEnd" and "Task Metrics" in event:
            stage = event["Stage ID"]
            works[of_stages.get(stage, UNNAMED)].add_task(stage, event["Task Metrics"])
    return dict(works)


def total(works: Iterable[Work]) -> Work:
    """All of them together."""
    whole = Work()
    for work in works:
        whole.jobs += work.jobs
        whole.tasks += work.tasks
        whole.exchanges |= work.exchanges
        whole.shuffle_bytes += work.shuffle_bytes
        whole.spilled_bytes += work.spilled_bytes
        whole.cpu_ns += work.cpu_ns
    return whole


def _name(description: str, names: Collection[str]) -> str:
    """Delta puts its own words around a description: ``Delta: publish: Compute snapshot for version: 0``."""
    said = next((part for part in description.split(": ") if part != "Delta"), "")
    return said if said in names else UNNAMED
