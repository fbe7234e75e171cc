"""Shared values: what many records hold, counted before any matching."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.identifier_values import held_values
from identity_spark.schemas import is_multi_valued, multi_valued


def shared_values(standardized: DataFrame, config: Config, limit: int) -> DataFrame:
    """The ``limit`` most shared values of each identifier: ``identifier``, ``value`` and how many of what hold it.

    ``records``, ``sources`` and ``last_names`` are counts. Canonical values that are not blocked and that two records
    or more hold. Different last names are told apart by their soundex, as for ``max_distinct_per_value``;
    null where the project has no last name.
    """
    names = [i.name for i in config.identifiers]
    held = standardized.select(
        "source",
        _last_name(standardized, config).alias("last_name"),
        F.explode(held_values(names, multi_valued(standardized, names))).alias("held"),
    ).select("source", "last_name", "held.*")
    # By source and last name first, so that a value that half of the records hold is no long task.
    each = held.groupBy("identifier", "value", "source", "last_name").agg(F.count("*").alias("records"))
    counted = each.groupBy("identifier", "value").agg(
        F.sum("records").alias("records"),
        F.count_distinct("source").alias("sources"),
        F.count_distinct("last_name").alias("last_names"),
    )
    most = Window.partitionBy("identifier").orderBy(F.desc("records"), "value")
    has_last_name = any(i.type == "last_name" for i in config.identifiers)
    return (
        counted.where("records > 1")
        .withColumn("place", F.row_number().over(most))
        .where(F.col("place") <= limit)
        .select(
            *("identifier", "value", "records", "sources"),
            F.when(F.lit(has_last_name), F.col("last_names")).alias("last_names"),
        )
    )


def _last_name(standardized: DataFrame, config: Config) -> Column:
    name = next((i.name for i in config.identifiers if i.type == "last_name" and not i.derived), None)
    if name is None:
        return F.lit(None).cast("string")
    values = F.array_join(F.array_sort(name), " ") if is_multi_valued(standardized, name) else F.col(name)
    return F.soundex(values)
