"""The names of fields and identifiers together: they become columns of the output tables."""

import re

from identity_spark.config.inputs import Identifier, Source
from identity_spark.config.problems import Problems, suggest

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OUTPUT_COLUMNS = """
    dinmo_id record_key source primary_key status rule_keys blocked updated_at run_id record_count sources rules
    first_seen_at last_seen_at representative_entity_key_name representative_entity_key_value field_sources
    consent_dates
"""
WORKING_COLUMNS = """
    record_id source_rank phone_country cluster_id candidate_dinmo_id over_shared surviving consent_widened
"""
SHORT = 5  # letters; two edits of fewer make any word of any other
RESERVED = frozenset((OUTPUT_COLUMNS + WORKING_COLUMNS).split())


def check_fields(sources: tuple[Source, ...], identifiers: tuple[Identifier, ...], problems: Problems) -> None:
    """Names that make good columns and differ in more than case, and a source for each identifier."""
    places = {i.name: f"identifiers.{i.name}" for i in identifiers}
    for source in sources:
        for field in source.columns:
            places.setdefault(field, f"sources.{source.name}.columns.{field}")
    _check_names(places, problems)
    if sources and all(source.columns for source in sources):  # else the list of fields is not complete
        _check_mapped(sources, identifiers, problems)


def _check_names(places: dict[str, str], problems: Problems) -> None:
    folded: dict[str, str] = {}
    for name, place in places.items():
        if not NAME.fullmatch(name) or "__" in name:
            problems.add(place, f"{name!r} is no field name; use letters, digits and single _, a letter first")
        if name.lower() in RESERVED:
            problems.add(
                place, f"{name!r} is a column that the job itself makes; choose another name, like my_{name.lower()}"
            )
        other = folded.setdefault(name.lower(), name)
        if other != name:
            problems.add(place, f"{name!r} and {other!r} differ in case only, which Spark ignores; rename one of them")


def _check_mapped(sources: tuple[Source, ...], identifiers: tuple[Identifier, ...], problems: Problems) -> None:
    derived = {i.name for i in identifiers if i.derived}
    mapped = dict.fromkeys(field for source in sources for field in source.columns)
    spare = [field for field in mapped if field not in {i.name for i in identifiers}]
    for identifier in identifiers:
        if not identifier.derived and identifier.name not in mapped:
            hint = suggest(identifier.name, spare)
            near = f", or {hint}" if hint.startswith("did you mean") else ""
            problems.add(
                f"identifiers.{identifier.name}", f"no source maps it; add it under sources.<name>.columns{near}"
            )
    for source in sources:
        for field in source.columns:
            place = f"sources.{source.name}.columns.{field}"
            if field in derived:
                problems.add(place, f"{field!r} is a derived identifier; map the field it is derived from instead")
            elif field in spare and (meant := _misspelt(field, source, sources, identifiers)):
                problems.add(
                    place,
                    f"{field!r} is no identifier, no other source has it, and {meant!r} is missing here;"
                    f" did you mean {meant!r}? If not, choose a name that is less like it, such as own_{field}",
                )


def _misspelt(
    field: str, source: Source, sources: tuple[Source, ...], identifiers: tuple[Identifier, ...]
) -> str | None:
    """The identifier that ``field``, which is none, was meant to be: other sources map it and this one does not.

    A field that others map too is no slip, nor is one that is numbered.
    """
    others = {name for other in sources if other is not source for name in other.columns}
    if field in others or field[-1:].isdigit():
        return None
    lacking = (i.name for i in identifiers if not i.derived and i.name in others and i.name not in source.columns)
    return next((name for name in lacking if _is_slip_of(field.casefold(), name.casefold())), None)


def _is_slip_of(written: str, meant: str) -> bool:
    """At most two edits, one in a short name; or the same letters moved."""
    return sorted(written) == sorted(meant) or edits(written, meant) <= (1 if len(meant) < SHORT else 2)


def edits(left: str, right: str) -> int:
    """How many letters have to be put in, dropped or replaced to make one of the other (Levenshtein)."""
    row = list(range(len(right) + 1))
    for n, letter in enumerate(left, 1):
        above, row = row, [n]
        for m, other in enumerate(right, 1):
            row.append(min(above[m] + 1, row[m - 1] + 1, above[m - 1] + (letter != other)))
    return row[-1]
