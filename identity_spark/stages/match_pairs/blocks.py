"""Blocks: the records that share a key. Which are large is known from counts, before any pair is made."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import LARGE_BLOCKS, SKIPPED_BLOCKS, empty
from identity_spark.stages.match_pairs.anchors import Anchor, anchors, keyed

TILE_RECORDS = 500  # a larger block is compared in tiles, so that none of them makes a long task


def large_blocks(usable: DataFrame, config: Config) -> DataFrame:
    """``LARGE_BLOCKS``: those over ``TILE_RECORDS`` or over the cap of a rule that compares them."""
    found = [_large(usable, anchor) for anchor in anchors(config)]
    return reduce(DataFrame.unionByName, found, empty(usable.sparkSession, LARGE_BLOCKS))


def skipped_blocks(large: DataFrame, config: Config) -> DataFrame:
    """``SKIPPED_BLOCKS``: for each rule that compares pairs, what its cap left out; a row of zeros where nothing is."""
    records = F.col("records")
    found = [
        large.where((F.col("anchor") == anchor.index) & (records > rule.max_block_records)).agg(
            F.lit(rule.name).alias("rule"),
            F.count("*").alias("blocks"),
            F.coalesce(F.sum(records), F.lit(0)).alias("records"),
            F.coalesce(F.sum((records * (records - 1) / 2).cast("long")), F.lit(0)).alias("pairs"),
        )
        for anchor in anchors(config)
        for _, rule in anchor.rules
        if not rule.exact
    ]
    return reduce(DataFrame.unionByName, found, empty(large.sparkSession, SKIPPED_BLOCKS))


def least_large(anchor: Anchor) -> int:
    """Blocks of up to so many records need no look-up: they are compared whole, by every rule."""
    return min(TILE_RECORDS, *(rule.max_block_records for _, rule in anchor.rules))


def _large(usable: DataFrame, anchor: Anchor) -> DataFrame:
    counted = keyed(usable, anchor).groupBy("parts").agg(F.count("*").alias("records"))
    return counted.where(F.col("records") > least_large(anchor)).select(
        F.lit(anchor.index).alias("anchor"), "parts", "records"
    )
