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
    parts = counts["unique"] + counts["matched"] + counts["conflict"] + counts["missing"] + counts["bad_keys"]
    problems = []
    if parts != total:
        problems.append(f"{total} records were read, but {parts} are accounted for")
    if counts["golden_records"] != counts["different_ids"]:
        problems.append(f"{counts['golden_records']} golden records share {counts['different_ids']} ids")
    if apart := _profiles_apart(resolved, golden):
        problems.append(f"{apart} profiles differ between lookup and golden records")
    if crossing := pairs.where("status = 'accepted' AND left_record_key >= right_record_key").count():
        problems.append(f"{crossing} pairs are out of order")
    if problems:
        raise CheckError("; ".join(problems) + "; nothing was written, please report this")
    return {"records": total, **{name: n for name, n in counts.items() if name != "different_ids"}}


def _counts(resolved: DataFrame, golden: DataFrame, unresolved: DataFrame) -> dict[str, int]:
    statuses = ("unique", "matched", "conflict", "missing")
    found = resolved.agg(*(F.count_if(F.col("status") == s).alias(s) for s in statuses)).crossJoin(
        golden.agg(F.count("*").alias("golden_records"), F.count_distinct("dinmo_id").alias("different_ids"))
    )
    bad_keys = F.count_if(F.col("reason").isin("missing_primary_key", "duplicate_primary_key")).alias("bad_keys")
    row = found.crossJoin(unresolved.agg(bad_keys)).first()
    return {} if row is None else row.asDict()


def _profiles_apart(resolved: DataFrame, golden: DataFrame) -> int:
    """How many ids have another number of records in one table than in the other, or stand in one only."""
    by_lookup = resolved.where("dinmo_id IS NOT NULL").groupBy("dinmo_id").agg(F.count("*").alias("records"))
    both = by_lookup.join(golden.select("dinmo_id", "record_count"), "dinmo_id", "full")
    return both.where(~F.col("records").eqNullSafe(F.col("record_count"))).count()
