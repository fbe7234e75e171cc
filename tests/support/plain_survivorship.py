"""Survivorship as plain as can be: lists of records, sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

SAYS = {"true": 2, "yes": 2, "1": 2, "false": 0, "no": 0, "0": 0}


@dataclass(frozen=True)
class Field:
    """A golden field: where a record has its values and canonical values, and how one is chosen."""

    strategy: str
    column: str
    canonical: str
    several: bool = False
    sources: Sequence[str] = ()
    max_age_days: int | None = None
    max_values: int | None = None


def best_first(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    def order(record):
        time = record["updated_at"]
        return (time is None, -time.timestamp() if time else 0, record["source_rank"], record["record_key"])

    return sorted(records, key=order)


def counts(record: Mapping[str, Any], field: Field, today: date) -> bool:
    if field.sources and field.strategy != "source_priority" and record["source"] not in field.sources:
        return False
    time = record["updated_at"]
    return field.max_age_days is None or (time is not None and (today - time.date()).days <= field.max_age_days)


def entries(
    records: Sequence[Mapping[str, Any]], field: Field, today: date
) -> list[tuple[Any, Any, Mapping[str, Any]]]:
    """Value, canonical value and record of everything known, best record first."""
    found = []
    for record in best_first(records):
        value, canonical = record[field.column], record[field.canonical]
        if value is None or not counts(record, field, today):
            continue
        found += (
            [(v, c, record) for v, c in zip(value, canonical, strict=True)]
            if field.several
            else [(value, canonical, record)]
        )
    return found


def rank(entry, every, field: Field, trust: Sequence[str]):
    value, canonical, record = entry
    time = record["updated_at"]
    order = [*field.sources, *(s for s in trust if s not in field.sources)]
    return {
        "last_non_null": lambda: 0,
        "first_non_null": lambda: (time is None, time or datetime.min),
        "most_frequent": lambda: -sum(other[1] == canonical for other in every),
        "source_priority": lambda: order.index(record["source"]),
        "min": lambda: value,
        "longest": lambda: -len(value),
        "most_restrictive": lambda: SAYS.get(str(value).lower(), 1),
    }[field.strategy]()


def survivor(records: Sequence[Mapping[str, Any]], field: Field, trust: Sequence[str], today: date):
    """Value and record that survive; a sorted list and None for ``collect``."""
    every = entries(records, field, today)
    if field.strategy == "collect":
        different = list(dict.fromkeys(v for e in every for v in (e[0] if isinstance(e[0], list) else [e[0]])))
        return sorted(different[: field.max_values]) or None, None
    if not every:
        return None, None
    if field.strategy == "max":
        best = max(every, key=lambda e: e[0])
    else:
        best = min(every, key=lambda e: rank(e, every, field, trust))
    return best[0], best[2]


def group_survivor(records: Sequence[Mapping[str, Any]], strategy: str, parts: Sequence[str]):
    """The record of which all parts survive; None where none has any."""
    known = [r for r in best_first(records) if any(r[p] is not None for p in parts)]
    if strategy == "most_frequent":
        together = [tuple(r[p] for p in parts) for r in known]
        return min(
            known,
            key=lambda r: (sum(r[p] is None for p in parts), -together.count(tuple(r[p] for p in parts))),
            default=None,
        )
    return min(known, key=lambda r: sum(r[p] is None for p in parts), default=None)


def representative(givers: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]]):
    """The record that gave most values; of equals, and where none gave any, the best."""
    keys = [giver["record_key"] for giver in givers]
    return min(best_first(records), key=lambda record: -keys.count(record["record_key"]))
