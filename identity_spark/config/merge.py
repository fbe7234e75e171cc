"""Several configuration files into one tree, and ``--set`` on top of them."""

import re
from copy import deepcopy
from typing import Any

from identity_spark.config.problems import Problems, show
from identity_spark.config.yaml_reader import UnreadableError, read_yaml

STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([0-9]+)\]")


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid on it: mappings merge key by key, lists and scalars replace; neither is changed."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def apply_settings(tree: dict[str, Any], settings: tuple[str, ...], problems: Problems) -> dict[str, Any]:
    """A copy of ``tree`` with each ``a.b[0].c=value`` set in turn, the value read as YAML."""
    changed = deepcopy(tree)
    for setting in settings:
        path, equals, text = setting.partition("=")
        place = f"--set {path}"
        steps = _steps(path)
        if not equals or not steps:
            problems.add(f"--set {setting}", "no path=value; write it like rules[0].name=strict")
            continue
        try:
            value = read_yaml(text, place, path, problems)
        except UnreadableError as error:
            problems.add(place, str(error).partition(": ")[2])
            continue
        _set(changed, steps, value, place, problems)
    return changed


def _steps(path: str) -> list[str | int]:
    """The keys and list positions of a path; empty when it is none."""
    found = list(STEP.finditer(path))
    if "".join(match.group() for match in found) != path or not path or path.startswith((".", "[")):
        return []
    return [match.group(1) or int(match.group(2)) for match in found]


def _set(tree: dict[str, Any], steps: list[str | int], value: Any, place: str, problems: Problems) -> None:
    target: Any = tree
    for depth, step in enumerate(steps):
        wrong = _misfit(target, step, _written(steps[:depth]))
        if wrong:
            problems.add(place, wrong)
            return
        if depth == len(steps) - 1:
            target[step] = value
            return
        if isinstance(step, str) and target.get(step) is None and isinstance(steps[depth + 1], str):
            target[step] = {}
        target = target.get(step) if isinstance(step, str) else target[step]


def _misfit(target: Any, step: str | int, name: str) -> str | None:
    """Why ``step`` does not lead into ``target``; None when it does."""
    if isinstance(step, str):
        return None if isinstance(target, dict) else f"{name} is {show(target)} and has no keys; leave out .{step}"
    if not isinstance(target, list):
        return f"{name} is {show(target)} and has no [{step}]; set it as a whole: {name}=[...]"
    if step >= len(target):
        last = f"; the last one is {name}[{len(target) - 1}]" if target else ""
        return f"{name} has no [{step}]{last}; set the list as a whole to make it longer"
    return None


def _written(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
