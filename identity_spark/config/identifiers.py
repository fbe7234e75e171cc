"""The section ``identifiers``: what rules may compare, how it is read, and which limits hold for it."""

from dataclasses import replace
from typing import Any

from identity_spark.config.dates import date_format_problem
from identity_spark.config.inputs import Identifier, Step
from identity_spark.config.keys import values
from identity_spark.config.patterns import blocked_problem, regex_problem, replacement_problem
from identity_spark.config.places import IDENTIFIER, STEP
from identity_spark.config.problems import show, suggest
from identity_spark.config.section import Section, check_known, opened, text, whole
from identity_spark.config.types import FUZZY, TRANSFORMS, TYPES, fitting_matches, parse_transform, types_taken

PLAIN_ONLY = ("type", "formats", "case_sensitive", "only_numeric", "standardize")  # no keys of a derived identifier
STEPS = ("trim", "lower", "digits", "accents")


def identifiers(top: Section) -> tuple[Identifier, ...]:
    """The identifiers in the order written, derived ones with the type that they come from."""
    top.require("identifiers", "name at least one: identifiers: {email: {type: email}}")
    if top.raw.get("identifiers") == {}:
        top.reject("identifiers", "an empty mapping; name at least one: {email: {type: email}}")
    found = top.children("identifiers", "identifiers: {email: {type: email}}")
    sections = {
        name: opened({} if value is None else value, place, IDENTIFIER, top.problems) for name, place, value in found
    }
    written = tuple(_identifier(name, section) for name, section in sections.items())
    typed = _with_types(written, sections)
    for identifier in typed:
        _check_tolerance(identifier, sections[identifier.name])
    return tuple(replace(i, max_distinct_per_value=_distinct(sections[i.name], i, typed)) for i in typed)


def _identifier(name: str, section: Section) -> Identifier:
    derived = section.has("from") or section.has("transform")
    if derived:
        _check_derived(section)
    else:
        section.require("type", f"choose from {', '.join(TYPES)}; or derive it: {{from: ..., transform: ...}}")
    kind = "" if derived else section.choice("type", tuple(TYPES), "")
    _check_formats(section, kind, derived)
    read = values(section, Identifier)
    _check_options(section, kind, read["case_sensitive"], read["only_numeric"])
    transform, argument = _transform(section)
    tolerance = section.choice("conflict_tolerance", FUZZY, "") or None
    return Identifier(
        name=name,
        type=kind,
        formats=section.texts("formats") or (TYPES[kind].formats if kind else ()),
        blocked=_blocked(section),
        max_records_per_value=section.limit(
            "max_records_per_value", TYPES[kind].max_records_per_value if kind else None
        ),
        max_values_per_profile=section.limit("max_values_per_profile", 1 if tolerance else None),
        conflict_tolerance=tolerance,
        **read,
        steps=_steps(section),
        derived_from=section.text("from") or ("" if derived else None),
        transform=transform,
        argument=argument,
    )


def _check_derived(section: Section) -> None:
    section.require("from", "name the identifier that it is derived from")
    section.require("transform", f"choose from {', '.join(TRANSFORMS)}")
    for key in PLAIN_ONLY:
        if section.has(key):
            remedy = "it takes the type that it is derived from" if key == "type" else "set it where it is derived from"
            section.reject(key, f"{show(section.raw[key])} does not apply to a derived identifier; {remedy}")


def _check_formats(section: Section, kind: str, derived: bool) -> None:
    if section.has("formats") and not derived and kind and not TYPES[kind].formats:
        section.reject("formats", f"it does not apply to type {kind}; only dates have formats, leave it out")
    for place, written in section.placed_texts("formats"):
        problem = date_format_problem(written)
        if problem:
            section.problems.add(place, problem)


def _check_options(section: Section, kind: str, case_sensitive: bool, only_numeric: bool) -> None:
    """Options that a type cannot keep."""
    if case_sensitive and kind and not TYPES[kind].has_case:
        section.reject("case_sensitive", f"it does not apply to type {kind}; only id and text keep their case")
    if only_numeric and kind and not TYPES[kind].only_numeric:
        section.reject("only_numeric", f"it does not apply to type {kind}, which has a form of its own; leave it out")


def _steps(section: Section) -> tuple[Step, ...]:
    """The chain ``standardize``: known steps, or a regular expression and what replaces it."""
    found = (_step(place, value, section) for place, value in section.entries("standardize"))
    return tuple(step for step in found if step is not None)


def _step(place: str, value: Any, section: Section) -> Step | None:
    if isinstance(value, dict):
        return _replacement(opened(value, place, STEP, section.problems))
    name = text(value, place, section.problems)
    if name is not None and name not in STEPS:
        section.problems.add(place, f"{name!r} is unknown; {suggest(name, STEPS)}")
    return None if name is None else Step(name)


