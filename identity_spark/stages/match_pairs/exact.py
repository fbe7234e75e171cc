"""Links of the rules of exact criteria alone: sharing the key is the whole rule, so no pair is compared."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config, Rule
from identity_spark.schemas import EVIDENCE, LINKS, empty
from identity_spark.stages.match_pairs.keys import has_key, per_key


def exact_links(usable: DataFrame, config: Config) -> DataFrame:
    """``LINKS`` of the rules of exact criteria alone: the records of a key, a star around its smallest ``record_key``.

    One shuffle for all rules. The hash of a key only spreads and sorts; keys are equal when all their parts are.
    """
    rules = [(n, rule) for n, rule in enumerate(config.rules) if rule.exact]
    if not rules:
        return empty(usable.sparkSession, LINKS)
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


def _keys(usable: DataFrame, rules: Sequence[tuple[int, Rule]]) -> Column:
    """array<struct<rule_index, parts>>: every key of the record under every rule."""
    no_key = F.array().cast("array<struct<rule_index:int,parts:array<string>>>")

    def of(index: int, rule: Rule) -> Column:
        def entry(parts: Column) -> Column:
            return F.struct(F.lit(index).alias("rule_index"), parts.alias("parts"))

        return F.when(has_key(usable, rule), per_key(usable, rule, entry)).otherwise(no_key)

    return F.concat(*(of(index, rule) for index, rule in rules))


def _exact_evidence(rules: Sequence[Rule]) -> Column:
    """``EVIDENCE`` of a shared key: every identifier of the rule with the value that both records have."""
    names = F.element_at(F.array(*(F.array(*map(F.lit, rule.anchor)) for rule in rules)), F.col("rule_index") + 1)
    return F.zip_with(
        names,
        "parts",
        lambda name, value: F.struct(name, F.lit("exact"), value, value, F.lit(1.0)),
    )
