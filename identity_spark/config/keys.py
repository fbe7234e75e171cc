"""What a key of the configuration is: a field of a dataclass in ``model``, with its reader and its words for people.

The tables of ``conf/README.md`` hold these words; a test compares them.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

Read = Callable[[Any, str], Any]  # of a ``Section`` and the key: the value, or what stands in after a problem


@dataclass(frozen=True)
class Key:
    """One key: its name in YAML, what it means, its default in words, and how it reads itself; None: by its section."""

    name: str
    words: str
    default: str
    read: Read | None


def key(
    words: str, shown: str, default: Any = MISSING, read: Read | None = None, name: str = "", factory: Any = MISSING
) -> Any:
    """A field that is a key; ``shown`` is the default in words, ``name`` the key where the field has another name."""
    metadata = {"key": (name, words, shown, read)}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


def keys_of(model: type) -> dict[str, Key]:
    """The keys of a dataclass by the name of the field, in their order."""
    told = {f.name: f.metadata["key"] for f in fields(model) if "key" in f.metadata}
    return {of: Key(name or of, words, shown, read) for of, (name, words, shown, read) in told.items()}


def values(section: Any, model: type, **special: Any) -> Mapping[str, Any]:
    """The values of the keys of ``model`` by field, those that read themselves and the ``special`` ones."""
    read = {of: known.read(section, known.name) for of, known in keys_of(model).items() if known.read is not None}
    return {**read, **special}


def text(section: Any, name: str) -> Any:
    return section.text(name)


def flag(section: Any, name: str) -> Any:
    return section.flag(name)


def texts(single: bool = False) -> Read:
    return lambda section, name: section.texts(name, single)


def limit(default: int | None = None) -> Read:
    return lambda section, name: section.limit(name, default)


def number(default: int = 1) -> Read:
    return lambda section, name: section.number(name, default)


def fraction(section: Any, name: str) -> Any:
    return section.fraction(name)


def gate(default: float | None = None, share: bool = True) -> Read:
    return lambda section, name: section.gate(name, default, share)


def choice(choices: tuple[str, ...], default: str) -> Read:
    return lambda section, name: section.choice(name, choices, default)


def catalog_name(most_parts: int, example: str) -> Read:
    return lambda section, name: section.catalog_name(name, most_parts, example)
