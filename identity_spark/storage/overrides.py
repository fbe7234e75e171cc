"""Reads overrides: what people have decided about two records, or about a value."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import CANNOT_LINK, MUST_LINK, Location
from identity_spark.schemas import OVERRIDES
from identity_spark.storage.decisions import read_decisions
from identity_spark.storage.small_tables import Wanted

BLOCK_VALUE = "block_value"
KINDS = (MUST_LINK, CANNOT_LINK, BLOCK_VALUE)
WANTED = Wanted("overrides", "overrides", ("kind",))


def read_overrides(spark: SparkSession, location: Location, identifiers: Collection[str]) -> DataFrame:
    """``OVERRIDES``, those that have expired too.

    ``identifiers`` are those whose values may be blocked. Raises ``InputError`` that names each row that cannot be
    meant.
    """
    return read_decisions(spark, location, WANTED, OVERRIDES, _problem(identifiers))


def _problem(identifiers: Collection[str]) -> Column:
    """The first of what a row lacks or says that cannot be meant."""
    of_pairs = F.col("kind").isin(MUST_LINK, CANNOT_LINK)
    lacks_keys = F.col("left_record_key").isNull() | F.col("right_record_key").isNull()
    of_value = F.col("kind") == BLOCK_VALUE
    lacks_value = F.col("identifier").isNull() | F.col("value").isNull()
    is_pattern = F.col("value").rlike(r"\A/.+/\z")
    *first, last = KINDS
    return (
        F.when(
            F.col("kind").isNull() | ~F.col("kind").isin(*KINDS), f"its kind is none of {', '.join(first)} or {last}"
        )
        .when(of_pairs & lacks_keys, "it needs left_record_key and right_record_key")
        .when(of_pairs & (F.col("left_record_key") == F.col("right_record_key")), "it names one record twice")
        .when(of_value & lacks_value, "it needs identifier and value")
        .when(of_value & ~F.col("identifier").isin(*identifiers), F.concat("identifier", F.lit(" is no identifier")))
        .when(of_value & is_pattern, "its value is a regular expression; write that under identifiers.<name>.blocked")
    )
