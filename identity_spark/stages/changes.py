"""What a run changed: which records moved between ids, what became of each id and why.

An id lives while it is published. Causes are names: the rule that joins now, or joined before; the limit that holds
records back; ``sources`` where records came or went; ``held_back`` where they were unresolved until now; ``rollback``.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.schemas import CHANGES, KNOWN_IDS, MOVES

SOURCES, HELD_BACK = "sources", "held_back"
IDS = ("old_id", "new_id")


def of_first_run(golden: DataFrame, run_id: str) -> DataFrame:
    """``CHANGES`` of a first run: every id is ``created``."""
    new = golden.withColumn("records", F.col("record_count"))
    nobody = F.lit(None).cast("string")
    return _events(new, run_id, F.lit("created"), F.col("dinmo_id"), nobody, F.lit(SOURCES))


def open_ids(history: DataFrame) -> DataFrame:
    """``KNOWN_IDS`` of the records that are published, as the history has them; when their ids were new is not told."""
    current = history.where("valid_to IS NULL")
    return current.select("record_key", "dinmo_id", F.lit(True).alias("published")).to(KNOWN_IDS)


def moves(known: DataFrame, now: DataFrame) -> DataFrame:
    """``MOVES``: the records published under another id than in the last run, null where they are or were not.

    ``known`` is ``KNOWN_IDS``; ``now`` has ``record_key`` and ``dinmo_id``. ``was_read``: the last run had the record.
    """
    before = known.select(
        "record_key", F.when(F.col("published"), F.col("dinmo_id")).alias("old_id"), F.lit(True).alias("was_read")
    )
    after = now.select("record_key", F.col("dinmo_id").alias("new_id"))
    return (
        before.join(after, "record_key", "full")
        .where(~F.col("old_id").eqNullSafe(F.col("new_id")))
        .select("record_key", "old_id", "new_id", F.coalesce("was_read", F.lit(False)).alias("was_read"))
        .to(MOVES)
    )


def moves_of_first_run(now: DataFrame) -> DataFrame:
    """``MOVES`` of a first run: every published record came from nowhere."""
    began = now.where("dinmo_id IS NOT NULL").select("record_key", F.col("dinmo_id").alias("new_id"))
    return began.withColumns({"old_id": F.lit(None), "was_read": F.lit(False)}).to(MOVES)


def changes(moved: DataFrame, golden: DataFrame, used: DataFrame, causes: DataFrame, run_id: str) -> DataFrame:
    """``CHANGES`` of a run.

    ``created``, ``revived``: an id published for the first time, or again. ``split``: one of those (``dinmo_id``) took
    records of a living id (``other_dinmo_id``). ``merged``: an id published no more, and the one that most of its
    records went to. ``retired``: one none of whose records is published. ``record_count`` is the records that moved.
    ``used`` is ``USED_IDS``, ``causes`` what ``causes_of_moves`` gives.
    """
    flows = moved.groupBy("old_id", "new_id").agg(
        F.count("*").alias("records"), F.count_if("was_read").alias("records_read")
    )
    why = causes.withColumnsRenamed({"old_id": "why_old_id", "new_id": "why_new_id"})
    same = F.col("old_id").eqNullSafe(F.col("why_old_id")) & F.col("new_id").eqNullSafe(F.col("why_new_id"))
    flows = flows.join(why, same, "left").drop("why_old_id", "why_new_id")
    return _begun(flows, golden, used, run_id).unionByName(_ended(flows, golden, run_id))


def _begun(flows: DataFrame, golden: DataFrame, used: DataFrame, run_id: str) -> DataFrame:
    """``created``, ``revived`` and ``split``."""
    left = flows.where("old_id IS NOT NULL").select(F.col("old_id").alias("dinmo_id"))
    parted_by = F.coalesce("parted_by", F.lit(SOURCES))
    largest = F.max(F.when(F.col("old_id").isNotNull(), F.struct("records", parted_by.alias("why"))))["why"]
    into = (
        flows.where("new_id IS NOT NULL")
        .groupBy(F.col("new_id").alias("dinmo_id"))
        .agg(F.sum("records").alias("records"), F.sum("records_read").alias("records_read"), largest.alias("split_by"))
    )
    begun = (  # all of its records are new to the id: it was not published before
        into.join(golden.select("dinmo_id", "record_count"), "dinmo_id")
        .where("records = record_count")
        .join(left, "dinmo_id", "left_anti")
        .join(used.select("dinmo_id", "ended_by", F.lit(True).alias("was_used")), "dinmo_id", "left")
    )
    by_records = F.when(F.col("records_read") > 0, HELD_BACK).otherwise(SOURCES)
    cause = F.when(F.col("was_used"), F.col("ended_by")).otherwise(F.coalesce("split_by", by_records))
    event = F.when(F.col("was_used"), "revived").otherwise("created")
    living = golden.select(F.col("dinmo_id").alias("old_id"))
    split = (
        flows.join(begun.select(F.col("dinmo_id").alias("new_id")), "new_id", "left_semi")
        .join(living, "old_id", "left_semi")
        .withColumn("event", F.lit("split"))
    )
    nobody = F.lit(None).cast("string")
    return _events(begun, run_id, event, F.col("dinmo_id"), nobody, cause).unionByName(
        _events(split, run_id, F.col("event"), F.col("new_id"), F.col("old_id"), parted_by)
    )


def _ended(flows: DataFrame, golden: DataFrame, run_id: str) -> DataFrame:
    """``merged`` and ``retired``."""
    living = golden.select(F.col("dinmo_id").alias("old_id"))
    published_first = (F.col("new_id").isNull(), F.desc("records"), F.col("new_id"))
    heir = Window.partitionBy("old_id").orderBy(*published_first)
    ended = (
        flows.where("old_id IS NOT NULL")
        .join(living, "old_id", "left_anti")
        .withColumn("place", F.row_number().over(heir))
        .where("place = 1")
    )
    event = F.when(F.col("new_id").isNull(), "retired").otherwise("merged")
    merged_by = F.coalesce("joined_by", "parted_by", F.lit(SOURCES))
    cause = F.when(F.col("new_id").isNull(), F.coalesce("held_by", F.lit(SOURCES))).otherwise(merged_by)
    return _events(ended, run_id, event, F.col("old_id"), F.col("new_id"), cause)


def causes_of_moves(
    moved: DataFrame, pairs: DataFrame, earlier: DataFrame, held_back: DataFrame, rules: Sequence[str]
) -> DataFrame:
    """``old_id``, ``new_id`` and why records of the one are now under the other, or under none; null where not so.

    ``joined_by``: the strongest rule of ``rules`` that joins them to records which were not of the old id.
    ``parted_by``: the limit that refuses their pairs with others of the old id, or else the rule of such a pair in the
    last run (``earlier``). ``held_by``: the limit or reason in ``held_back`` for which they are under none.
    """
    joined = _crossing(moved, pairs.where("status = 'accepted'"), "old_id")
    refused = _crossing(moved, pairs.where("status = 'refused'"), "new_id")
    parted = _crossing(moved, earlier.where("status = 'accepted'"), "new_id")
    nothing = F.lit(None).cast("string")
    found = (
        _by_ids(joined, _strongest(rules).alias("joined_by"))
        .unionByName(_by_ids(refused, F.min("refused_by").alias("refused_by")), allowMissingColumns=True)
        .unionByName(_by_ids(parted, _strongest(rules).alias("rule")), allowMissingColumns=True)
    )
    why = found.groupBy(*IDS).agg(
        F.min("joined_by").alias("joined_by"),
        F.coalesce(F.min("refused_by"), F.min("rule")).alias("parted_by"),
        nothing.alias("held_by"),
    )
    return why.unionByName(_causes_of_leaving(moved, held_back))


def _causes_of_leaving(moved: DataFrame, held_back: DataFrame) -> DataFrame:
    limit = F.substring_index("detail", ":", 1)
    reason = F.when(F.col("reason") == "conflict", limit).otherwise(F.col("reason"))
    reasons = held_back.where("record_key IS NOT NULL").groupBy("record_key").agg(F.min(reason).alias("reason"))
    gone = moved.where("old_id IS NOT NULL AND new_id IS NULL").join(reasons, "record_key")
    nothing = F.lit(None).cast("string")
    return gone.groupBy(*IDS).agg(
        nothing.alias("joined_by"), nothing.alias("parted_by"), F.min("reason").alias("held_by")
    )


def _by_ids(rows: DataFrame, value: Column) -> DataFrame:
    return rows.groupBy(*IDS).agg(value)


def _crossing(moved: DataFrame, pairs: DataFrame, side: str) -> DataFrame:
    """The ids of each end that moved from one to another, of ``pairs`` whose ends differ in the id of that ``side``.

    Pairs of records that are published no more tell nothing.
    """
    left, right = (
        moved.select(F.col("record_key").alias(f"{end}_record_key"), F.struct(*IDS).alias(f"{end}_move"))
        for end in ("left", "right")
    )
    both = pairs.select("left_record_key", "right_record_key", "rule", "refused_by")
    both = both.join(left, "left_record_key", "left").join(right, "right_record_key", "left")
    differs = ~F.col(f"left_move.{side}").eqNullSafe(F.col(f"right_move.{side}"))
    gone = [F.col(move).isNotNull() & F.col(f"{move}.new_id").isNull() for move in ("left_move", "right_move")]
    ends = F.explode(F.array_compact(F.array("left_move", "right_move"))).alias("move")
    crossing = both.where(differs & ~gone[0] & ~gone[1]).select("rule", "refused_by", ends)
    return crossing.select("rule", "refused_by", "move.*").where("old_id IS NOT NULL")


def _strongest(rules: Sequence[str]) -> Column:
    """The first of ``rules`` among the column ``rule``; a rule that is no more comes after those."""
    place = F.array_position(F.array(*(F.lit(name) for name in rules)).cast("array<string>"), F.col("rule"))
    known_first = F.when(place == 0, len(rules) + 1).otherwise(place)
    return F.min(F.struct(known_first.alias("place"), "rule"))["rule"]


def _events(rows: DataFrame, run_id: str, event: Column, subject: Column, other: Column, cause: Column) -> DataFrame:
    return rows.select(
        F.lit(run_id).alias("run_id"),
        event.alias("event"),
        subject.alias("dinmo_id"),
        other.alias("other_dinmo_id"),
        F.col("records").alias("record_count"),
        cause.alias("cause"),
    ).to(CHANGES)
