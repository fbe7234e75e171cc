"""Links: which records each rule joins, and by which values."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config, Rule
from identity_spark.schemas import EVIDENCE, is_multi_valued, multi_valued


def rule_keys(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """map<rule, array<key>>: the blocking keys of the record under each rule that applies to it."""
    entries = F.array(*(F.struct(F.lit(r.name).alias("key"), _key_texts(usable, r).alias("value")) for r in rules))
    return F.map_from_entries(F.filter(entries, lambda entry: entry["value"].isNotNull()))


def applies(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """Whether some rule applies to the record: it is of a source of that rule and has every anchor value."""
    return reduce(Column.__or__, (_has_key(usable, rule) for rule in rules))


def exact_links(usable: DataFrame, config: Config) -> DataFrame:
    """``LINKS`` of the rules of exact criteria alone: the records of a key, a star around its smallest ``record_key``.

    One shuffle for all rules. The hash of a key only spreads and sorts; keys are equal when all their parts are.
    """
    rules = list(enumerate(config.rules))
    keys = usable.select("record_id", "record_key", F.explode(_keys(usable, rules)).alias("key")).select(
        "record_id", "record_key", "key.*"
    )
    same_key = Window.partitionBy(F.xxhash64("rule_index", "parts"), "rule_index", "parts")
    starred = keys.withColumn("centre", F.min(F.struct("record_key", "record_id")).over(same_key))
    return starred.where(F.col("centre.record_id") != F.col("record_id")).select(
        "rule_index",
        F.col("centre.record_id").alias("left_id"),
        F.col("record_id").alias("right_id"),
        F.col("centre.record_key").alias("left_record_key"),
        F.col("record_key").alias("right_record_key"),
        _exact_evidence(config.rules).cast(EVIDENCE).alias("evidence"),
    )


def match_pairs(links: DataFrame, profiles: DataFrame, usable: DataFrame, config: Config) -> DataFrame:
    """``PAIRS`` less ``run_id``: each pair and rule once, with all its evidence."""
    names = F.array(*(F.lit(r.name) for r in config.rules))
    ids = profiles.select(F.col("record_id").alias("left_id"), "dinmo_id")
    return (
        _once(links, usable, config)
        .join(ids, "left_id", "left")
        .select(
            *("left_record_key", "right_record_key"),
            F.element_at(names, F.col("rule_index") + 1).alias("rule"),
            "evidence",
            F.lit("accepted").alias("status"),
            F.lit(None).cast("string").alias("refused_by"),
            "dinmo_id",
        )
    )


def _once(links: DataFrame, usable: DataFrame, config: Config) -> DataFrame:
    """``links`` with the evidence put together where two records share several values under one rule."""
    columns = ["left_id", "left_record_key", "right_record_key", "rule_index"]
    repeating = [n for n, rule in enumerate(config.rules) if multi_valued(usable, rule.anchor)]
    if not repeating:
        return links.select(*columns, "evidence")
    may_repeat = F.col("rule_index").isin(repeating)
    joined = F.sort_array(F.array_distinct(F.flatten(F.collect_list("evidence")))).alias("evidence")
    together = links.where(may_repeat).groupBy(*columns).agg(joined)
    return links.where(~may_repeat).select(*columns, "evidence").unionByName(together)


def _key_texts(usable: DataFrame, rule: Rule) -> Column:
    """The rule's keys as text, sorted; null where the rule does not apply."""
    if not multi_valued(usable, rule.anchor):
        texts = F.array(_text([F.col(name) for name in rule.anchor]))
    elif len(rule.anchor) == 1:
        texts = F.array_sort(rule.anchor[0])
    else:
        texts = F.array_sort(
            F.transform(_parts(usable, rule), lambda key: F.array_join(F.transform(key, _escaped), "|"))
        )
    return F.when(_has_key(usable, rule), texts)


def _text(parts: Sequence[Column]) -> Column:
    """The parts of a key joined by ``|``, which is escaped inside them so that no two keys read the same."""
    return parts[0] if len(parts) == 1 else F.concat_ws("|", *map(_escaped, parts))


def _escaped(part: Column) -> Column:
    return F.replace(F.replace(part, F.lit("\\"), F.lit("\\\\")), F.lit("|"), F.lit("\\|"))


def _has_key(usable: DataFrame, rule: Rule) -> Column:
    conditions = [F.col(name).isNotNull() for name in rule.anchor]
    if rule.sources:
        conditions.append(F.col("source").isin(*rule.sources))
    return reduce(Column.__and__, conditions)


def _parts(usable: DataFrame, rule: Rule) -> Column:
    """array<array<string>>: every combination of one value per anchor; meaningful where ``_has_key``."""
    if not multi_valued(usable, rule.anchor):
        return F.array(F.array(*rule.anchor))
    keys = F.array(F.array().cast("array<string>"))
    for name in rule.anchor:
        keys = _extended(keys, F.col(name) if is_multi_valued(usable, name) else F.array(name))
    return keys


def _extended(keys: Column, values: Column) -> Column:
    """Each of ``keys`` with each of ``values`` at its end."""
    return F.flatten(F.transform(keys, lambda key: F.transform(values, lambda value: F.concat(key, F.array(value)))))


def _keys(usable: DataFrame, rules: Sequence[tuple[int, Rule]]) -> Column:
    """array<struct<rule_index, parts>>: every key of the record under every rule."""
    empty = F.array().cast("array<struct<rule_index:int,parts:array<string>>>")

    def of(index: int, rule: Rule) -> Column:
        def entry(parts: Column) -> Column:
            return F.struct(F.lit(index).alias("rule_index"), parts.alias("parts"))

        if multi_valued(usable, rule.anchor):
            keys = F.transform(_parts(usable, rule), entry)
        else:
            keys = F.array(entry(F.array(*rule.anchor)))
        return F.when(_has_key(usable, rule), keys).otherwise(empty)

    return F.concat(*(of(index, rule) for index, rule in rules))


def _exact_evidence(rules: Sequence[Rule]) -> Column:
    """``EVIDENCE`` of a shared key: every identifier of the rule with the value that both records have."""
    names = F.element_at(F.array(*(F.array(*map(F.lit, rule.anchor)) for rule in rules)), F.col("rule_index") + 1)
    return F.zip_with(
        names,
        "parts",
        lambda name, value: F.struct(name, F.lit("exact"), value, value, F.lit(1.0)),
    )
