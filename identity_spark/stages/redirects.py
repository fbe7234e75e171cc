"""Where ids lead that are published no more."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.errors import CheckError

ASTRAY, ALIVE = "astray", "alive"


def heirs(changes_of_run: DataFrame, earlier: DataFrame) -> DataFrame:
    """``old_dinmo_id``, ``last_dinmo_id``, ``run_id``, ``earlier_id``: every ended id, and the one that took over.

    ``last_dinmo_id`` is the id that took over when this one ended, its own where it retired. The way is followed anew
    from there in every run, so that it ends at an id on it that is published again. ``run_id`` and ``earlier_id`` say
    what the last run knew.
    """
    ended = changes_of_run.where("event IN ('merged', 'retired')").select(
        F.col("dinmo_id").alias("old_dinmo_id"), F.coalesce("other_dinmo_id", "dinmo_id").alias("last_dinmo_id")
    )
    revived = changes_of_run.where("event = 'revived'").select(F.col("dinmo_id").alias("old_dinmo_id"))
    before = earlier.join(revived, "old_dinmo_id", "left_anti").select(
        *("old_dinmo_id", "run_id", F.col("dinmo_id").alias("earlier_id")),
        F.coalesce("last_dinmo_id", "dinmo_id", "old_dinmo_id").alias("last_dinmo_id"),
    )
    return before.unionByName(ended, allowMissingColumns=True)


def ways(found: DataFrame) -> DataFrame:
    """``way_id``, ``end_id``, ``moved``: the first step of each of the ``heirs``, from an id to another one."""
    steps = found.select(F.col("old_dinmo_id").alias("way_id"), F.col("last_dinmo_id").alias("end_id"))
    return steps.withColumn("moved", F.col("way_id") != F.col("end_id"))


def twice_as_far(steps: DataFrame) -> DataFrame:
    """``ways`` of twice the length, and whether each ``moved`` any further; a way to itself has ended."""
    further = steps.select(F.col("way_id").alias("end_id"), F.col("end_id").alias("further_id"))
    onward = steps.drop("moved").join(further, "end_id", "left")
    moved = F.coalesce(F.col("further_id") != F.col("end_id"), F.lit(False))
    return onward.select("way_id", F.coalesce("further_id", "end_id").alias("end_id"), moved.alias("moved"))


def redirects(found: DataFrame, followed: DataFrame, golden: DataFrame, run_id: str) -> DataFrame:
    """``REDIRECTS``: each of the ``heirs`` and the id that stands for it, null when that retired; and two checks.

    ``followed`` are the ``ways`` to their ends. ``ASTRAY``: whether it leads to an id that is not published;
    ``ALIVE``: whether it comes from one that is.
    """
    retired = found.where("old_dinmo_id = last_dinmo_id").select(F.col("old_dinmo_id").alias("end_id"))
    ends = followed.join(retired, "end_id", "left_anti").select(F.col("way_id").alias("old_dinmo_id"), "end_id")
    is_same = F.col("run_id").isNotNull() & F.col("earlier_id").eqNullSafe(F.col("end_id"))
    living = golden.select(F.col("dinmo_id").alias("living_id"), F.lit(True).alias("lives"))
    to = living.withColumnsRenamed({"living_id": "end_id", "lives": "end_lives"})
    origin = living.withColumnsRenamed({"living_id": "old_dinmo_id", "lives": "old_lives"})
    return (
        found.join(ends, "old_dinmo_id", "left")
        .join(to, "end_id", "left")
        .join(origin, "old_dinmo_id", "left")
        .select(
            *("old_dinmo_id", F.col("end_id").alias("dinmo_id")),
            F.when(is_same, F.col("run_id")).otherwise(F.lit(run_id)).alias("run_id"),
            "last_dinmo_id",
            (F.col("end_id").isNotNull() & F.col("end_lives").isNull()).alias(ASTRAY),
            F.col("old_lives").isNotNull().alias(ALIVE),
        )
    )


def require_closed(astray: int, alive: int) -> None:
    """Raises ``CheckError`` where a redirect leads to an id that is not published, or from one that is."""
    if astray or alive:
        raise CheckError(
            f"{astray} redirects lead nowhere and {alive} come from living ids; nothing was written, please report this"
        )
