"""Matched ids: every usable identifier value of every published profile."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.identifier_values import held_values
from identity_spark.expressions.source_sets import masked_sources, source_masks
from identity_spark.schemas import multi_valued


def matched_ids(resolved: DataFrame, config: Config) -> DataFrame:
    """``MATCHED_IDS`` less ``run_id``: each canonical value once per profile and identifier, with its records counted.

    Derived identifiers are no values of their own and stay out. A profile of one record needs no aggregation.
    """
    names = [i.name for i in config.identifiers if not i.derived]
    held = held_values(names, multi_valued(resolved, names))
    values = (
        resolved.where("dinmo_id IS NOT NULL")
        .select("dinmo_id", "record_count", "source", "source_rank", "updated_at", F.explode(held).alias("held"))
        .select("dinmo_id", "held.*", "record_count", "source", "source_rank", "updated_at")
    )
    single = values.where("record_count = 1").select(
        *("dinmo_id", "identifier", "value"),
        F.lit(1).cast("long").alias("record_count"),
        F.array("source").alias("sources"),
        F.col("updated_at").alias("first_seen_at"),
        F.col("updated_at").alias("last_seen_at"),
    )
    several = (
        values.where("record_count > 1")
        .groupBy("dinmo_id", "identifier", "value")
        .agg(
            F.count("*").alias("record_count"),
            *(mask.alias(f"sources_{n}") for n, mask in enumerate(source_masks(len(config.sources)))),
            F.min("updated_at").alias("first_seen_at"),
            F.max("updated_at").alias("last_seen_at"),
        )
        .withColumn("sources", masked_sources("sources_", [s.name for s in config.sources]))
        .select(*single.columns)
    )
    return single.unionByName(several)
