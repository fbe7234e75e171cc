"""Evaluation: the published profiles against labels, counted from cluster sizes so that no pair is ever built."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def evaluate(lookup: DataFrame, labels: DataFrame) -> DataFrame:
    """One row: how the profiles of ``lookup`` compare with ``labels`` (``record_key``, ``entity_id``).

    Only records in both count; an unresolved record is a profile of its own. ``precision``, ``recall`` and ``f1`` are
    of pairs; ``b_cubed_precision`` and ``b_cubed_recall`` average over records (Bagga and Baldwin 1998);
    ``exact_entities`` is the share of entities whose profile holds exactly their records. Of no pairs a rate is null.
    """
    records = labels.select("record_key", F.col("entity_id").cast("string")).join(
        lookup.select("record_key", F.coalesce("dinmo_id", "record_key").alias("profile")), "record_key"
    )
    cells = records.groupBy("profile", "entity_id").agg(F.count("*").alias("n"))
    profiles = cells.groupBy("profile").agg(F.sum("n").alias("profile_size"))
    entities = cells.groupBy("entity_id").agg(F.sum("n").alias("entity_size"))
    counted = cells.join(profiles, "profile").join(entities, "entity_id")
    is_exact = (F.col("n") == F.col("profile_size")) & (F.col("n") == F.col("entity_size"))
    sums = counted.agg(
        F.sum("n").alias("records"),
        F.count_if(is_exact).alias("exact"),
        F.sum(_pairs("n")).alias("true_positive_pairs"),
        F.sum(F.col("n") * F.col("n") / F.col("profile_size")).alias("b_cubed_precision"),
        F.sum(F.col("n") * F.col("n") / F.col("entity_size")).alias("b_cubed_recall"),
    )
    found = profiles.agg(F.sum(_pairs("profile_size")).alias("found_pairs"))
    true = entities.agg(F.sum(_pairs("entity_size")).alias("true_pairs"), F.count("*").alias("entities"))
    rates = sums.crossJoin(found).crossJoin(true)
    precision = F.try_divide("true_positive_pairs", "found_pairs")
    recall = F.try_divide("true_positive_pairs", "true_pairs")
    return rates.select(
        *("records", "entities", "true_pairs", "found_pairs"),
        precision.alias("precision"),
        recall.alias("recall"),
        F.try_divide(2 * precision * recall, precision + recall).alias("f1"),
        F.try_divide("b_cubed_precision", "records").alias("b_cubed_precision"),
        F.try_divide("b_cubed_recall", "records").alias("b_cubed_recall"),
        F.try_divide("exact", "entities").alias("exact_entities"),
    )


def _pairs(size: str) -> Column:
    return (F.col(size) * (F.col(size) - 1) / 2).cast("long")
