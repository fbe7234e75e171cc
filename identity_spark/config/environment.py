"""``${NAME}`` and ``${NAME:-default}`` inside texts, filled in from the environment."""

import re
from collections.abc import Mapping
from typing import Any

from identity_spark.config.problems import Problems, join

REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\})?")  # $${ stands for a plain ${
VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


class FromEnvironment(str):
    """Text that held a variable: numbers and truth values may come this way, although it is text."""

    __slots__ = ()


def expand(value: Any, environment: Mapping[str, str], problems: Problems, place: str = "") -> Any:
    """The same tree with every variable in its texts replaced; one that is not set is a problem."""
    if isinstance(value, dict):
        return {key: expand(item, environment, problems, join(place, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [expand(item, environment, problems, f"{place}[{n}]") for n, item in enumerate(value)]
    if isinstance(value, str) and "${" in value:
        return FromEnvironment(REFERENCE.sub(lambda found: _replaced(found, environment, problems, place), value))
    return value


def _replaced(found: re.Match[str], environment: Mapping[str, str], problems: Problems, place: str) -> str:
    written = found.group()
    if written == "$${":
        return "${"
    variable = VARIABLE.fullmatch(found.group(1)) if found.group(2) else None
    if variable is None:
        problems.spoil(
            place, f"{written} names no variable; write ${{NAME}} or ${{NAME:-default}}, or $${{ for a plain ${{"
        )
        return written
    name, default = variable.groups()
    if default is not None:
        return environment.get(name) or default
    if name not in environment:
        problems.spoil(place, f"{written} is not set in the environment; set {name}, or write ${{{name}:-default}}")
    return environment.get(name, written)
