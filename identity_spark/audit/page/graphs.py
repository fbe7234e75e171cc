"""A profile as a small graph: its records as numbered points, the pairs that hold them, the weakest link marked."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from identity_spark.audit.page.facts import Profile, Row
from identity_spark.audit.profile_graph import Link, Pair, ProfileGraph

MOST_RECORDS = 40  # drawn of one profile
MOST_PAIRS = 20  # listed of one profile
WIDTH, HEIGHT, MARGIN = 420, 300, 18
SEED = 1  # of the layout: the same page for the same run


@dataclass(frozen=True)
class Point:
    """A record."""

    number: int
    record_key: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """Two records and what joins them; ``weakest``: the profile depends on it, and it is the weakest such."""

    left: Point
    right: Point
    rules: Sequence[str]
    evidence: Sequence[Row]
    weakest: bool

    @property
    def similarity(self) -> float | None:
        """The least of the strongest rule; None where nothing was compared by similarity."""
        return min((e["similarity"] for e in self.evidence if e["similarity"] is not None), default=None)


@dataclass(frozen=True)
class Drawing:
    """A profile to draw; ``lines`` has the weakest link first, then the others from weak to strong."""

    profile: Profile
    points: Sequence[Point]
    lines: Sequence[Line]
    listed: int  # of ``lines`` in the table
    records_left_out: int

    @property
    def weakest(self) -> Line | None:
        return self.lines[0] if self.lines and self.lines[0].weakest else None


def drawing(profile: Profile, rules: Sequence[str]) -> Drawing:
    """``profile`` with at most ``MOST_RECORDS`` of its records: those nearest to its weakest link."""
    graph = ProfileGraph((), (_link(row) for row in profile.pairs), rules)
    weakest, pairs = graph.weakest_needed(), graph.pairs()[::-1]
    shown = _nearest(pairs, weakest)
    drawn = [pair for pair in pairs if pair.left in shown and pair.right in shown]
    points = _points(sorted(shown), drawn)
    lines = sorted((_line(pair, points, pair is weakest) for pair in drawn), key=lambda line: not line.weakest)
    left_out = int(profile.row["record_count"]) - len(shown)
    return Drawing(profile, list(points.values()), lines, min(len(lines), MOST_PAIRS), left_out)


def _link(row: Row) -> Link:
    return Link(row["left_record_key"], row["right_record_key"], row["rule"], tuple(row["evidence"]))


def _nearest(pairs: Sequence[Pair], weakest: Pair | None) -> set[str]:
    """The records that the fewest pairs part from ``weakest``, both sides in turn."""
    if weakest is None:
        return set()
    beside: dict[str, list[str]] = {}
    for pair in reversed(pairs):  # strong pairs first
        beside.setdefault(pair.left, []).append(pair.right)
        beside.setdefault(pair.right, []).append(pair.left)
    shown, waiting = {weakest.left, weakest.right}, deque([weakest.left, weakest.right])
    while waiting:
        for other in beside[waiting.popleft()]:
            if other not in shown and len(shown) < MOST_RECORDS:
                shown.add(other)
                waiting.append(other)
    return shown


def _points(keys: Sequence[str], pairs: Sequence[Pair]) -> dict[str, Point]:
    """A place for each record, numbered in the order of their keys."""
    graph = nx.Graph()
    graph.add_nodes_from(keys)
    graph.add_edges_from((pair.left, pair.right) for pair in pairs)
    # From a circle rather than from random places; springs then put those together that many pairs hold.
    wide = 2.4 / max(1, len(keys)) ** 0.5
    places = nx.spring_layout(graph, k=wide, pos=nx.circular_layout(graph), iterations=200, seed=SEED) if keys else {}
    xs, ys = _fitted([p[0] for p in places.values()], WIDTH), _fitted([p[1] for p in places.values()], HEIGHT)
    return {key: Point(n, key, x, y) for n, (key, x, y) in enumerate(zip(places, xs, ys, strict=True), start=1)}


def _fitted(values: Sequence[float], length: float) -> list[float]:
    """``values`` over the whole ``length`` less a margin; in its middle where they are all the same."""
    low, high = min(values, default=0), max(values, default=0)
    if high - low < 1e-9:
        return [length / 2] * len(values)
    room = length - 2 * MARGIN
    return [round(float(MARGIN + room * (v - low) / (high - low)), 1) for v in values]


def _line(pair: Pair, points: Mapping[str, Point], weakest: bool) -> Line:
    names = [link.rule for link in pair.links]
    return Line(points[pair.left], points[pair.right], names, pair.links[0].evidence, weakest)
