"""Values that are blocked: lists of literals and regular expressions, the project's own and the built-in ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.config.types import TYPES
from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import listed
from identity_spark.expressions.phone import dialling
from identity_spark.schemas import BLOCKED
from identity_spark.stages.standardize.forms import form_of

# Types whose canonical form comes from more than the value (the country of a phone, the day of a date) or makes
# something else of what is listed (street is st), so that the written value is looked up too.
BY_WRITING = frozenset(name for name, kind in TYPES.items() if kind.written_too)
PHONE_MARKS = " ()-./\u00a0"  # what writings of one number differ by


def own_patterns(config: Config) -> list[tuple[str, str]]:
    """Each regular expression that the project brings, with its place: Java has to be able to read it."""
    blocked = [
        (f"identifiers.{i.name}.blocked", v[1:-1]) for i in config.identifiers for v in i.blocked if _is_pattern(v)
    ]
    steps = [(f"identifiers.{i.name}.standardize", s.regex) for i in config.identifiers for s in i.steps if s.regex]
    return blocked + steps


def listed_forms(spark: SparkSession, config: Config, today: date) -> DataFrame | None:
    """``identifier``, ``value``: the project's own blocked values as the data will show them; None without any.

    Phones as each country of the configuration writes them; dates that lie in the future too. Built-in values are
    written in canonical form. Derived identifiers are held against their lists as these are.
    """
    forms = {i.name: _canonical(i, literals, config, today) for i in config.identifiers if (literals := _literals(i))}
    if not forms:
        return None
    entries = [
        F.struct(F.lit(name).alias("identifier"), value.alias("value"))
        for name, found in forms.items()
        for value in found
    ]
    return spark.range(1).select(F.inline(F.array(*entries))).where("value IS NOT NULL").distinct()


def _literals(identifier: Identifier) -> list[str]:
    return [] if identifier.derived else _parted(identifier.blocked)[0]


def _canonical(identifier: Identifier, values: Sequence[str], config: Config, today: date) -> list[Column]:
    countries = {config.default_country, *(s.country for s in config.sources)} if identifier.type == "phone" else {None}
    days = (today, date.max) if identifier.type == "date" else (today,)
    known = [dialling(F.lit(country).cast("string")) for country in countries]
    forms = [form_of(identifier, facts, day) for facts in known for day in days]
    return [form(F.lit(value)) for form in forms for value in values]


@dataclass(frozen=True)
class BlockedList:
    """What is blocked for one identifier.

    ``folded`` are literals in lower case, ``exact`` those that case tells apart, ``written`` those that the raw value
    is held against without its ``marks``.
    """

    folded: Sequence[str]
    patterns: Sequence[str] = ()
    exact: Sequence[str] = ()
    written: Sequence[str] = ()
    marks: str = ""
    is_folded: bool = True  # whether values come in one case

    def holds(self, value: Column, raw: Column | None = None) -> Column:
        """Whether ``value``, or ``raw`` as it was written, is a listed literal, or a pattern is found in ``value``."""
        found = listed(self.folded, value if self.is_folded else F.lower(value))
        if self.exact:
            found = found | listed(self.exact, value)
        if self.written and raw is not None:
            bare = F.translate(F.lower(F.trim(raw)), self.marks, "")
            found = found | F.coalesce(listed(self.written, bare), F.lit(False))
        return reduce(Column.__or__, (value.rlike(pattern) for pattern in self.patterns), found)

    def without(self, values: Column, has_several: bool) -> Column:
        """The value, or those of several, without what is listed; null where nothing is left."""
        if not has_several:
            return F.when(~self.holds(values), values)
        left = F.filter(values, lambda value: ~self.holds(value))
        return let(left, lambda left: F.when(F.size(left) > 0, left))

    def entries(self, identifier: str, values: Column, has_several: bool) -> Column:
        """array: a struct of ``BLOCKED`` for each listed value."""
        listed = F.filter(values if has_several else F.array_compact(F.array(values)), lambda value: self.holds(value))
        named = F.transform(listed, lambda value: F.struct(F.lit(identifier), value, F.lit("blocked")))
        return F.coalesce(named, F.array()).cast(BLOCKED)


def blocked_list(
    identifier: Identifier, built_in: Mapping[str, Sequence[str]], canonical: Sequence[str]
) -> BlockedList:
    """What the project and the ``built_in`` lists block for ``identifier``, in ``canonical`` form too."""
    own, patterns = _parted(identifier.blocked)
    general, general_patterns = _parted([*built_in.get("any", ()), *built_in.get(identifier.type, ())])
    in_case = _with_words([*own, *canonical] if identifier.case_sensitive else [])
    literals = general if identifier.case_sensitive else [v.lower() for v in own] + general
    folded = _with_words([v.lower() for v in literals])
    if not identifier.case_sensitive:
        folded |= set(canonical)
    marks = PHONE_MARKS if identifier.type == "phone" else ""
    bare = {v.lower().translate(str.maketrans("", "", marks)) for v in literals} - {""}
    return BlockedList(
        folded=sorted(folded),
        patterns=list(dict.fromkeys([*patterns, *general_patterns])),
        exact=sorted(in_case),
        written=sorted(bare) if identifier.type in BY_WRITING else (),
        marks=marks,
        is_folded=not identifier.case_sensitive,
    )


def own_list(identifier: Identifier) -> BlockedList | None:
    """What the project blocks of a derived identifier."""
    literals, patterns = _parted(identifier.blocked)
    return BlockedList([v.lower() for v in literals], patterns, is_folded=False) if identifier.blocked else None


def _parted(values: Sequence[str]) -> tuple[list[str], list[str]]:
    """Literals and regular expressions."""
    literals = [stripped for value in values if not _is_pattern(value) and (stripped := value.strip())]
    return literals, [value[1:-1] for value in values if _is_pattern(value)]


def _with_words(literals: Sequence[str]) -> set[str]:
    """The literals, and their words as the canonical forms of names and addresses have them."""
    return {*literals, *(" ".join(re.sub(r"[\W_]+", " ", v).split()) for v in literals)} - {""}


def _is_pattern(value: str) -> bool:
    return len(value) > 2 and value.startswith("/") and value.endswith("/")
