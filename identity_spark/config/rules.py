"""The section ``rules``: which records belong together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from identity_spark.config.identifiers import value_type
from identity_spark.config.inputs import Identifier, Source
from identity_spark.config.keys import values
from identity_spark.config.model import OVERRIDE_RULES, Criterion, Rule
from identity_spark.config.places import CRITERION, RULE
from identity_spark.config.section import Section, check_known, opened
from identity_spark.config.types import FUZZY, fitting_matches

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Names:
    """What rules and golden fields may name."""

    complete: bool  # whether every source says which fields it maps
    sources: tuple[str, ...]
    identifiers: Mapping[str, Identifier]
    plain_fields: tuple[str, ...]
    mapped: Mapping[str, frozenset[str]]  # the fields of each source

    @classmethod
    def of(cls, sources: tuple[Source, ...], identifiers: tuple[Identifier, ...]) -> "Names":
        names = {i.name: i for i in identifiers}
        fields = dict.fromkeys(field for source in sources for field in source.columns if field not in names)
        mapped = {source.name: frozenset(source.columns) for source in sources}
        complete = bool(sources) and all(source.columns for source in sources)
        return cls(complete, tuple(source.name for source in sources), names, tuple(fields), mapped)


def rules(top: Section, names: Names) -> tuple[Rule, ...]:
    """The rules in the order written, strongest first."""
    top.require("rules", "write at least one: rules: [{name: email, criteria: [{identifiers: email, match: exact}]}]")
    taken: dict[str, str] = {}
    known: dict[object, str] = {}
    found = []
    for place, value in top.entries("rules"):
        section = opened(value, place, RULE, top.problems)
        rule = _rule(section, names)
        if rule.name and rule.name in taken:
            section.reject("name", f"{rule.name!r} is also the name of {taken[rule.name]}; give each rule its own")
        taken.setdefault(rule.name, place)
        first = known.setdefault(_meaning(rule), place)
        if rule.identifiers and first != place:
            top.problems.add(place, f"it says the same as {first}; keep one of the two")
        found.append(rule)
    return tuple(found)


def _meaning(rule: Rule) -> object:
    """What makes two rules the same: what they compare, in any order, and their sources, whatever they are called."""
    compared = frozenset((name, replace(c, identifiers=())) for c in rule.criteria for name in c.identifiers)
    return compared, frozenset(rule.sources)


def _parts(criterion: Criterion) -> object:
    return frozenset(criterion.identifiers), replace(criterion, identifiers=())


def _rule(section: Section, names: Names) -> Rule:
    section.require("name", "name the rule, like email_and_name")
    section.require("criteria", "write at least one: criteria: [{identifiers: email, match: exact}]")
    name = section.text("name") or ""
    if name and not NAME.fullmatch(name):
        section.reject("name", f"{name!r} is no rule name; use letters, digits and _, a letter first")
    if name in OVERRIDE_RULES:
        section.reject("name", f"{name!r} is what pairs of the overrides are called; choose another name")
    placed = section.placed_texts("sources")
    check_known(placed, names.sources, "source", section.problems)
    placed_criteria = section.entries("criteria")
    criteria = tuple(_criterion(value, place, section, names) for place, value in placed_criteria)
    taken: dict[object, str] = {}
    for (place, _), criterion in zip(placed_criteria, criteria, strict=True):
        first = taken.setdefault(_parts(criterion), place)
        if criterion.identifiers and first != place:
            section.problems.add(place, f"it says the same as {first}; keep one of the two")
    if criteria and not any(criterion.anchors for criterion in criteria):
        section.reject(
            "criteria",
            "no anchor, so every record would have to be compared with every other; add a criterion with match: exact "
            "and without missing: pass",
        )
    return Rule(name, **values(section, Rule, criteria=criteria, sources=tuple(source for _, source in placed)))


def _criterion(value: Any, place: str, rule: Section, names: Names) -> Criterion:
    section = opened(value, place, CRITERION, rule.problems)
    section.require("identifiers", "name the identifier, or a list of identifiers, to compare")
    placed = section.placed_texts("identifiers", single=True)
    read = values(section, Criterion, identifiers=tuple(name for _, name in placed))
    match = read["match"]
    for name_place, name in placed:
        _check_identifier(name, name_place, match, section, names)
    if section.has("threshold") and match == "exact":
        section.reject("threshold", "it applies to fuzzy matches only; leave it out, or write match: fuzzy_medium")
    return Criterion(**read)


def _check_identifier(name: str, place: str, match: str, section: Section, names: Names) -> None:
    identifier = names.identifiers.get(name)
    if identifier is None and names.identifiers and name in names.plain_fields:
        section.problems.add(place, f"{name!r} is a field but no identifier; add it under identifiers")
    elif identifier is None:
        check_known([(place, name)], names.identifiers, "identifier", section.problems)
    elif match in FUZZY:
        kind = value_type(identifier)
        allowed = fitting_matches(kind) if kind else []
        if kind and match not in allowed:
            message = f"{match!r} is not defined for {name}, which is of type {kind}; choose from {', '.join(allowed)}"
            section.reject("match", message)
