"""Links of the rules of exact criteria alone: sharing the key is the whole rule, so no pair is compared."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config, Rule
from identity_spark.schemas import EVIDENCE, LINKS, empty
from identity_spark.stages.match_pairs.keys import keyed


def exact_links(usable: DataFrame, config: Config, partition: str | None = None) -> DataFrame:
    """``LINKS`` of the rules of exact criteria alone: the records of a key, a star around its smallest ``record_key``.

    One shuffle for all rules. The hash of a key only spreads and sorts; keys are equal when all their parts are.
    Records meet only within their value of the column ``partition``, where there is one.
    """
    rules = {n: rule for n, rule in enumerate(config.rules) if rule.exact}
    if not rules:
        return empty(usable.sparkSession, LINKS)
    block = [*([partition] if partition else ()), "anchor", "parts"]
    keys = keyed(usable, rules, *block[:-2], "record_id", "record_key")
    same_key = Window.partitionBy(F.xxhash64("anchor", "parts"), *block)
    starred = keys.withColumn("centre", F.min(F.struct("record_key", "record_id")).over(same_key))
    return starred.where(F.col("centre.record_id") != F.col("record_id")).select(
        F.col("anchor").alias("rule_index"),
        F.col("centre.record_id").alias("left_id"),
        F.col("record_id").alias("right_id"),
        F.col("centre.record_key").alias("left_record_key"),
        F.col("record_key").alias("right_record_key"),
        _evidence(config.rules).cast(EVIDENCE).alias("evidence"),
    )


def _evidence(rules: Sequence[Rule]) -> Column:
    """``EVIDENCE`` of a shared key: every identifier of the rule with the value that both records have."""
    names = F.element_at(F.array(*(F.array(*map(F.lit, rule.anchor)) for rule in rules)), F.col("anchor") + 1)
    return F.zip_with(
        names,
        "parts",
        lambda name, value: F.struct(name, F.lit("exact"), value, value, F.lit(1.0)),
    )
