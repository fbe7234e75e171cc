"""What the configuration may say but the job cannot do yet: refused, never ignored.

When a behaviour is built, delete its line here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from identity_spark.config.problems import Problems, join, show


def written(value: Any) -> bool:
    return value is not None


def one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: value in values


@dataclass(frozen=True)
class Later:
    """Where it is written (``*`` is any name or list position), which values are meant, and what to do meanwhile."""

    place: str
    meant: Callable[[Any], bool]
    remedy: str


LATER = (
    Later(
        "identifiers.*.conflict_tolerance",
        one_of("fuzzy_strong", "fuzzy_medium"),
        "leave it out: limits count different values",
    ),
    Later("guardrails.on_conflict", one_of("peel"), "write exclude"),
    Later("guardrails.conflict_together", written, "leave it out, or limit max_values_per_profile"),
    Later("overrides", written, "leave it out"),
)


def check_unsupported(tree: Any, problems: Problems) -> None:
    """A problem for everything in the table that the configuration asks for."""
    for later in LATER:
        for place, value in _found(tree, later.place.split("."), ""):
            if later.meant(value):
                what = "" if isinstance(value, dict | list) else f"{show(value)} is "
                problems.add(place, f"{what}not supported yet; {later.remedy}")


def _found(value: Any, steps: list[str], place: str) -> Iterator[tuple[str, Any]]:
    """Place and value of everything that the steps lead to."""
    if not steps:
        yield place, value
    elif steps[0] == "*" and isinstance(value, list):
        for n, item in enumerate(value):
            yield from _found(item, steps[1:], f"{place}[{n}]")
    elif isinstance(value, dict):
        for key in value if steps[0] == "*" else [steps[0]]:
            if key in value:
                yield from _found(value[key], steps[1:], join(place, key))
