"""Blocking keys: the anchor values of a record under each rule."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Rule
from identity_spark.schemas import multi_valued


def keyed(usable: DataFrame, rules: Mapping[int, Rule], *columns: str) -> DataFrame:
    """``columns``, ``anchor`` and ``parts`` array<string>: a row for each key of each record.

    The keys are those of ``rules``, by the number of the anchor that they stand for.
    """
    no_key = F.array().cast("array<struct<anchor:int,parts:array<string>>>")

    def of(anchor: int, rule: Rule) -> Column:
        def entry(parts: Column) -> Column:
            return F.struct(F.lit(anchor).alias("anchor"), parts.alias("parts"))

        return F.when(has_key(usable, rule), per_key(usable, rule, entry)).otherwise(no_key)

    every_key = F.concat(*(of(anchor, rule) for anchor, rule in rules.items()))
    # Not ``inline``: Spark would first build the keys once more, to leave out records that have none.
    return usable.select(*columns, F.inline_outer(every_key)).where("anchor IS NOT NULL")


def rule_keys(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """map<rule, array<key>>: the blocking keys of the record under each rule that applies to it."""
    return F.map_from_entries(F.array_compact(F.array(*(_entry(usable, rule) for rule in rules))))


def _entry(usable: DataFrame, rule: Rule) -> Column:
    """struct<rule, keys as text, sorted>; null where the rule does not apply."""
    texts = per_key(usable, rule, lambda parts: _text([F.get(parts, F.lit(n)) for n in range(len(rule.anchor))]))
    return F.when(has_key(usable, rule), F.struct(F.lit(rule.name).alias("key"), F.sort_array(texts).alias("value")))


def applies(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """Whether some rule applies to the record: it is of a source of that rule and has every anchor value."""
    return reduce(Column.__or__, (has_key(usable, rule) for rule in rules))


def _text(parts: Sequence[Column]) -> Column:
    """The parts of a key joined by ``|``, which is escaped inside them so that no two keys read the same."""
    return parts[0] if len(parts) == 1 else F.concat_ws("|", *map(_escaped, parts))


def _escaped(part: Column) -> Column:
    return F.replace(F.replace(part, F.lit("\\"), F.lit("\\\\")), F.lit("|"), F.lit("\\|"))


def has_key(usable: DataFrame, rule: Rule) -> Column:
    """Whether the rule applies to the record: it is of a source of the rule and has every anchor value."""
    conditions = [F.col(name).isNotNull() for name in rule.anchor]
    if rule.sources:
        conditions.append(F.col("source").isin(*rule.sources))
    return reduce(Column.__and__, conditions)


def per_key(usable: DataFrame, rule: Rule, form: Callable[[Column], Column] = lambda parts: parts) -> Column:
    """array: ``form`` of the parts of each key, every combination of one value per anchor.

    Meaningful where ``has_key``. Most records have one key, and are spared the lambdas, which Spark interprets.
    """
    several = multi_valued(usable, rule.anchor)
    one = F.array(form(F.array(*(F.get(n, F.lit(0)) if n in several else F.col(n) for n in rule.anchor))))
    if not several:
        return one
    keys = F.array(F.array().cast("array<string>"))
    for name in rule.anchor:
        keys = _extended(keys, F.col(name) if name in several else F.array(name))
    has_one = reduce(Column.__and__, (F.size(name) == 1 for name in sorted(several)))
    return F.when(has_one, one).otherwise(F.transform(keys, form))


def _extended(keys: Column, values: Column) -> Column:
    """Each of ``keys`` with each of ``values`` at its end."""
    return F.flatten(F.transform(keys, lambda key: F.transform(values, lambda value: F.concat(key, F.array(value)))))
