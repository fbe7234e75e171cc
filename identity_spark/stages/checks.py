"""Checks before publication: the results agree with one another, or nothing is written."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.errors import CheckError


def verify(
    total: int, resolved: DataFrame, golden: DataFrame, pairs: DataFrame, unresolved: DataFrame
) -> dict[str, int]:
    """The run's counts; raises ``CheckError`` with every disagreement between the results.

    ``total`` is the number of records read. Records partition into unique, matched, conflict, missing and bad keys.
    """
    counts = _counts(resolved, golden, unresolved)
    profiles = _compare_profiles(resolved, golden)
    parts = counts["unique"] + counts["matched"] + counts["conflict"] + counts["missing"] + counts["bad_keys"]
    problems = []
    if parts != total:
        problems.append(f"{total} records were read, but {parts} are accounted for")
    if profiles["apart"]:
        problems.append(f"{profiles['apart']} profiles differ between lookup and golden records")
    if profiles["records"] != counts["published"]:
        problems.append(
            f"{counts['published']} records are published, but golden records stand for {profiles['records']}"
        )
    if disordered := pairs.where("left_record_key >= right_record_key").count():
        problems.append(f"{disordered} pairs are out of order")
    if problems:
        raise CheckError("; ".join(problems) + "; nothing was written, please report this")
    return {"records": total, **{name: n for name, n in counts.items() if name != "published"}}


def _counts(resolved: DataFrame, golden: DataFrame, unresolved: DataFrame) -> dict[str, int]:
    statuses = ("unique", "matched", "conflict", "missing")
    bad_keys = F.count_if(F.col("reason").isin("missing_primary_key", "duplicate_primary_key"))
    found = (
        resolved.agg(
            *(F.count_if(F.col("status") == s).alias(s) for s in statuses), F.count("dinmo_id").alias("published")
        )
        .crossJoin(golden.agg(F.count("*").alias("golden_records")))
        .crossJoin(unresolved.agg(bad_keys.alias("bad_keys")))
    )
    (row,) = found.collect()
    return row.asDict()


def _compare_profiles(resolved: DataFrame, golden: DataFrame) -> dict[str, int]:
    """``apart``: ids with another number of records in one table than in the other, or in one only.

    ``records``: how many the golden rows stand for together, too many where an id has two of them.
    """
    by_lookup = resolved.where("dinmo_id IS NOT NULL").groupBy("dinmo_id").agg(F.count("*").alias("records"))
    both = by_lookup.join(golden.select("dinmo_id", "record_count"), "dinmo_id", "full")
    is_apart = ~F.col("records").eqNullSafe(F.col("record_count"))
    (row,) = both.agg(
        F.count_if(is_apart).alias("apart"), F.coalesce(F.sum("record_count"), F.lit(0)).alias("records")
    ).collect()
    return row.asDict()
