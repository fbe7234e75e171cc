"""Candidate pairs: every two records of a block that are to be compared, made by one shuffle for each anchor.

Records of a block that carry the same compared values are collapsed: the one with the smallest ``record_key`` is
compared for all of them, and each other one is paired with it alone. A large block is laid out in tiles: its records
are spread over buckets by their values, and each two buckets make a tile of their own.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.stages.match_pairs import blocks
from identity_spark.stages.match_pairs.anchors import Anchor, keyed

TILE = ("hash", "parts", "low", "high")


def candidate_pairs(usable: DataFrame, anchor: Anchor, large: DataFrame | None) -> DataFrame:
    """``parts``, ``records``, and ``left`` and ``right`` struct<record_key, record_id, values struct<compared ...>>.

    ``left`` has the smaller ``record_key``. ``large`` is ``LARGE_BLOCKS`` of the anchor, None where it has none;
    ``records`` is how many such a block has, 0 for any other.
    """
    tiles = _members(_laid_out(usable, anchor, large), anchor)
    lefts = tiles.select(
        *("parts", "records", "members"),
        (F.col("low") == F.col("high")).alias("same_bucket"),
        F.posexplode("members").alias("at", "left"),
    ).where("left.centre_id = left.record_id")
    after = F.slice("members", F.col("at") + 2, F.size("members"))
    return (
        lefts.select("parts", "records", "same_bucket", "left", F.explode(after).alias("right"))
        .where(_to_compare())
        .select("parts", "records", "left", "right")
    )


def _to_compare() -> Column:
    """Two centres, in a tile of two buckets one of each; or a record and the centre that it collapsed into."""
    is_centre = F.col("right.centre_id") == F.col("right.record_id")
    in_reach = F.col("same_bucket") | (F.col("left.bucket") != F.col("right.bucket"))
    is_own = F.col("same_bucket") & (F.col("right.centre_id") == F.col("left.record_id"))
    return (is_centre & in_reach) | (~is_centre & is_own)


def _laid_out(usable: DataFrame, anchor: Anchor, large: DataFrame | None) -> DataFrame:
    """The records by key with their tile and bucket, blocks over every cap left out."""
    values = F.struct(*anchor.compared).alias("values") if anchor.compared else F.struct(F.lit(0)).alias("values")
    rows = keyed(usable, anchor, "record_key", "record_id", values).withColumn("hash", F.xxhash64("parts"))
    if large is None:
        return rows.select("*", *(F.lit(0).alias(name) for name in ("records", "bucket", "low", "high")))
    sized = rows.join(large.select("parts", "records"), "parts", "left").fillna(0, "records")
    tiled = _tiled(sized.where(F.col("records") <= anchor.max_block_records))
    # By number: adaptive execution would put tiles together by their bytes, which say nothing of the work in them.
    return tiled.repartition(int(usable.sparkSession.conf.get("spark.sql.shuffle.partitions") or 1), *TILE)


def _tiled(sized: DataFrame) -> DataFrame:
    """Each record once for every tile that its bucket is part of; a block that fits has one tile."""
    buckets = F.greatest(F.lit(1), F.ceil(F.col("records") / blocks.TILE_RECORDS).cast("int"))
    bucketed = sized.withColumn("bucket", F.pmod(F.xxhash64("values"), buckets).cast("int"))
    others = bucketed.withColumn("other", F.explode(F.sequence(F.lit(0), buckets - 1)))
    ends = (F.least("bucket", "other").alias("low"), F.greatest("bucket", "other").alias("high"))
    return others.select("hash", "parts", "record_key", "record_id", "values", "records", "bucket", *ends)


def _members(laid_out: DataFrame, anchor: Anchor) -> DataFrame:
    """A row for each tile: its records as ``members``, centres first, each with the centre that stands for it."""
    centre = F.col("record_id")
    if anchor.collapses:
        same = Window.partitionBy(*TILE, "values").orderBy("record_key")
        centre = F.first("record_id").over(same)
    whole = Window.partitionBy(*TILE)
    several = laid_out.withColumn("centre_id", centre).withColumn("size", F.count("*").over(whole)).where("size > 1")
    member = F.struct(
        (F.col("centre_id") != F.col("record_id")).alias("collapsed"),
        *("record_key", "record_id", "values", "bucket", "centre_id"),
    )
    return several.groupBy(*TILE, "records").agg(F.sort_array(F.collect_list(member)).alias("members"))
