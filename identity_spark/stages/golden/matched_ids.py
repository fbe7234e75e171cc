"""Matched ids: every usable identifier value of every published profile."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.name_sets import masked_names, masks
from identity_spark.stages.golden.choices import Choice, choices

KEY = ("dinmo_id", "identifier", "value")


def matched_ids(resolved: DataFrame, golden: DataFrame, config: Config, today: date) -> DataFrame:
    """``MATCHED_IDS`` less ``run_id``: each canonical value once per profile and identifier, with its records counted.

    ``primary`` marks the values that survive in ``golden``, the golden records with ``surviving``. Derived identifiers
    are no values of their own and stay out. A profile of one record needs neither join nor aggregation.
    """
    wanted = choices(resolved, config, today)
    published = resolved.where("dinmo_id IS NOT NULL")
    single = _values(_alone(published.where("record_count = 1"), wanted), wanted).select(
        *KEY,
        F.lit(1).cast("long").alias("record_count"),
        F.array("source").alias("sources"),
        F.col("updated_at").alias("first_seen_at"),
        F.col("updated_at").alias("last_seen_at"),
        "primary",
    )
    # Records meet their golden record before they fall apart into values, so that whole records go through the
    # exchange, fewer rows than values are, and the grouping finds each profile in one place already.
    surviving = golden.where("record_count > 1").select("dinmo_id", "surviving")
    records = published.where("record_count > 1").join(surviving.hint("shuffle_hash"), "dinmo_id")
    counts = [mask.alias(f"sources_{n}") for n, mask in enumerate(masks(F.col("source_rank"), len(config.sources)))]
    several = (
        _values(records, wanted)
        .groupBy(*KEY)
        .agg(
            F.count("*").alias("record_count"),
            *counts,
            F.min("updated_at").alias("first_seen_at"),
            F.max("updated_at").alias("last_seen_at"),
            F.max("primary").alias("primary"),
        )
        .withColumn("sources", masked_names("sources_", [s.name for s in config.sources]))
    )
    return single.unionByName(several.select(*single.columns))


def _alone(published: DataFrame, wanted: Sequence[Choice]) -> DataFrame:
    """``published`` profiles of one record with ``surviving``, as golden records have it."""
    alone = published.select("*", *(c.values_of_record().alias(c.values) for c in wanted if c.looks_at_all))
    surviving: dict[str, Column] = {}
    for choice in wanted:
        for field in choice.fields:
            if field.is_identifier:
                kept = choice.collected()["key"] if choice.collects else F.array(choice.candidate_values()[field.name])
                surviving[field.name] = F.when(choice.is_candidate(), kept)
    return alone.withColumn("surviving", F.struct(*(kept.alias(name) for name, kept in surviving.items())))


def _values(records: DataFrame, wanted: Sequence[Choice]) -> DataFrame:
    """A row for each value of each identifier of ``records``, and whether it is ``primary``."""
    entries = []
    for field in (field for choice in wanted for field in choice.fields if field.is_identifier):
        values = f"`{field.name}`" if field.has_several else f"array(`{field.name}`)"
        named = f"'identifier', '{field.name}', 'values', {values}, 'surviving', surviving.`{field.name}`"
        entries.append(f"named_struct({named})")
    columns = ("dinmo_id", "source", "source_rank", "updated_at")
    return (
        records.select(*columns, F.expr(f"explode(array({', '.join(entries)})) AS held"))
        .select(*columns, "held.identifier", "held.surviving", F.explode("held.values").alias("value"))
        .where("value IS NOT NULL")
        .withColumn("primary", F.coalesce(F.array_contains("surviving", F.col("value")), F.lit(False)))
    )
