"""What is said once for the whole project: its name, country, guardrails, engine, pairs, output and overrides."""

import re
from collections.abc import Mapping

from identity_spark.config.keys import values
from identity_spark.config.model import (
    Guardrails,
    Identifier,
    Location,
    Output,
)
from identity_spark.config.places import CLUSTERING, GUARDRAILS, OUTPUT, OVERRIDES
from identity_spark.config.section import Section, check_known

NAME = re.compile(r"[a-z][a-z0-9_]*")


def project(top: Section) -> str:
    """The project's name; empty after a problem."""
    top.require("project", "name it, like project: customers")
    name = top.text("project") or ""
    if name and not NAME.fullmatch(name):
        top.reject("project", f"{name!r} is no project name; use lower-case letters, digits and _, a letter first")
    return name


def guardrails(top: Section, identifiers: Mapping[str, Identifier]) -> Guardrails:
    """The limits on whole profiles."""
    section = top.child("guardrails", GUARDRAILS)
    together = section.placed_texts("conflict_together")
    check_known(together, identifiers, "identifier", section.problems)
    if len(together) == 1:
        section.reject(
            "conflict_together", f"[{together[0][1]}] is one identifier; name two or more, which must all contradict"
        )
    return Guardrails(**values(section, Guardrails, conflict_together=tuple(name for _, name in together)))


def output(top: Section) -> Output:
    """Where the tables go."""
    if not top.require("output", "write output: {path: folder}, or {schema: catalog.schema}"):
        return Output()
    section = top.child("output", OUTPUT)
    _one_of(section, "path", "schema", "write path: folder, or schema: catalog.schema")
    return Output(**values(section, Output))


def engine(top: Section) -> str:
    """The name of the engine that finds connected components."""
    return top.child("clustering", CLUSTERING).choice("engine", ("graphframes", "dataframe"), "graphframes")


def decisions(top: Section, key: str) -> Location | None:
    """Where people's own decisions are: a path, or one of ``path`` and ``table``; None where there are none."""
    if not isinstance(top.raw.get(key), dict):
        path = top.text(key)
        return None if path is None else Location(path=path)
    section = top.child(key, OVERRIDES)
    _one_of(section, "path", "table", "write path: file.csv, or table: catalog.schema.name")
    return Location(**values(section, Location))


def _one_of(section: Section, first: str, second: str, remedy: str) -> None:
    if section.has(first) and section.has(second):
        section.reject(second, f"given together with {first}; keep one of the two")
    elif not section.has(first) and not section.has(second):
        section.reject(first, f"missing; {remedy}")
