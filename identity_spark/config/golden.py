"""The section ``golden``: which fields a profile shows, and how each value is chosen."""

from identity_spark.config.fields import NAME
from identity_spark.config.keys import GOLDEN, GOLDEN_FIELD, GOLDEN_GROUP
from identity_spark.config.model import GoldenField
from identity_spark.config.rules import Known
from identity_spark.config.section import Section, check_known, opened

STRATEGIES = (
    "last_non_null", "first_non_null", "most_frequent", "source_priority", "max", "min", "longest",
    "most_restrictive", "collect",
)  # fmt: skip


def golden(top: Section, names: Known) -> tuple[GoldenField, ...]:
    """Every identifier that is not derived, then every other mapped field, each with its full order of sources."""
    section = top.child("golden", GOLDEN)
    named: dict[str, GoldenField] = {}
    for name, place, value in section.children("fields", "fields: {city: {strategy: most_frequent}}"):
        _check_field(name, place, section, names)
        named[name] = _field(name, opened({} if value is None else value, place, GOLDEN_FIELD, top.problems), names)
    _check_groups(section, names)
    shown = [name for name, identifier in names.identifiers.items() if not identifier.derived]
    order = dict.fromkeys([*shown, *names.plain_fields, *named])
    return tuple(named.get(name) or GoldenField(name, sources=names.sources) for name in order)


def _field(name: str, section: Section, names: Known) -> GoldenField:
    placed = section.placed_texts("sources")
    check_known(placed, names.sources, "source", section.problems)
    order = dict.fromkeys([*(source for _, source in placed), *names.sources])
    return GoldenField(name, section.choice("strategy", STRATEGIES, "last_non_null"), tuple(order))


def _check_field(name: str, place: str, section: Section, names: Known) -> None:
    identifier = names.identifiers.get(name)
    if identifier is not None and identifier.derived:
        section.problems.add(place, f"{name!r} is a derived identifier, which profiles do not show; leave it out")
    if names.complete:
        fields = [*names.identifiers, *names.plain_fields]
        check_known([(place, name)], fields, "identifier or mapped field", section.problems)


def _check_groups(section: Section, names: Known) -> None:
    """Groups of fields that come from one record together: each field once, in one group."""
    grouped: dict[str, str] = {}
    for name, place, value in section.children("groups", "groups: {address: {fields: [street, city]}}"):
        if not NAME.fullmatch(name):
            section.problems.add(place, f"{name!r} is no group name; use letters, digits and _, a letter first")
        group = opened(value, place, GOLDEN_GROUP, section.problems)
        group.require("fields", "list the fields that belong together: fields: [street, city]")
        for field_place, field in group.placed_texts("fields"):
            _check_field(field, field_place, section, names)
            if grouped.setdefault(field, name) != name:
                section.problems.add(field_place, f"{field!r} is in group {grouped[field]} too; keep it in one of them")
        _field(name, group, names)
