"""What is said once for the whole project: its name, country, guardrails, engine, pairs, output and overrides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields

from identity_spark.config.keys import values
from identity_spark.config.model import (
    Gates,
    Guardrails,
    Identifier,
    Location,
    Output,
    Source,
)
from identity_spark.config.places import CLUSTERING, GATES, GUARDRAILS, OUTPUT, OVERRIDES
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


OF_SOURCES, OF_IDENTIFIERS = ("source_rows_drop", "bad_keys"), ("completeness_drop", "over_shared")


def gates(top: Section, sources: Iterable[Source], identifiers: Mapping[str, Identifier]) -> Gates:
    """The figures that stop publication."""
    section = top.child("gates", GATES)
    known = {gate: [source.name for source in sources] for gate in OF_SOURCES}
    known |= {gate: [name for name, i in identifiers.items() if not i.derived] for gate in OF_IDENTIFIERS}
    found = Gates(**values(section, Gates))
    for gate in (field.name for field in fields(Gates)):
        own = [(f"{section.at(gate)}.{name}", name) for name in getattr(found, gate).own]
        if own and gate not in known:
            section.reject(gate, "is one figure of the whole run; write one number, or null")
        elif own:
            check_known(own, known[gate], "source" if gate in OF_SOURCES else "identifier", section.problems)
    return found


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
