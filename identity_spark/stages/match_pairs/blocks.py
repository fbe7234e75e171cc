"""Blocks: the records that share a key. Which are large is known from counts, before any pair is made.

All keys of all anchors are counted in one pass by their hash, which is cheap and finds nearly always that no block is
large; only where it may be are keys counted as they are, so that two keys of one hash never count as one block.
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import CROWDED_KEYS, LARGE_BLOCKS, SKIPPED_BLOCKS, empty
from identity_spark.stages.match_pairs.anchors import Anchor, anchors, keyed
from identity_spark.stages.match_pairs.keys import has_key, per_key

TILE_RECORDS = 500  # a larger block is compared in tiles, so that none of them makes a long task


def crowded_keys(usable: DataFrame, compared: Sequence[Anchor]) -> DataFrame:
    """``CROWDED_KEYS``: the hashes of keys with more records than ``least_large``, those of large blocks among them."""
    if not compared:
        return empty(usable.sparkSession, CROWDED_KEYS)
    hashes = usable.select(F.explode(F.concat(*(_hashes(usable, anchor) for anchor in compared))).alias("key"))
    counted = hashes.groupBy("key.anchor", "key.hash").agg(F.count("*").alias("records"))
    limits = F.create_map(*(F.lit(n) for anchor in compared for n in (anchor.index, least_large(anchor))))
    return counted.where(F.col("records") > limits[F.col("anchor")]).select("anchor", "hash")


def large_blocks(usable: DataFrame, crowded: DataFrame, compared: Sequence[Anchor]) -> DataFrame:
    """``LARGE_BLOCKS``: those over ``TILE_RECORDS`` or over the cap of a rule that compares them.

    ``crowded`` is ``CROWDED_KEYS``, written down: the anchors in it are asked for here.
    """
    with_crowded = {row["anchor"] for row in crowded.select("anchor").distinct().collect()}  # one row for each anchor
    found = [_large(usable, crowded, anchor) for anchor in compared if anchor.index in with_crowded]
    return reduce(DataFrame.unionByName, found, empty(usable.sparkSession, LARGE_BLOCKS))


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


def least_large(anchor: Anchor) -> int:
    """Blocks of up to so many records need no look-up: they are compared whole, by every rule."""
    return min(TILE_RECORDS, *(rule.max_block_records for _, rule in anchor.rules))


def _hashes(usable: DataFrame, anchor: Anchor) -> Column:
    """array<struct<anchor, hash>>: the keys of the record."""

    def entry(parts: Column) -> Column:
        return F.struct(F.lit(anchor.index).alias("anchor"), F.xxhash64(parts).alias("hash"))

    no_key = F.array().cast("array<struct<anchor:int,hash:bigint>>")
    return F.when(has_key(usable, anchor.key), per_key(usable, anchor.key, entry)).otherwise(no_key)


def _large(usable: DataFrame, crowded: DataFrame, anchor: Anchor) -> DataFrame:
    hashes = crowded.where(F.col("anchor") == anchor.index).select("hash")
    suspected = keyed(usable, anchor).withColumn("hash", F.xxhash64("parts")).join(hashes, "hash", "left_semi")
    counted = suspected.groupBy("parts").agg(F.count("*").alias("records"))
    return counted.where(F.col("records") > least_large(anchor)).select(
        F.lit(anchor.index).alias("anchor"), "parts", "records"
    )
