"""One mapping of the configuration, read key by key: the value when it is right, else a problem and a stand-in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from identity_spark.config.catalog_names import name_parts
from identity_spark.config.environment import FromEnvironment
from identity_spark.config.model import Gate
from identity_spark.config.places import KEYS, misplaced
from identity_spark.config.problems import Problems, join, show, suggest

GREATEST = 2**31 - 1  # of the whole numbers that Spark counts, cuts and compares with


@dataclass(frozen=True)
class Section:
    """What is written at ``place``. An explicit null counts as not written, except where null turns a limit off."""

    raw: Mapping[str, Any]
    place: str
    problems: Problems

    def at(self, key: str) -> str:
        return join(self.place, key)

    def reject(self, key: str, message: str) -> None:
        self.problems.add(self.at(key), message)

    def warn(self, key: str, message: str) -> None:
        self.problems.warn(self.at(key), message)

    def has(self, key: str) -> bool:
        return self.raw.get(key) is not None

    def require(self, key: str, remedy: str) -> bool:
        """Whether ``key`` has a value; a problem when it has none."""
        if not self.has(key):
            self.reject(key, f"missing; {remedy}")
        return self.has(key)

    def text(self, key: str) -> str | None:
        return text(self.raw[key], self.at(key), self.problems) if self.has(key) else None

    def texts(self, key: str, single: bool = False) -> tuple[str, ...]:
        """A list of different texts; with ``single``, one text may stand for a list of one."""
        return tuple(item for _, item in self.placed_texts(key, single))

    def placed_texts(self, key: str, single: bool = False) -> list[tuple[str, str]]:
        """Place and text of each entry of a list, or of the one text that stands for it."""
        alone = single and not isinstance(self.raw.get(key), list)
        found: dict[str, str] = {}
        for place, value in [(self.at(key), self.raw[key])] if alone and self.has(key) else self.entries(key):
            item = text(value, place, self.problems)
            if item in found:
                self.problems.add(place, f"{item!r} is repeated; keep it once")
            elif item is not None:
                found[item] = place
        return [(place, item) for item, place in found.items()]

    def entries(self, key: str) -> list[tuple[str, Any]]:
        """Place and value of each entry of a list; empty when there is none, or when it is no list."""
        if not self.has(key):
            return []
        value = self.raw[key]
        if not isinstance(value, list):
            like = value if isinstance(value, str) else "..., ..."
            self.reject(key, f"{show(value)} is no list; write a list: [{like}]")
            return []
        if not value:
            self.reject(key, "an empty list; name at least one")
        return [(f"{self.at(key)}[{n}]", item) for n, item in enumerate(value)]

    def number(self, key: str, default: int = 1) -> int:
        """A whole number of at least 1; null is no number here."""
        if key not in self.raw:
            return default
        value = whole(self.raw[key], self.at(key), self.problems)
        return default if value is None else value

    def limit(self, key: str, default: int | None = None) -> int | None:
        """A whole number of at least 1; None, for no limit, when it is null."""
        if key not in self.raw:
            return default
        return whole(self.raw[key], self.at(key), self.problems) if self.has(key) else None

    def fraction(self, key: str) -> float | None:
        if not self.has(key):
            return None
        value = _number(self.raw[key])
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            self.reject(key, f"{show(value)} is out of range; write a number above 0 and at most 1, like 0.9")
            return None
        return float(value)

    def gate(self, key: str, default: float | None, share: bool) -> Gate:
        """A limit, or limits by name, of which the others keep the default; null is no limit."""
        raw = self.raw.get(key, default)
        if not isinstance(raw, dict):
            return Gate(self._gate_limit(raw, self.at(key), share))
        return Gate(
            default, {name: self._gate_limit(own, join(self.at(key), name), share) for name, own in raw.items()}
        )

    def _gate_limit(self, raw: Any, place: str, share: bool) -> float | None:
        if raw is None:
            return None
        value = _number(raw)
        if share and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1):
            self.problems.add(
                place, f"{show(raw)} is no share; write a number from 0 to 1, like 0.2, or null for no limit"
            )
            return None
        return float(value) if share else whole(raw, place, self.problems)

    def flag(self, key: str) -> bool:
        """True or false; false when not written."""
        value = self.raw.get(key)
        if isinstance(value, FromEnvironment) and value in ("true", "false"):
            return value == "true"
        if value is not None and not isinstance(value, bool):
            self.reject(key, f"{show(value)} is neither true nor false; write true or false, without quotes")
        return value is True

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key)
        if value is None:
            return default
        if value not in choices:
            self.reject(key, f"{value!r} is unknown; {suggest(value, choices)}")
            return default
        return value

    def catalog_name(self, key: str, most_parts: int, example: str) -> str | None:
        """The name of something in a catalog, of so many parts at most."""
        value = self.text(key)
        if value is not None and not 1 <= len(name_parts(value)) <= most_parts:
            self.reject(key, f"{value!r} is no name in a catalog; write one like {example}, odd parts in `backticks`")
        return value

    def child(self, key: str, kind: str) -> "Section":
        """The mapping under ``key``, its keys checked; an empty one when there is none."""
        return opened(self.raw[key] if self.has(key) else {}, self.at(key), kind, self.problems)

    def children(self, key: str, like: str) -> list[tuple[str, str, Any]]:
        """Name, place and value of everything under ``key``; ``like`` shows how to write it."""
        value = self.raw[key] if self.has(key) else {}
        if not isinstance(value, dict):
            self.problems.spoil(self.at(key), f"{show(value)} is no mapping; write {like}")
            return []
        return [(name, join(self.at(key), name), item) for name, item in value.items()]


def opened(value: Any, place: str, kind: str, problems: Problems) -> Section:
    """The mapping at ``place`` with its keys held against those that ``kind`` knows; empty when it is no mapping."""
    if not isinstance(value, dict):
        wrong = "missing" if value is None else f"{show(value)} is no mapping"
        problems.spoil(place, f"{wrong}; write key: value with the keys {', '.join(KEYS[kind])}")
        return Section({}, place, problems)
    for key in value:
        if key not in KEYS[kind]:
            problems.add(join(place, key), misplaced(key, kind))
    return Section(value, place, problems)


def text(value: Any, place: str, problems: Problems) -> str | None:
    """``value`` as text; None and a problem when it is none, or blank."""
    if isinstance(value, str) and value.strip():
        return str(value)
    if isinstance(value, str):
        problems.add(place, "an empty text; write a value, or leave the key out")
    elif value is None:
        problems.add(place, 'null where a text belongs; write a text, and "null" in quotes if that is the text')
    elif isinstance(value, dict | list):
        problems.add(place, f"{show(value)} where one text belongs; write one text")
    else:
        problems.add(place, f'{show(value)} is no text; quote it: "{show(value)}"')
    return None


def whole(value: Any, place: str, problems: Problems) -> int | None:
    """``value`` as a whole number of at least 1; None and a problem when it is none."""
    number = _number(value)
    if isinstance(number, int) and not isinstance(number, bool) and number >= 1:
        if number > GREATEST:
            problems.add(place, f"{show(value)} is too large; write a whole number of at most {GREATEST}")
            return None
        return number
    if type(value) is str and value.strip().isdecimal():
        problems.add(place, f"{show(value)} is text; write a whole number of at least 1, without quotes")
    else:
        problems.add(place, f"{show(value)} does not fit; write a whole number of at least 1")
    return None


def check_known(named: Iterable[tuple[str, str]], choices: Iterable[str], what: str, problems: Problems) -> None:
    """Hold names, each with its place, against those that exist; nothing to say when none exist at all."""
    names = list(choices)
    for place, name in named:
        if names and name not in names:
            problems.add(place, f"{name!r} is no {what}; {suggest(name, names)}")


def _number(value: Any) -> Any:
    """A number that came from the environment as the number it is; anything else as it is."""
    if not isinstance(value, FromEnvironment):
        return value
    try:
        return int(value) if value.strip().lstrip("-").isdecimal() else float(value)
    except ValueError:
        return value
