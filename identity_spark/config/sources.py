"""The section ``sources``: where each table is, what identifies its records, and which column holds which field."""

import re
from collections.abc import Mapping
from typing import Any

from identity_spark.config.inputs import FieldMapping, Source
from identity_spark.config.keys import values
from identity_spark.config.places import MAPPING, SOURCE
from identity_spark.config.problems import Problems, closest, show
from identity_spark.config.project import country
from identity_spark.config.reader_options import OPTIONS, TIMESTAMP_AS_OF, VERSION_AS_OF
from identity_spark.config.section import Section, opened

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def sources(top: Section) -> tuple[Source, ...]:
    """The sources in the order written, which is their order of trust."""
    top.require("sources", "describe at least one source table")
    found = top.children("sources", "sources: {crm: {path: ..., primary_key: ..., columns: {...}}}")
    if top.raw.get("sources") == {}:
        top.reject("sources", "an empty mapping; describe at least one source table")
    return tuple(_source(name, place, value, top.problems) for name, place, value in found)


def _source(name: str, place: str, value: Any, problems: Problems) -> Source:
    if not NAME.fullmatch(name):
        problems.add(place, f"{name!r} is no source name; use letters, digits, _ and -, a letter first")
    section = opened(value, place, SOURCE, problems)
    _check_location(section)
    section.require("primary_key", "name the column, or columns, that tell its records apart")
    section.require("columns", "map at least one field: columns: {email: email_address}")
    return Source(
        name,
        **values(
            section,
            Source,
            columns=_columns(section),
            options=_options(section),
            country=country(section, "country"),
        ),
    )


def _check_location(section: Section) -> None:
    if section.has("path") and section.has("table"):
        section.reject("table", "given together with path; keep one of the two")
    elif not section.has("path") and not section.has("table"):
        section.reject("path", "missing; write path: folder/or/file, or table: catalog.schema.name")
    if section.has("table") and section.has("format"):
        section.reject("format", f"{show(section.raw['format'])} does not apply to a table; leave it out")


def _columns(section: Section) -> dict[str, FieldMapping]:
    """Field to mapping; whether the field names fit is checked with those of the other sources."""
    fields = section.children("columns", "columns: {field: column}")
    if section.raw.get("columns") == {}:
        section.reject("columns", "an empty mapping; map at least one field: columns: {email: email_address}")
    return {name: _mapping(name, section, value) for name, _, value in fields}


def _mapping(name: str, section: Section, value: Any) -> FieldMapping:
    columns = Section(section.raw["columns"], section.at("columns"), section.problems)
    if isinstance(value, dict):
        expression = opened(value, columns.at(name), MAPPING, section.problems)
        expression.require("expr", 'write the SQL: {expr: "..."}')
        return FieldMapping(expr=expression.text("expr"))
    if value is None:
        columns.reject(name, 'missing; name the column, a list of columns, or {expr: "SQL"}')
    return FieldMapping(columns=columns.texts(name, single=True))


def _options(section: Section) -> dict[str, str]:
    """Reader options as the text that Spark takes."""
    options: dict[str, str] = {}
    kind = section.raw.get("format", "delta") if section.has("path") else "table"
    known = OPTIONS.get(kind) if isinstance(kind, str) else None
    for name, place, value in section.children("options", 'options: {header: "true"}'):
        if isinstance(value, bool | int | float):
            options[name] = show(value)
        elif isinstance(value, str):
            options[name] = str(value)
        else:
            section.problems.add(place, f"{show(value)} is no reader option; write one text, number, true or false")
        if known and "." not in name and name.casefold() not in {option.casefold() for option in known}:
            reader = "readers" if kind == "table" else f"the {kind} reader"
            near = closest(name, known)
            hint = f"did you mean {near!r}?" if near else "check its name"
            section.problems.warn(place, f"unknown to {reader}, which may do nothing with it; {hint}")
    if kind in ("delta", "table"):
        _check_version(section, {name.casefold(): (name, value) for name, value in options.items()})
    return options


def _check_version(section: Section, options: Mapping[str, tuple[str, str]]) -> None:
    """A version of a Delta table is a number, and a time names one just as well."""
    of_version, of_time = (options.get(name.casefold()) for name in (VERSION_AS_OF, TIMESTAMP_AS_OF))
    if of_version and not (of_version[1].isascii() and of_version[1].isdecimal() and len(of_version[1]) < 19):
        section.reject(f"options.{of_version[0]}", f"{show(of_version[1])} is no version; write a number like 12")
    if of_version and of_time:
        section.reject(f"options.{of_time[0]}", f"given together with {of_version[0]}; keep one of the two")
