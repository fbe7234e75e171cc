"""What is said once for the whole project: its name, country, guardrails, engine, pairs, output and overrides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields

from identity_spark.config.inputs import Identifier, Source
from identity_spark.config.keys import values
from identity_spark.config.model import Gates, Guardrails, Location, Output
from identity_spark.config.places import CLUSTERING, GATES, GUARDRAILS, OUTPUT, OVERRIDES
from identity_spark.config.section import Section, check_known

NAME = re.compile(r"[a-z][a-z0-9_]*")
CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ
    OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST
    SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS
    YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(CODES.split())
MEANT = {"UK": "GB", "EL": "GR", "USA": "US", "GBR": "GB", "DEU": "DE", "FRA": "FR"}


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


def country(section: Section, key: str) -> str | None:
    """The country code under ``key``; None when it is not written, or no code."""
    code = section.text(key)
    if code is None or code in COUNTRIES:
        return code
    meant = MEANT.get(code.upper(), code.upper())
    remedy = f"did you mean {meant!r}?" if meant in COUNTRIES else "write the two capital letters of ISO 3166, like US"
    section.reject(key, f"{code!r} is no country; {remedy}")
    return None
