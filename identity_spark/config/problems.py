"""Every problem of a configuration, collected while it is read, and the wording they share.

A problem is one line: ``place: value; remedy``.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from identity_spark.errors import ConfigError

SHOWN = 60
LISTED = 20


class Problems:
    """Collects problems so that all are reported at once."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}
        self._spoiled: set[str] = set()
        self._warnings: dict[str, None] = {}

    def add(self, place: str, message: str) -> None:
        """Note a problem; a spoiled place, and all beneath it, keeps the problem that spoiled it alone."""
        if not any(place == bad or place.startswith((f"{bad}.", f"{bad}[")) for bad in self._spoiled):
            self._lines[f"{' '.join(place.splitlines())}: {' '.join(message.split())}"] = None

    def spoil(self, place: str, message: str) -> None:
        """Note that the value at ``place`` cannot be used as it is, so that nobody complains of it again."""
        self.add(place, message)
        self._spoiled.add(place)

    def warn(self, place: str, message: str) -> None:
        """Note what looks wrong and stops nothing."""
        self._warnings[f"{place}: {' '.join(message.split())}"] = None

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def raise_any(self) -> None:
        """Raise one ConfigError with every problem; return when there is none."""
        if self._lines:
            raise ConfigError(*self._lines)


def join(place: str, key: str) -> str:
    """The place of ``key`` inside ``place``, as it is written for ``--set``."""
    return f"{place}.{key}" if place else key


def show(value: Any) -> str:
    """A value as an error names it: text in quotes, shortened; a list or mapping by its kind only."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return repr(str(value) if len(value) <= SHOWN else f"{value[:SHOWN]}...")
    return str(value)


def closest(value: str, choices: Iterable[str]) -> str | None:
    """The choice that looks most like ``value``, whatever its case; None when none does."""
    by_folded = {choice.casefold(): choice for choice in choices}
    close = get_close_matches(value.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def suggest(value: str, choices: Iterable[str]) -> str:
    """The remedy for an unknown name: the closest choice, else all of them."""
    names = list(choices)
    close = closest(value, names)
    if close is not None:
        return f"did you mean {close!r}?"
    rest = "" if len(names) <= LISTED else f" and {len(names) - LISTED} more"
    return f"choose from {', '.join(names[:LISTED])}{rest}"
