"""The section ``golden``: which fields a profile shows, and how each value is chosen."""

from collections.abc import Sequence
from dataclasses import replace

from identity_spark.config.fields import NAME
from identity_spark.config.keys import values
from identity_spark.config.model import STRATEGIES, GoldenField
from identity_spark.config.places import GOLDEN, GOLDEN_FIELD, GOLDEN_GROUP
from identity_spark.config.problems import suggest
from identity_spark.config.rules import Names
from identity_spark.config.section import Section, check_known, opened
from identity_spark.config.types import TYPES

OF_GROUPS = ("last_non_null", "first_non_null", "most_frequent", "source_priority", "longest")


def golden(top: Section, names: Names) -> tuple[tuple[GoldenField, ...], bool]:
    """Every identifier that is not derived, then every other mapped field; and whether values are verified."""
    section = top.child("golden", GOLDEN)
    named: dict[str, GoldenField] = {}
    for name, place, value in section.children("fields", "fields: {city: {strategy: most_frequent}}"):
        _check_field(name, place, section, names)
        body = opened({} if value is None else value, place, GOLDEN_FIELD, top.problems)
        named[name] = _field(name, body, names)
    named |= _grouped(section, names)
    shown = [name for name, identifier in names.identifiers.items() if not identifier.derived]
    order = dict.fromkeys([*shown, *names.plain_fields, *named])
    fields = tuple(named.get(name) or GoldenField(name, sources=names.sources) for name in order)
    return fields, section.flag("verify_values")


def _field(name: str, section: Section, names: Names) -> GoldenField:
    strategy = section.choice("strategy", STRATEGIES, "last_non_null")
    identifier = names.identifiers.get(name)
    kind = identifier.type if identifier else None
    if kind and strategy == "most_restrictive" and not TYPES[kind].says_yes_or_no:
        section.reject("strategy", f"{strategy!r} does not fit the type {kind}; it chooses between yes and no")
    if kind and strategy == "longest" and not TYPES[kind].has_length:
        section.reject("strategy", f"{strategy!r} does not fit the type {kind}; write max, min or most_frequent")
    if section.has("max_values") and strategy != "collect":
        section.reject("max_values", "only collect shows several values; write strategy: collect, or leave it out")
    if section.has("valid_only") and identifier is None:
        section.reject("valid_only", f"{name!r} is no identifier, so that none of its values is invalid; leave it out")
    return GoldenField(
        name,
        strategy,
        _sources(section, strategy, names, [name]),
        valid_only=section.flag("valid_only") or not section.has("valid_only"),
        **values(section, GoldenField),
    )


def _sources(section: Section, strategy: str, names: Names, fields: Sequence[str]) -> tuple[str, ...]:
    """Those named; for ``source_priority`` the others follow in their own order. Without any named, all."""
    placed = section.placed_texts("sources")
    check_known(placed, names.sources, "source", section.problems)
    if names.complete and placed and not any(names.mapped.get(name, {*fields}) & {*fields} for _, name in placed):
        told = f"[{', '.join(name for _, name in placed)}] never map {' or '.join(map(repr, fields))}"
        having = [name for name in names.sources if names.mapped[name] & {*fields}]
        remedy = f"name sources that do: {', '.join(having)}" if having else "leave it out"
        (section.reject if len(fields) == 1 else section.warn)("sources", f"{told}; {remedy}")
    wanted = [source for _, source in placed]
    others = names.sources if strategy == "source_priority" or not wanted else ()
    return tuple(dict.fromkeys([*wanted, *others]))


def _check_field(name: str, place: str, section: Section, names: Names) -> None:
    identifier = names.identifiers.get(name)
    if identifier is not None and identifier.derived:
        section.problems.add(place, f"{name!r} is a derived identifier, which profiles do not show; leave it out")
    if names.complete:
        fields = [*names.identifiers, *names.plain_fields]
        check_known([(place, name)], fields, "identifier or mapped field", section.problems)


def _grouped(section: Section, names: Names) -> dict[str, GoldenField]:
    """The fields of all groups, each with the settings of its group, which go before its own: each in one group."""
    found: dict[str, GoldenField] = {}
    for name, place, value in section.children("groups", "groups: {address: {fields: [street, city]}}"):
        if not NAME.fullmatch(name):
            section.problems.add(place, f"{name!r} is no group name; use letters, digits and _, a letter first")
        group = opened(value, place, GOLDEN_GROUP, section.problems)
        group.require("fields", "list the fields that belong together: fields: [street, city]")
        settings = _group(name, group, names)
        for field_place, field in group.placed_texts("fields"):
            _check_field(field, field_place, section, names)
            first = found.setdefault(field, replace(settings, name=field)).group
            if first != name:
                section.problems.add(field_place, f"{field!r} is in group {first} too; keep it in one of them")
    return found


def _group(name: str, section: Section, names: Names) -> GoldenField:
    strategy = section.text("strategy") or "last_non_null"
    if strategy in STRATEGIES and strategy not in OF_GROUPS:
        section.reject("strategy", f"{strategy!r} does not fit a group; choose from {', '.join(OF_GROUPS)}")
    elif strategy not in OF_GROUPS:
        section.reject("strategy", f"{strategy!r} is unknown; {suggest(strategy, OF_GROUPS)}")
    fields = [field for _, field in section.placed_texts("fields")]
    sources = _sources(section, strategy, names, fields)
    return GoldenField("", strategy, sources, max_age_days=section.limit("max_age_days"), group=name)
