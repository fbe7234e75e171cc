"""The first look: the totals of a run with what changed since the one before, and what deserves a second look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from identity_spark.audit.page.facts import Facts
from identity_spark.audit.page.numbers import count, count_change, rate, rate_change

FALL = 0.01  # a share of the records that fell by a point or more is worth a look
GIANT = 0.001  # so is a profile of that share of all records, if it is not small anyway
NOT_SMALL = 20

CARDS = (  # label, metric, and the rate beside it
    ("Records", "records", None),
    ("Golden records", "golden_records", None),
    ("Resolved", "resolution_rate", None),
    ("Consolidation", "consolidation", None),
    ("Matched", "matched_records", "match_rate"),
    ("Alone", "unique_records", None),
    ("In conflict", "conflict_records", "conflict_rate"),
    ("Missing identifiers", "missing_records", "missing_rate"),
    ("Bad keys", "bad_key_records", None),
)


@dataclass(frozen=True)
class Card:
    """One total: ``text`` as it is read, ``value`` as the report has it."""

    label: str
    metric: str
    value: float
    text: str
    change: str
    beside: str = ""


@dataclass(frozen=True)
class Note:
    """A sentence about something that stands out, and the section that shows more of it."""

    section: str
    text: str


def cards(facts: Facts) -> list[Card]:
    """The totals that the report has."""
    return [_card(facts, *shown) for shown in CARDS if shown[1] in facts.total]


def _card(facts: Facts, label: str, metric: str, share: str | None) -> Card:
    value, before = facts.total[metric], (facts.before or {}).get(metric)
    is_rate = metric.endswith("_rate") or metric == "consolidation"
    text = rate(value) if is_rate else count(value)
    change = rate_change(value, before) if is_rate else count_change(value, before)
    beside = f"{rate(facts.total.get(share))} of records" if share else ""
    return Card(label, metric, value, text, change if before is not None else "", beside)


def notes(facts: Facts) -> list[Note]:
    """What stands out, the gravest first; empty where nothing does."""
    return [
        *_refused(facts),
        *_fallen(facts),
        *_giants(facts),
        *_conflicts(facts),
        *_skipped(facts),
        *_idle_rules(facts),
    ]


def _refused(facts: Facts) -> Iterator[Note]:
    """Of the runs that gates stopped since; figures are shares of 1, or records."""
    for row in facts.refused:
        broken = (row["broken_gates"] or {}).items()
        told = ", ".join(f"{gate} {rate(value) if value <= 1 else count(value)}" for gate, value in broken)
        yield Note("totals", f"Run {row['run_id']} was refused ({told}); this page shows the last that was published.")


def _fallen(facts: Facts) -> Iterator[Note]:
    now, before = facts.total.get("resolution_rate"), (facts.before or {}).get("resolution_rate")
    if now is not None and before is not None and before - now >= FALL:
        yield Note("sources", f"Resolved records fell from {rate(before)} to {rate(now)} since the last run.")


def _giants(facts: Facts) -> Iterator[Note]:
    records = facts.total.get("records", 0)
    largest = max((p.row["record_count"] for p in facts.largest), default=0)
    if largest > max(NOT_SMALL, GIANT * records):
        yield Note("profiles", f"The largest profile holds {count(largest)} records.")


def _conflicts(facts: Facts) -> Iterator[Note]:
    if records := facts.total.get("conflict_records"):
        yield Note("unresolved", f"{_records(records)} held back: the profile would break a limit.")


def _skipped(facts: Facts) -> Iterator[Note]:
    rules = facts.metrics.get("rule", {})
    blocks = sum(m.get("skipped_blocks", 0) for m in rules.values())
    if blocks:
        of = names([name for name, m in rules.items() if m.get("skipped_blocks")])
        yield Note("rules", f"{count(blocks)} blocks were too large to compare ({of}).")


def _idle_rules(facts: Facts) -> Iterator[Note]:
    rules: Mapping[str, Mapping[str, float]] = facts.metrics.get("rule", {})
    if idle := [name for name, m in rules.items() if not m.get("pairs")]:
        yield Note("rules", f"{count(len(idle))} of {count(len(rules))} rules found no pair ({names(idle)}).")


def _records(number: float) -> str:
    return f"{count(number)} record{' is' if number == 1 else 's are'}"


def names(every: Sequence[str], at_most: int = 3) -> str:
    """The first of the names in order, and how many more there are."""
    shown = sorted(every)[:at_most]
    more = len(every) - len(shown)
    return ", ".join(shown) + (f" and {count(more)} more" if more else "")
