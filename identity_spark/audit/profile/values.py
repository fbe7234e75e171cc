"""The job ``profile_values``: which values many records share, counted before any matching."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from identity_spark.audit.profile.values_text import SharedValue, shared_values_text
from identity_spark.config import Config, load_config
from identity_spark.expressions.identifier_values import held_values
from identity_spark.pipeline.preparation import prepared_now
from identity_spark.pipeline.work import in_memory
from identity_spark.schemas import is_multi_valued, multi_valued
from identity_spark.storage import session


def profile_values(spark: SparkSession, config: Config, limit: int) -> str:
    """The most shared values of each identifier, and which of them to block, as text; nothing is written."""
    with session.run_settings(spark):
        keyed = prepared_now(spark, config, in_memory(spark, config, "profile")).keyed
        found: dict[str, list[SharedValue]] = {}
        rows = shared_values(keyed, config, limit)
        for row in rows.orderBy("identifier", F.desc("records"), "value").collect():  # ``limit`` for each identifier
            found.setdefault(row["identifier"], []).append(SharedValue(*row[1:]))
    return shared_values_text(found, config)


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


HELP = "List the most shared values of each identifier, and propose which to block."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--limit", type=_count, default=20, metavar="N", help="so many values for each identifier (20)")


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield profile_values(session.get_session(config.project), config, given.limit)


def _count(written: str) -> int:
    if not (number := int(written)) > 0:
        raise ValueError
    return number
