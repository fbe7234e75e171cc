"""Names for the parts of long expressions.

A ``Column`` used twice is a tree copied twice: planned, compiled and printed twice, and where copies nest they double
with each level. ``let`` gives such a part to its user, who may then use it as often as it likes:

- where a stage collects ``Levels``, the part is a column of its own, one level below its user;
- inside an ``interpreted`` lambda it is bound by a lambda of its own, so that it is computed once;
- elsewhere it stays where it is, as in any plain ``Column`` function.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

Use = Callable[[Column], Column]


@dataclass
class Levels:
    """Columns for a frame, each a level above those that it is made of; a level is one ``select``.

    Spark keeps levels apart as long as one of their columns is used twice above: else nothing would be copied.
    """

    columns: list[dict[str, Column]] = field(default_factory=list)
    heights: dict[str, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def add(self, name: str, form: Callable[[], Column], *uses: str) -> None:
        """The column ``name``: what ``form`` makes of columns of the frame and of the added ones it ``uses``."""
        within = _Within(self, max((self.heights.get(use, 0) for use in uses), default=0))
        before = _place.set(within)
        try:
            self.put(name, form(), within.height + 1)
        finally:
            _place.reset(before)

    def put(self, name: str, column: Column, height: int) -> None:
        while len(self.columns) < height:
            self.columns.append({})
        self.columns[height - 1][name] = column
        self.heights[name] = height

    def on(self, frame: DataFrame) -> DataFrame:
        """``frame`` with all columns, the named parts among them."""
        for level in self.columns:
            frame = frame.withColumns(level)
        return frame


@dataclass
class _Within:
    """Where an expression is being built: it may use the columns up to ``height``."""

    levels: Levels
    height: int

    def let(self, part: Column, use: Use) -> Column:
        name = f"__part_{next(self.levels.numbers)}"
        self.height += 1
        self.levels.put(name, part, self.height)
        return use(F.col(name))


class _Interpreted:
    def let(self, part: Column, use: Use) -> Column:
        return F.get(F.transform(F.array(part), lambda bound: use(bound)), F.lit(0))


_place: ContextVar[_Within | _Interpreted | None] = ContextVar("place", default=None)


def let(part: Column, use: Use) -> Column:
    """What ``use`` makes of the part."""
    place = _place.get()
    return use(part) if place is None else place.let(part, use)


@contextmanager
def interpreted() -> Iterator[None]:
    """Within the block, expressions are those of a lambda, which know no columns but its own variables."""
    before = _place.set(_Interpreted())
    try:
        yield
    finally:
        _place.reset(before)


def side_by_side(forms: Sequence[Callable[[], Column]]) -> list[Column]:
    """The columns that the forms make: parts of one are named on the levels of the others."""
    place = _place.get()
    if not isinstance(place, _Within):
        return [form() for form in forms]
    columns, start, highest = [], place.height, place.height
    for form in forms:
        place.height = start
        columns.append(form())
        highest = max(highest, place.height)
    place.height = highest
    return columns
