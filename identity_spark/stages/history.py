"""Which record had which id from when to when."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.errors import CheckError
from identity_spark.schemas import HISTORY


def history(earlier: DataFrame | None, moved: DataFrame, run_id: str, at: datetime) -> DataFrame:
    """``HISTORY``: the ``earlier`` periods, ended for records that ``moved`` (``MOVES``), and their new ones.

    A period begins and ends when the run that made it started (``at``); a record without an id has no open period.
    ``earlier`` is None in a first run.
    """
    now = F.lit(at).cast("timestamp")
    begun = (
        moved.where("new_id IS NOT NULL")
        .select(
            "record_key",
            F.col("new_id").alias("dinmo_id"),
            F.lit(run_id).alias("valid_from_run"),
            F.lit(None).cast("string").alias("valid_to_run"),
            now.alias("valid_from"),
            F.lit(None).cast("timestamp").alias("valid_to"),
        )
        .to(HISTORY)
    )
    if earlier is None:
        return begun
    left = moved.where("old_id IS NOT NULL").select("record_key", F.lit(True).alias("left"))
    ends = F.col("left") & F.col("valid_to").isNull()
    kept = earlier.join(left, "record_key", "left").select(
        *("record_key", "dinmo_id", "valid_from_run"),
        F.when(ends, F.lit(run_id)).otherwise(F.col("valid_to_run")).alias("valid_to_run"),
        "valid_from",
        F.when(ends, now).otherwise(F.col("valid_to")).alias("valid_to"),
    )
    return kept.unionByName(begun).to(HISTORY)


def require_current(open_periods: int, published: int) -> None:
    """Raises ``CheckError`` where open periods and published records differ in number."""
    if open_periods != published:
        raise CheckError(
            f"the history has {open_periods} records with an id, the run {published};"
            " nothing was written, please report this"
        )
