"""The picture of where records go: from sources through rules to profiles, as boxes and bands to draw."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from identity_spark.audit.page.facts import Facts
from identity_spark.audit.page.tables import MOST_ROWS, Table, cut

MOST_SOURCES, MOST_RULES = 8, 10  # named in the picture; the others are together
OTHER = ""
WIDTH, HEIGHT, TOP, BOX, LINE = 960, 440, 30, 12, 17
COLUMNS = (130, 430, 715)  # left edges of the boxes
OUTCOMES = {  # in the order drawn
    "several": "profiles of several records",
    "one": "profiles of one record",
    "conflict": "in conflict",
    "missing": "missing identifiers",
    "bad_key": "bad keys",
}
NO_RULE, LEFT_OUT = "joined by no rule", "left out"


@dataclass(frozen=True)
class Step:
    """Records of one source that one rule, or what stands for it, brought to one outcome."""

    names: tuple[str, str, str]
    records: int


@dataclass(frozen=True)
class Box:
    """A source, a rule or an outcome; its height counts records."""

    label: str
    kind: str  # source, rule, other, or an outcome: how it is coloured
    records: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Band:
    """Records that go from one box to another."""

    title: str
    kind: str
    path: str


@dataclass(frozen=True)
class Flow:
    boxes: Sequence[Box]
    bands: Sequence[Band]
    table: Table


def flow(facts: Facts) -> Flow | None:
    """None where there are no records."""
    steps = _steps(facts)
    if not steps:
        return None
    sides = [_totals((step.names[n], step.records) for step in steps) for n in range(3)]
    names = [_by_size(sides[0]), _by_size(sides[1]), [o for o in OUTCOMES.values() if o in sides[2]]]
    free = (HEIGHT - LINE * max(map(len, names))) / sum(sides[0].values())  # height of one record
    boxes = [_column(order, side, x, free) for order, side, x in zip(names, sides, COLUMNS, strict=True)]
    bands = [*_bands(boxes[0], boxes[1], _links(steps, 0), free), *_bands(boxes[1], boxes[2], _links(steps, 1), free)]
    every = [box for column in boxes for box in column.values()]
    return Flow(every, bands, cut(steps, lambda step: (-step.records, step.names), 2 * MOST_ROWS))


def _steps(facts: Facts) -> list[Step]:
    """The flow as the page words it, with the records that never had a key."""
    steps: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in facts.flow:
        outcome = row["outcome"]
        via = row["rule"] if outcome == "several" else NO_RULE if outcome == "one" else LEFT_OUT
        rule = "other rules" if via == OTHER else via or "rules unknown"
        steps[row["source"] or "other sources", rule, OUTCOMES[outcome]] += row["records"]
    named = {row["source"] for row in facts.flow}
    for source, metrics in facts.metrics.get("source", {}).items():
        if bad := int(metrics.get("bad_key_records", 0)):
            shown = source if source in named or OTHER not in named else "other sources"
            steps[shown, LEFT_OUT, OUTCOMES["bad_key"]] += bad
    return [Step(names, records) for names, records in steps.items()]


def _totals(items: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for name, records in items:
        totals[name] += records
    return dict(totals)


def _by_size(totals: Mapping[str, int]) -> list[str]:
    """The largest first; what is no name of its own last."""
    last = {"other sources": 1, "other rules": 1, "rules unknown": 2, NO_RULE: 3, LEFT_OUT: 4}
    return sorted(totals, key=lambda name: (last.get(name, 0), -totals[name], name))


def _links(steps: Iterable[Step], side: int) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for step in steps:
        totals[step.names[side], step.names[side + 1]] += step.records
    return totals


def _column(names: Sequence[str], totals: Mapping[str, int], x: float, free: float) -> dict[str, Box]:
    """Boxes below one another, each in a place that holds at least a line of text."""
    gap = (HEIGHT - free * sum(totals.values())) / len(names)
    boxes, y = {}, float(TOP)
    for name in names:
        height = free * totals[name]
        boxes[name] = Box(name, _kind(name, x), totals[name], x, round(y + gap / 2, 2), round(height, 2))
        y += height + gap
    return boxes


def _kind(name: str, x: float) -> str:
    outcomes = {text: outcome for outcome, text in OUTCOMES.items()}
    if name in (NO_RULE, LEFT_OUT):
        return "none"
    return outcomes.get(name) or ("source" if x == COLUMNS[0] else "rule")


def _bands(
    left: Mapping[str, Box], right: Mapping[str, Box], links: Mapping[tuple[str, str], int], free: float
) -> list[Band]:
    """From each box to each, in the order of the boxes on both sides, so that bands cross as little as they can."""
    starts = {name: box.y for name, box in left.items()}
    ends = {name: box.y for name, box in right.items()}
    bands = []
    for start in left:
        for end in right:
            if records := links.get((start, end)):
                height = free * records
                path = _path(left[start].x + BOX, starts[start], right[end].x, ends[end], height)
                bands.append(Band(f"{start} to {end}: {records:,} records", right[end].kind, path))
                starts[start] += height
                ends[end] += height
    return bands


def _path(x1: float, y1: float, x2: float, y2: float, height: float) -> str:
    middle = (x1 + x2) / 2
    there = f"M{x1:g},{y1:.2f}C{middle:g},{y1:.2f} {middle:g},{y2:.2f} {x2:g},{y2:.2f}"
    back = f"V{y2 + height:.2f}C{middle:g},{y2 + height:.2f} {middle:g},{y1 + height:.2f} {x1:g},{y1 + height:.2f}Z"
    return there + back
