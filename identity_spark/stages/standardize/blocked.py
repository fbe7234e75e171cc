"""Values that are blocked: lists of literals and regular expressions, the project's own and the built-in ones."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.errors import ConfigError
from identity_spark.schemas import BLOCKED, is_multi_valued
from identity_spark.stages.standardize.forms import form_of


def require_java_patterns(spark: SparkSession, identifiers: Sequence[Identifier]) -> None:
    """Raises ``ConfigError`` where Java, whose regular expressions Spark uses, cannot read one."""
    blocked = [(f"{i.name}.blocked", v[1:-1]) for i in identifiers for v in i.blocked if _is_pattern(v)]
    steps = [(f"{i.name}.standardize", step.regex) for i in identifiers for step in i.steps if step.regex]
    for place, pattern in blocked + steps:
        try:
            spark.range(1).select(F.lit("").rlike(pattern)).collect()
        except PySparkException as error:
            raise ConfigError(f"identifiers.{place}: '/{pattern}/' is no regular expression of Java") from error


def blocked_lists(
    spark: SparkSession, identifier: Identifier, built_in: Mapping[str, Sequence[str]], config: Config
) -> tuple[list[str], list[str]]:
    """The literal values (lower case, in canonical form too) and the regular expressions blocked for ``identifier``."""
    values = [*identifier.blocked, *built_in.get("any", ()), *built_in.get(identifier.type, ())]
    patterns = [v[1:-1] for v in values if _is_pattern(v)]
    literals = [v.strip() if identifier.case_sensitive else v.strip().lower() for v in values if not _is_pattern(v)]
    spaced = [" ".join(re.sub(r"[\W_]+", " ", v).split()) for v in literals]
    own = [v for v in identifier.blocked if not _is_pattern(v)]
    found = {*literals, *spaced, *_canonical_literals(spark, identifier, own, config)} - {""}
    return sorted(found), list(dict.fromkeys(patterns))


def _canonical_literals(
    spark: SparkSession, identifier: Identifier, values: Sequence[str], config: Config
) -> list[str]:
    """The project's own blocked values as the data will show them; built-in ones are written in canonical form."""
    if not values:
        return []
    form = form_of(identifier, F.lit(config.default_country).cast("string"), date.max)
    rows = spark.range(1).select(F.explode(F.array(*(form(F.lit(v)) for v in values))).alias("value")).collect()
    return [row["value"] for row in rows if row["value"] is not None]


def is_listed(value: Column, literals: Sequence[str], patterns: Sequence[str]) -> Column:
    """Whether ``value`` is one of ``literals``, or one of ``patterns`` is found in it."""
    return reduce(Column.__or__, (value.rlike(pattern) for pattern in patterns), value.isin(literals))


def without_blocked(usable: DataFrame, identifier: Identifier) -> DataFrame:
    """A derived identifier without the values of its own list, which ``blocked`` then names."""
    patterns = [v[1:-1] for v in identifier.blocked if _is_pattern(v)]
    literals = [v.strip() for v in identifier.blocked if not _is_pattern(v)]
    multi = is_multi_valued(usable, identifier.name)
    values = F.col(identifier.name) if multi else F.array_compact(F.array(identifier.name))
    listed = F.filter(values, lambda value: is_listed(value, literals, patterns))

    def entry(value: Column) -> Column:
        return F.struct(F.lit(identifier.name), value, F.lit("blocked"))

    entries = F.coalesce(F.transform(listed, entry), F.array()).cast(BLOCKED)
    named = usable.withColumn("blocked", F.concat("blocked", entries))
    if not multi:
        kept = F.when(~is_listed(F.col(identifier.name), literals, patterns), F.col(identifier.name))
    else:
        left = F.filter(identifier.name, lambda value: ~is_listed(value, literals, patterns))
        kept = F.when(F.size(left) > 0, left)
    return named.withColumn(identifier.name, kept)


def _is_pattern(value: str) -> bool:
    return len(value) > 2 and value.startswith("/") and value.endswith("/")
