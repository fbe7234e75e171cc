"""Values that are blocked: lists of literals and regular expressions, the project's own and the built-in ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.errors import ConfigError
from identity_spark.schemas import BLOCKED, is_multi_valued
from identity_spark.stages.standardize.forms import form_of

# Types whose canonical form comes from more than the value (the country of a phone, the day of a date) or makes
# something else of what is listed (street is st), so that the written value is looked up too.
BY_WRITING = frozenset({"phone", "date", "address", "domain"})
PHONE_MARKS = " ()-./\u00a0"  # what writings of one number differ by


def require_java_patterns(spark: SparkSession, identifiers: Sequence[Identifier]) -> None:
    """Raises ``ConfigError`` where Java, whose regular expressions Spark uses, cannot read one."""
    blocked = [(f"{i.name}.blocked", v[1:-1]) for i in identifiers for v in i.blocked if _is_pattern(v)]
    steps = [(f"{i.name}.standardize", step.regex) for i in identifiers for step in i.steps if step.regex]
    for place, pattern in blocked + steps:
        try:
            spark.range(1).select(F.lit("").rlike(pattern)).collect()
        except PySparkException as error:
            raise ConfigError(f"identifiers.{place}: '/{pattern}/' is no regular expression of Java") from error


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
        found = (value if self.is_folded else F.lower(value)).isin(*self.folded)
        if self.exact:
            found = found | value.isin(*self.exact)
        if self.written and raw is not None:
            bare = F.translate(F.lower(F.trim(raw)), self.marks, "")
            found = found | F.coalesce(bare.isin(*self.written), F.lit(False))
        return reduce(Column.__or__, (value.rlike(pattern) for pattern in self.patterns), found)


def blocked_list(
    spark: SparkSession, identifier: Identifier, built_in: Mapping[str, Sequence[str]], config: Config, today: date
) -> BlockedList:
    """What the project and the ``built_in`` lists block for ``identifier``, in canonical form too."""
    own, own_patterns = _parted(identifier.blocked)
    general, general_patterns = _parted([*built_in.get("any", ()), *built_in.get(identifier.type, ())])
    canonical = _canonical_literals(spark, identifier, own, config, today)
    in_case = _with_words([*own, *canonical] if identifier.case_sensitive else [])
    literals = general if identifier.case_sensitive else [v.lower() for v in own] + general
    folded = _with_words([v.lower() for v in literals])
    if not identifier.case_sensitive:
        folded |= set(canonical)
    marks = PHONE_MARKS if identifier.type == "phone" else ""
    bare = {v.lower().translate(str.maketrans("", "", marks)) for v in literals} - {""}
    return BlockedList(
        folded=sorted(folded),
        patterns=list(dict.fromkeys([*own_patterns, *general_patterns])),
        exact=sorted(in_case),
        written=sorted(bare) if identifier.type in BY_WRITING else (),
        marks=marks,
        is_folded=not identifier.case_sensitive,
    )


def _canonical_literals(
    spark: SparkSession, identifier: Identifier, values: Sequence[str], config: Config, today: date
) -> list[str]:
    """The project's own blocked values as the data will show them; built-in ones are written in canonical form.

    Phones as each country of the configuration writes them; dates that lie in the future too.
    """
    if not values:
        return []
    countries = {config.default_country, *(s.country for s in config.sources)} if identifier.type == "phone" else {None}
    days = (today, date.max) if identifier.type == "date" else (today,)
    forms = [form_of(identifier, F.lit(country).cast("string"), day) for country in countries for day in days]
    read = F.array(*(form(F.lit(value)) for form in forms for value in values))
    rows = spark.range(1).select(F.explode(read).alias("value")).distinct().collect()
    return [row["value"] for row in rows if row["value"] is not None]


def without_blocked(usable: DataFrame, identifier: Identifier) -> DataFrame:
    """A derived identifier without the values of its own list, which ``blocked`` then names."""
    literals, patterns = _parted(identifier.blocked)
    listed_values = BlockedList([v.lower() for v in literals], patterns, is_folded=False)
    multi = is_multi_valued(usable, identifier.name)
    values = F.col(identifier.name) if multi else F.array_compact(F.array(identifier.name))
    listed = F.filter(values, listed_values.holds)

    def entry(value: Column) -> Column:
        return F.struct(F.lit(identifier.name), value, F.lit("blocked"))

    entries = F.coalesce(F.transform(listed, entry), F.array()).cast(BLOCKED)
    named = usable.withColumn("blocked", F.concat("blocked", entries))
    if not multi:
        kept = F.when(~listed_values.holds(F.col(identifier.name)), F.col(identifier.name))
    else:
        left = F.filter(identifier.name, lambda value: ~listed_values.holds(value))
        kept = F.when(F.size(left) > 0, left)
    return named.withColumn(identifier.name, kept)


def _parted(values: Sequence[str]) -> tuple[list[str], list[str]]:
    """Literals and regular expressions."""
    literals = [stripped for value in values if not _is_pattern(value) and (stripped := value.strip())]
    return literals, [value[1:-1] for value in values if _is_pattern(value)]


def _with_words(literals: Sequence[str]) -> set[str]:
    """The literals, and their words as the canonical forms of names and addresses have them."""
    return {*literals, *(" ".join(re.sub(r"[\W_]+", " ", v).split()) for v in literals)} - {""}


def _is_pattern(value: str) -> bool:
    return len(value) > 2 and value.startswith("/") and value.endswith("/")
