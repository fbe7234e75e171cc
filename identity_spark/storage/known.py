"""What earlier runs left behind and a run starts from: ids, claims to ids, redirects, history and pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from identity_spark.schemas import FORMER_IDS, HISTORY, KNOWN_IDS, PAIRS, REDIRECTS, STARTS, USED_IDS, empty
from identity_spark.storage.small_frames import small_frame
from identity_spark.storage.tables import Tables

Write = Callable[[str, DataFrame], DataFrame]


@dataclass(frozen=True)
class Known:
    """What earlier runs left, as the newest committed one left it; a dead run changes nothing of it."""

    runs: int  # how many were committed
    ids: DataFrame  # KNOWN_IDS: the id of each record, also the one it only claims while it is unresolved
    former: DataFrame  # FORMER_IDS: the last id of each record that has none now
    used: DataFrame  # USED_IDS: every id ever published, and what ended it last
    redirects: DataFrame  # REDIRECTS
    history: DataFrame  # HISTORY
    pairs: DataFrame  # PAIRS of the last run

    @property
    def is_first_run(self) -> bool:
        return self.runs == 0


def known(tables: Tables, committed: Sequence[Row], write: Write = lambda _, frame: frame) -> Known:
    """What the ``committed`` runs left, the newest first; ``write`` keeps under a name what others start from."""
    spark = tables.spark
    if not committed:
        return Known(0, *(empty(spark, s) for s in (KNOWN_IDS, FORMER_IDS, USED_IDS, REDIRECTS, HISTORY, PAIRS)))
    versions = dict(committed[0]["table_versions"])
    lookup, held_back, changes, redirects, pairs = (
        tables.at(name, versions)
        for name in (
            "identity_lookup",
            "identity_unresolved_records",
            "identity_changes",
            "identity_redirects",
            "match_pairs",
        )
    )
    redirects = redirects.to(REDIRECTS)
    is_kept = "identity_history" in versions
    history = tables.at("identity_history", versions) if is_kept else _first_periods(lookup, committed[0])
    used = write("used_ids", _used(changes, committed, tables))
    ids = write("known_ids", _ids(lookup, held_back, used))
    return Known(
        runs=len(committed),
        ids=ids,
        former=_former(history, ids, redirects, used),
        used=used.select(*USED_IDS.names),
        redirects=redirects,
        history=history,
        pairs=pairs,
    )


def _first_periods(lookup: DataFrame, last: Row) -> DataFrame:
    """``HISTORY`` of an output from before there was one: it begins with the last run."""
    begun = lookup.where("dinmo_id IS NOT NULL").select(
        "record_key",
        "dinmo_id",
        F.lit(last["run_id"]).alias("valid_from_run"),
        F.lit(last["started_at"]).cast("timestamp").alias("valid_from"),
    )
    return begun.to(HISTORY)


def _used(changes: DataFrame, committed: Sequence[Row], tables: Tables) -> DataFrame:
    """``USED_IDS`` with ``created_at``. Runs are in the order of their starts, for their names need not sort."""
    starts = [(row["run_id"], row["started_at"]) for row in committed]
    started = small_frame(tables.spark, starts, STARTS)
    ended = F.col("event").isin("merged", "retired")
    return (
        changes.where("event IN ('created', 'merged', 'retired')")
        .join(F.broadcast(started), "run_id")
        .groupBy("dinmo_id")
        .agg(
            F.min(F.when(F.col("event") == "created", F.col("at"))).alias("created_at"),
            F.max(F.when(ended, F.struct("at", "cause")))["cause"].alias("ended_by"),
        )
    )


def _ids(lookup: DataFrame, held_back: DataFrame, used: DataFrame) -> DataFrame:
    published = lookup.where("dinmo_id IS NOT NULL").select("record_key", "dinmo_id", F.lit(True).alias("published"))
    claimed = held_back.where("candidate_dinmo_id IS NOT NULL").select(
        "record_key", F.col("candidate_dinmo_id").alias("dinmo_id"), F.lit(False).alias("published")
    )
    return (
        published.unionByName(claimed.distinct())
        .join(used.select("dinmo_id", "created_at"), "dinmo_id", "left")
        .select(*KNOWN_IDS.names)
    )


def _former(history: DataFrame, ids: DataFrame, redirects: DataFrame, used: DataFrame) -> DataFrame:
    """The last id of each record that has none now, or the one that took that id over and lives on."""
    last = (
        history.where("valid_to IS NOT NULL")
        .groupBy("record_key")
        .agg(F.max_by("dinmo_id", F.struct("valid_to", "valid_from")).alias("last_id"))
        .join(ids.select("record_key"), "record_key", "left_anti")
    )
    onward = redirects.where("dinmo_id IS NOT NULL").select(F.col("old_dinmo_id").alias("last_id"), "dinmo_id")
    return (
        last.join(onward, "last_id", "left")
        .select("record_key", F.coalesce("dinmo_id", "last_id").alias("dinmo_id"))
        .join(used.select("dinmo_id", "created_at"), "dinmo_id")
        .select(*FORMER_IDS.names)
    )
