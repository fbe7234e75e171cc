"""Blocking keys: the anchor values of a record under each rule."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Rule
from identity_spark.schemas import is_multi_valued, multi_valued


def rule_keys(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """map<rule, array<key>>: the blocking keys of the record under each rule that applies to it."""
    entries = F.array(*(F.struct(F.lit(r.name).alias("key"), _key_texts(usable, r).alias("value")) for r in rules))
    return F.map_from_entries(F.filter(entries, lambda entry: entry["value"].isNotNull()))


def applies(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """Whether some rule applies to the record: it is of a source of that rule and has every anchor value."""
    return reduce(Column.__or__, (has_key(usable, rule) for rule in rules))


def _key_texts(usable: DataFrame, rule: Rule) -> Column:
    """The rule's keys as text, sorted; null where the rule does not apply."""
    if not multi_valued(usable, rule.anchor):
        texts = F.array(_text([F.col(name) for name in rule.anchor]))
    elif len(rule.anchor) == 1:
        texts = F.array_sort(rule.anchor[0])
    else:
        texts = F.array_sort(
            F.transform(key_parts(usable, rule), lambda key: F.array_join(F.transform(key, _escaped), "|"))
        )
    return F.when(has_key(usable, rule), texts)


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


def key_parts(usable: DataFrame, rule: Rule) -> Column:
    """array<array<string>>: every combination of one value per anchor; meaningful where ``has_key``."""
    if not multi_valued(usable, rule.anchor):
        return F.array(F.array(*rule.anchor))
    keys = F.array(F.array().cast("array<string>"))
    for name in rule.anchor:
        keys = _extended(keys, F.col(name) if is_multi_valued(usable, name) else F.array(name))
    return keys


def _extended(keys: Column, values: Column) -> Column:
    """Each of ``keys`` with each of ``values`` at its end."""
    return F.flatten(F.transform(keys, lambda key: F.transform(values, lambda value: F.concat(key, F.array(value)))))
