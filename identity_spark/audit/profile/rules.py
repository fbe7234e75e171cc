"""What the rules will cost on the sources, from counts alone: ``jobs/validate.py --profile``."""

import logging
from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.audit.profile.rules_text import BlockCounts, ValueCounts, rule_advice_text
from identity_spark.config import Config, Rule
from identity_spark.expressions.identifier_values import held_values
from identity_spark.pipeline.preparation import prepared_now, usable_records
from identity_spark.pipeline.work import in_memory
from identity_spark.schemas import multi_valued
from identity_spark.stages.match_pairs.keys import Anchor, anchors, has_key, keyed, with_every_pair
from identity_spark.storage import session

log = logging.getLogger(__name__)


def rule_costs(spark: SparkSession, config: Config) -> str:
    """What each rule will cost and which of them to look at, as text, from counts alone; nothing is written."""
    this = in_memory(spark, config, "profile")
    with session.run_settings(spark):
        usable = usable_records(prepared_now(spark, config, this), config, this)
        with this.stage("usable") as stage:
            usable = stage.write("usable", usable).frame
        log.info("counts ...")
        counted = rule_blocks(usable, config).orderBy("rule_index").collect()  # one for each rule
        values = value_pairs(usable, config).collect()  # one for each identifier
    found = {row["identifier"]: ValueCounts(row["records"], row["pairs"]) for row in values}
    return rule_advice_text([BlockCounts(*row[1:]) for row in counted], found, config)


PAIRS = "records * (records - 1) div 2"  # of so many records, in whole numbers


def rule_blocks(usable: DataFrame, config: Config) -> DataFrame:
    """A row for each rule, exact ones too: ``rule_index``, ``records`` that have a key, and counts of its blocks.

    ``keys``; ``held``, the records once for each key of theirs; ``largest`` block; ``pairs`` of all blocks and of those
    within the cap (``compared``); ``skipped_blocks`` over the cap and the ``skipped_records`` in them, once for each
    block. One aggregation for all rules of a key.
    """
    every_rule = anchors(with_every_pair(config))
    blocks = reduce(DataFrame.unionByName, (_block_counts(usable, anchor) for anchor in every_rule))
    records = (
        F.struct(F.lit(index).alias("rule_index"), F.count_if(has_key(rule)).alias("records"))
        for index, rule in enumerate(config.rules)
    )
    return _rows(usable, records).join(blocks, "rule_index")


def value_pairs(usable: DataFrame, config: Config) -> DataFrame:
    """A row for each identifier of a blocking key: ``identifier``, ``records`` that have it, and ``pairs``.

    A pair is two records and a value of both; two records with two values in common are two pairs.
    """
    names = anchor_identifiers(config.rules)
    held = usable.select(F.explode(held_values(names, multi_valued(usable, names))).alias("held")).select("held.*")
    by_value = held.groupBy("identifier", "value").agg(F.count("*").alias("records"))
    pairs = by_value.groupBy("identifier").agg(F.sum(F.expr(PAIRS)).alias("pairs"))
    records = (F.struct(F.lit(name).alias("identifier"), F.count(name).alias("records")) for name in names)
    counted = _rows(usable, records).join(pairs, "identifier", "left")
    return counted.select("identifier", "records", F.coalesce("pairs", F.lit(0)).alias("pairs"))


def anchor_identifiers(rules: Sequence[Rule]) -> list[str]:
    """The identifiers of all blocking keys, each once."""
    return list(dict.fromkeys(name for rule in rules for name in rule.anchor))


def _block_counts(usable: DataFrame, anchor: Anchor) -> DataFrame:
    """``rule_blocks`` less ``records`` for the rules of ``anchor``."""
    blocks = keyed(usable, {anchor.index: anchor.key}).groupBy("parts").agg(F.count("*").alias("records"))
    return _rows(blocks, (_counts(index, rule) for index, rule in anchor.rules))


def _counts(index: int, rule: Rule) -> Column:
    records, pairs = F.col("records"), F.expr(PAIRS)
    over = records > rule.max_block_records
    totals = {
        "keys": F.count("*"),
        "held": F.sum(records),
        "largest": F.max(records),
        "pairs": F.sum(pairs),
        "compared": F.sum(F.when(~over, pairs)),
        "skipped_blocks": F.count_if(over),
        "skipped_records": F.sum(F.when(over, records)),
    }
    none_is_zero = (F.coalesce(total, F.lit(0)).alias(name) for name, total in totals.items())
    return F.struct(F.lit(index).alias("rule_index"), *none_is_zero)


def _rows(frame: DataFrame, aggregates: Iterable[Column]) -> DataFrame:
    """The structs as rows, all from one aggregation of ``frame``."""
    return frame.agg(F.array(*aggregates).alias("rows")).select(F.inline("rows"))
