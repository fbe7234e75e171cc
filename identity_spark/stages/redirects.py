"""Where ids lead that are published no more."""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.errors import CheckError
from identity_spark.schemas import REDIRECTS

Materialize = Callable[[str, DataFrame], DataFrame]


def redirects(changes_of_run: DataFrame, earlier: DataFrame, run_id: str, materialize: Materialize) -> DataFrame:
    """``REDIRECTS``: each ended id and the one that stands for it, null when that retired; never to another ended id.

    ``last_dinmo_id`` is the id that took over when this one ended, its own where it retired. The way is followed anew
    from there in every run, so that it ends at an id on it that is published again.
    """
    ended = changes_of_run.where("event IN ('merged', 'retired')").select(
        F.col("dinmo_id").alias("old_dinmo_id"), F.coalesce("other_dinmo_id", "dinmo_id").alias("last_dinmo_id")
    )
    revived = changes_of_run.where("event = 'revived'").select(F.col("dinmo_id").alias("old_dinmo_id"))
    before = earlier.join(revived, "old_dinmo_id", "left_anti").select(
        *("old_dinmo_id", "run_id", F.col("dinmo_id").alias("earlier_id")),
        F.coalesce("last_dinmo_id", "dinmo_id", "old_dinmo_id").alias("last_dinmo_id"),
    )
    heirs = before.unionByName(ended, allowMissingColumns=True)
    ways = heirs.select(F.col("old_dinmo_id").alias("way_id"), F.col("last_dinmo_id").alias("end_id"))
    ends = _followed(ways, materialize)
    retired = heirs.where("old_dinmo_id = last_dinmo_id").select(F.col("old_dinmo_id").alias("end_id"))
    living = ends.join(retired, "end_id", "left_anti").select(F.col("way_id").alias("old_dinmo_id"), "end_id")
    is_same = F.col("run_id").isNotNull() & F.col("earlier_id").eqNullSafe(F.col("end_id"))
    return (
        heirs.join(living, "old_dinmo_id", "left")
        .select(
            *("old_dinmo_id", F.col("end_id").alias("dinmo_id"), "last_dinmo_id"),
            F.when(is_same, F.col("run_id")).otherwise(F.lit(run_id)).alias("run_id"),
        )
        .to(REDIRECTS)
    )


def _followed(ways: DataFrame, materialize: Materialize) -> DataFrame:
    """``way_id``, ``end_id``: where each of ``ways`` ends, by doubling their length; a way to itself has ended."""
    rounds = 0
    while True:
        further = ways.select(F.col("way_id").alias("end_id"), F.col("end_id").alias("further_id"))
        onward = ways.join(further, "end_id", "left")
        if onward.where("further_id <> end_id").isEmpty():
            return ways
        twice = onward.select("way_id", F.coalesce("further_id", "end_id").alias("end_id"))
        ways, rounds = materialize(f"ways_{rounds}", twice), rounds + 1


def require_closed(redirects: DataFrame, golden: DataFrame) -> None:
    """Raises ``CheckError`` where a redirect leads to an id that is not published, or from one that is."""
    living = golden.select("dinmo_id")
    astray = redirects.where("dinmo_id IS NOT NULL").join(living, "dinmo_id", "left_anti").count()
    alive = redirects.select(F.col("old_dinmo_id").alias("dinmo_id")).join(living, "dinmo_id", "left_semi").count()
    if astray or alive:
        raise CheckError(
            f"{astray} redirects lead nowhere and {alive} come from living ids; nothing was written, please report this"
        )
