"""Candidate pairs: every two records of a block that are to be compared, for all anchors by one shuffle of their keys.

A block is known by the values of its key; their hash only sorts. Records of a block that carry the same compared values
are collapsed: the one with the smallest ``record_key``, their centre, is compared for all of them, and each other one
is paired with it alone. Where a cap allows blocks of more than ``TILE_RECORDS``, these are laid out in tiles, so that
none of them makes a long task: their records are spread over buckets, and each two buckets make a tile of their own.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.lookup import of_few
from identity_spark.schemas import CANDIDATES, SKIPPED_BLOCKS, empty, multi_valued
from identity_spark.stages.match_pairs.keys import Anchor, anchors, keyed

TILE_RECORDS = 500
FIRST, LAST = Window.unboundedPreceding, Window.unboundedFollowing
NOBODY = "struct<record_key:string,record_id:bigint>"


def candidate_pairs(usable: DataFrame, config: Config, known: DataFrame | None = None) -> DataFrame:
    """``CANDIDATES`` of all anchors.

    ``known`` is ``LARGE_BLOCKS`` where ``usable`` is a part of the records that were counted there.
    """
    compared = anchors(config)
    if not compared:
        return empty(usable.sparkSession, CANDIDATES)
    block = ["anchor", "parts"]
    most, least = (_by_anchor({a.index: a.caps[n] for a in compared}) for n in (-1, 0))
    sized = _sized(_members(usable, compared, block), block, known)
    met = sized.where((F.col("records") <= most) | F.col("is_first"))
    tiled = any(anchor.caps[-1] > TILE_RECORDS for anchor in compared)
    partners = _partners(_tiled(met, block) if tiled else met, ["hash", *block], tiled)
    marked = F.when(F.col("is_first") & (F.col("records") > least), F.array(F.lit(None).cast(NOBODY)))
    pairs = partners.select("*", F.explode(F.coalesce(marked, "partners")).alias("partner"))
    in_order = F.col("partner.record_key") < F.col("record_key")
    several = [a.index for a in compared if multi_valued(usable, a.key.anchor)]
    return pairs.select(
        "anchor",
        F.when(F.col("anchor").isin(several) | F.col("partner").isNull(), F.col("parts")).alias("parts"),
        "records",
        F.when(in_order, F.col("partner.record_id")).otherwise(F.col("record_id")).alias("left_id"),
        F.when(in_order, F.col("record_id")).otherwise(F.col("partner.record_id")).alias("right_id"),
    )


def _members(usable: DataFrame, compared: Sequence[Anchor], block: Sequence[str]) -> DataFrame:
    """The records by key, with the ``values`` that their anchor compares: equal ones collapse."""
    names = dict.fromkeys(name for anchor in compared for name in anchor.compared)
    rules = {anchor.index: anchor.key for anchor in compared}
    rows = keyed(usable, rules, "record_id", "record_key", *names)
    values = [_where_compared(name, compared) for name in names] if compared[0].collapses else ["record_id"]
    members = rows.select(*block, "record_id", "record_key", F.struct(*values).alias("values"))
    return members.repartition(*block).withColumn("hash", F.xxhash64("anchor", "parts"))


def _where_compared(name: str, compared: Sequence[Anchor]) -> Column:
    comparing = ", ".join(str(anchor.index) for anchor in compared if name in anchor.compared)
    return F.expr(f"if(anchor IN ({comparing}), `{name}`, null) AS `{name}`")


def _by_anchor(numbers: Mapping[int, int]) -> Column:
    """The number of the anchor of a row."""
    if len(set(numbers.values())) == 1:
        return F.lit(next(iter(numbers.values())))
    return of_few(numbers, F.col("anchor"))


def _sized(members: DataFrame, block: Sequence[str], known: DataFrame | None) -> DataFrame:
    """The members of blocks of several, with the ``records`` of their block and whether they are the first of it."""
    whole = Window.partitionBy("hash", *block).orderBy("values", "record_key").rowsBetween(FIRST, LAST)
    counted = members.withColumns(
        {
            "records": F.count("*").over(whole),
            "is_first": F.first("record_id").over(whole) == F.col("record_id"),
        }
    ).where("records > 1")
    if known is None:
        return counted
    told = counted.join(known.withColumnRenamed("records", "known"), [*block], "left")
    return told.withColumn("records", F.greatest("records", "known")).drop("known")


def _tiled(members: DataFrame, block: Sequence[str]) -> DataFrame:
    """Each member once for every tile that its bucket is part of; a block that fits has one tile."""
    buckets = F.ceil(F.col("records") / TILE_RECORDS).cast("int")
    bucketed = members.withColumn("bucket", F.pmod(F.xxhash64("values"), buckets).cast("int"))
    others = bucketed.withColumn("other", F.explode(F.sequence(F.lit(0), buckets - 1)))
    ends = (F.least("bucket", "other").alias("low"), F.greatest("bucket", "other").alias("high"))
    # By number: adaptive execution would put tiles together by their bytes, which say nothing of the work in them.
    number = int(members.sparkSession.conf.get("spark.sql.shuffle.partitions") or 1)
    return others.select("*", *ends).repartition(number, *block, "low", "high")


def _partners(members: DataFrame, block: Sequence[str], tiled: bool) -> DataFrame:
    """``members`` with ``partners``, those that each is compared with: of two that are, one has the other.

    A centre has the centres before it, in a tile of two buckets those of the other one; any other record has its own.
    """
    tile, order = ([*block, "low", "high"], ["bucket", "values"]) if tiled else (block, ["values"])
    alike = Window.partitionBy(*tile, *order).orderBy("record_key").rowsBetween(FIRST, Window.currentRow)
    before = Window.partitionBy(*tile).orderBy(*order, "record_key").rowsBetween(FIRST, -1)
    record, in_one, of_low, of_high = F.struct("record_key", "record_id"), *[F.lit(True)] * 3
    if tiled:
        in_one = F.col("low") == F.col("high")
        of_low, of_high = (F.col("bucket") == F.col(end) for end in ("low", "high"))
    is_centre = F.col("centre.record_id") == F.col("record_id")
    centred = members.withColumn("centre", F.first(record).over(alike)).withColumn(
        "is_first", F.col("is_first") & in_one
    )
    centres = F.collect_list(F.when(is_centre & of_low, record)).over(before)
    own = F.when(in_one & ~is_centre, F.array("centre")).when(is_centre & of_high, centres)
    return centred.withColumn("partners", own)


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
