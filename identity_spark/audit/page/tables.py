"""The tables of the page: the rows shown first, and how many a long table leaves out."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity_spark.audit.page.facts import Facts, Row

MOST_ROWS = 20
MOST_MEASURES = 3  # of one rule
APART = ("blocked_values", "over_shared_values", "invalid_values")
EVENTS = ("created", "merged", "split", "retired", "revived")
CLASSES = (  # metric, label
    ("matched_records", "matched"),
    ("unique_records", "alone"),
    ("conflict_records", "in conflict"),
    ("missing_records", "missing"),
    ("bad_key_records", "bad keys"),
)


@dataclass(frozen=True)
class Table:
    """The first rows of a table, and how many more there are."""

    rows: Sequence[Any] = ()
    more: int = 0


@dataclass(frozen=True)
class Class:
    """The records of a source that one thing became of."""

    metric: str
    label: str
    share: float


@dataclass(frozen=True)
class Named:
    """The metrics of a source, rule or identifier."""

    name: str
    metrics: Mapping[str, float]
    measures: Sequence[Row] = ()

    def __getitem__(self, metric: str) -> float | None:
        return self.metrics.get(metric)

    @property
    def classes(self) -> list[Class]:
        """Of a source: shares of its records that sum to 1."""
        records = self["records"] or 1
        return [Class(metric, label, (self[metric] or 0) / records) for metric, label in CLASSES]

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The same as parts of a bar."""
        return [(part.metric.partition("_")[0], part.share) for part in self.classes]


def cut(rows: Iterable[Any], order: Callable[[Any], Any], at_most: int = MOST_ROWS) -> Table:
    """The first ``at_most`` of ``rows`` in ``order``."""
    ordered = sorted(rows, key=order)
    return Table(ordered[:at_most], max(0, len(ordered) - at_most))


def sources(facts: Facts) -> Table:
    """Those of most records first."""
    return cut(_named(facts, "source"), lambda source: (-(source["records"] or 0), source.name))


def rules(facts: Facts) -> Table:
    """Those of most pairs first, each with what was measured of it."""
    measured: dict[str, list[Row]] = defaultdict(list)
    for row in facts.measures:
        measured[str(row["rule"])].append(row)
    named = (Named(r.name, r.metrics, measured[r.name][:MOST_MEASURES]) for r in _named(facts, "rule"))
    return cut(named, lambda rule: (-(rule["pairs"] or 0), rule.name))


def identifiers(facts: Facts) -> Table:
    """Those that most records have first."""
    return cut(_named(facts, "identifier"), lambda i: (-(i["completeness"] or 0), i.name))


def set_apart(facts: Facts) -> Table:
    """The identifiers of which values take no part in matching, those of most values first."""
    found = (i for i in _named(facts, "identifier") if apart(i))
    return cut(found, lambda i: (-apart(i), i.name))


def apart(identifier: Named) -> float:
    """How many values of an identifier take no part in matching."""
    return sum(identifier[kind] or 0 for kind in APART)


def broken_limits(facts: Facts) -> Table:
    """The limits that profiles break in the end, those of most records first."""
    broken = (g for g in _named(facts, "guardrail") if g["conflict_clusters"])
    return cut(broken, lambda limit: (-(limit["conflict_records"] or 0), limit.name))


def stages(facts: Facts) -> Table:
    """(name, seconds), the longest first."""
    return cut((facts.run.get("seconds") or {}).items(), lambda item: (-item[1], item[0]))


def unresolved(facts: Facts) -> Table:
    return cut(facts.unresolved, lambda row: (-row["records"], row["reason"]))


def changes(facts: Facts) -> Table:
    """By event, in the order of a life; of each the most frequent cause first."""
    return cut(facts.changes, lambda row: (EVENTS.index(row["event"]), -row["events"], row["cause"] or ""))


def change_totals(facts: Facts) -> dict[str, int]:
    """How many ids each event befell."""
    return {event: sum(row["events"] for row in facts.changes if row["event"] == event) for event in EVENTS}


def size_rows(facts: Facts) -> list[Row]:
    """Every bin up to the largest, with its share of the longest bar on a scale of powers of ten."""
    found = {row["bin"]: row for row in facts.sizes}
    decades = size_decades(facts)
    rows: list[Row] = []
    for number in range(max(found, default=-1) + 1):
        row = found.get(number, {"profiles": 0, "records": 0})
        first, last = 2**number, 2 ** (number + 1) - 1
        label = f"{first:,}" if first == last else f"{first:,} to {last:,}"
        share = math.log10(10 * row["profiles"]) / (decades + 1) if row["profiles"] else 0.0
        rows.append({"label": label, "profiles": row["profiles"], "records": row["records"], "share": share})
    return rows


def size_decades(facts: Facts) -> int:
    """The power of ten that no bin exceeds; the scale begins a tenth below 1, so that one profile has a bar."""
    most = max((row["profiles"] for row in facts.sizes), default=1)
    return len(str(most - 1)) if most > 1 else 1


def _named(facts: Facts, scope: str) -> list[Named]:
    return [Named(name, metrics) for name, metrics in facts.metrics.get(scope, {}).items()]
