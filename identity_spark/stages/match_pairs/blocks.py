"""Blocks over the cap of a rule: not compared for that rule, and counted."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import SKIPPED_BLOCKS, empty
from identity_spark.stages.match_pairs.anchors import anchors


def large_blocks(candidates: DataFrame) -> DataFrame:
    """``LARGE_BLOCKS``: those over the cap of a rule that compares within them; ``candidates`` are ``CANDIDATES``."""
    return candidates.where("right_id IS NULL").drop("left_id", "right_id")


def skipped_blocks(large: DataFrame, config: Config) -> DataFrame:
    """``SKIPPED_BLOCKS``: what the caps of rules left out; rules that left out nothing have no row."""
    caps = [(anchor.index, rule) for anchor in anchors(config) for _, rule in anchor.rules]
    if not caps:
        return empty(large.sparkSession, SKIPPED_BLOCKS)
    over = [
        F.when((F.col("anchor") == anchor) & (F.col("records") > rule.max_block_records), rule.name)
        for anchor, rule in caps
    ]
    records = F.col("records")
    return (
        large.withColumn("rule", F.explode(F.array_compact(F.array(*over))))
        .groupBy("rule")
        .agg(
            F.count("*").alias("blocks"),
            F.sum(records).alias("records"),
            F.sum((records * (records - 1) / 2).cast("long")).alias("pairs"),
        )
    )
