"""Reads golden overrides: the values that people have decided a golden record shows."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Location
from identity_spark.schemas import GOLDEN_OVERRIDES
from identity_spark.storage.decisions import read_decisions
from identity_spark.storage.small_tables import Wanted

WANTED = Wanted("golden overrides", "golden_overrides", ("field", "value"))


def read_golden_overrides(spark: SparkSession, location: Location, fields: Collection[str]) -> DataFrame:
    """``GOLDEN_OVERRIDES``, those that have expired too.

    ``fields`` are those whose single value may be decided. Raises ``InputError`` that names each row that cannot be
    meant.
    """
    return read_decisions(spark, location, WANTED, GOLDEN_OVERRIDES, _problem(fields))


def _problem(fields: Collection[str]) -> Column:
    """The first of what a row lacks or says that cannot be meant."""
    both, neither = (
        F.col("dinmo_id").isNotNull() & F.col("record_key").isNotNull(),
        F.col("dinmo_id").isNull() & F.col("record_key").isNull(),
    )
    return (
        F.when(F.col("field").isNull(), "it needs field")
        .when(~F.col("field").isin(*fields), "that is no golden field of one value")
        .when(both | neither, "it needs either dinmo_id or record_key")
    )