def _replacement(step: Section) -> Step:
    """A step ``{regex: ..., replace: ...}``."""
    step.require("regex", "write {regex: ..., replace: ...}")
    regex, replacement = step.text("regex") or "", step.raw.get("replace")
    if not isinstance(replacement, str):
        wrong = "missing" if replacement is None else f"{show(replacement)} is no text"
        step.reject("replace", f'{wrong}; write the replacement, "" for none')
        replacement = ""
    if problem := regex_problem(regex):
        step.reject("regex", problem)
    elif problem := replacement_problem(regex, replacement):
        step.reject("replace", problem)
    return Step("regex", regex, replacement)


def _blocked(section: Section) -> tuple[str, ...]:
    found = [] if section.raw.get("blocked") == [] else section.placed_texts("blocked")
    for place, written in found:
        problem = blocked_problem(written)
        if problem:
            section.problems.add(place, problem)
    return tuple(written for _, written in found)


def _transform(section: Section) -> tuple[str | None, int | None]:
    written = section.text("transform")
    if written is None:
        return None, None
    try:
        return parse_transform(written)
    except ValueError as error:
        section.reject("transform", str(error))
        return None, None


def _with_types(found: tuple[Identifier, ...], sections: dict[str, Section]) -> tuple[Identifier, ...]:
    """The same identifiers, derived ones typed by the plain identifier at the end of their chain."""
    by_name = {i.name: i for i in found}
    typed = []
    for identifier in found:
        chain = _chain(identifier, by_name, sections[identifier.name])
        typed.append(replace(identifier, type=chain[-1].type))
        if identifier.derived and len(chain) > 1:
            _check_takes(identifier, value_type(chain[1]), sections[identifier.name])
    return tuple(typed)


def _chain(start: Identifier, by_name: dict[str, Identifier], section: Section) -> list[Identifier]:
    """``start``, what it is derived from, what that is derived from, and so on."""
    chain = [start]
    while chain[-1].derived_from is not None:
        name = chain[-1].derived_from
        if name in (i.name for i in chain):
            if name == start.name == min((i.name for i in chain), key=list(by_name).index):  # each loop once
                loop = " from ".join([*(i.name for i in chain), name])
                section.reject("from", f"a loop: {loop}; derive one of them from a mapped field")
            break
        if name not in by_name:
            if len(chain) == 1 and name:
                check_known([(section.at("from"), name)], by_name, "identifier", section.problems)
            break
        chain.append(by_name[name])
    return chain


def value_type(identifier: Identifier) -> str:
    """The type of the values that come out: a derived identifier's by its transform; empty when not known."""
    if not identifier.derived:
        return identifier.type
    return TRANSFORMS[identifier.transform].gives if identifier.transform else ""


def _check_tolerance(identifier: Identifier, section: Section) -> None:
    """A tolerance that the type of the values knows, beside a limit that it loosens."""
    tolerance, kind = identifier.conflict_tolerance, value_type(identifier)
    fitting = [match for match in fitting_matches(kind) if match in FUZZY] if kind else []
    if tolerance and kind and tolerance not in fitting:
        choices = f"choose from {', '.join(fitting)}" if fitting else "leave it out"
        section.reject("conflict_tolerance", f"{tolerance!r} is not defined for values of type {kind}; {choices}")
    if tolerance and identifier.max_values_per_profile is None:
        section.reject("conflict_tolerance", "there is no limit to loosen; set max_values_per_profile, or leave it out")


def _check_takes(identifier: Identifier, given: str, section: Section) -> None:
    takes = types_taken(identifier.transform) if identifier.transform else []
    if given and takes and given not in takes:
        message = f"{identifier.transform!r} does not fit {identifier.derived_from}, which is of type {given}"
        section.reject("transform", f"{message}; it takes {', '.join(takes)}")


def _distinct(section: Section, identifier: Identifier, found: tuple[Identifier, ...]) -> dict[str, int]:
    """``max_distinct_per_value``; by default few last names for an e-mail or phone, when the project has them."""
    if "max_distinct_per_value" not in section.raw:
        surname = next((i.name for i in found if i.type == "last_name" and not i.derived), None)
        known = bool(identifier.type) and not identifier.derived
        most = TYPES[identifier.type].max_last_names_per_value if known else None
        return {surname: most} if surname and most else {}
    limits: dict[str, int] = {}
    like = "max_distinct_per_value: {last_name: 4}"
    for name, place, value in section.children("max_distinct_per_value", like):
        check_known([(place, name)], (i.name for i in found), "identifier", section.problems)
        limits[name] = whole(value, place, section.problems) or 1
    return limits
