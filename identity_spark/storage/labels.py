"""Reads labels: which record is of which entity, in whatever format they are."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.storage.small_tables import Wanted, read_small_table

LABELS = Wanted("labels", "--truth", ("record_key", "entity_id"))


def read_labels(spark: SparkSession, place: str) -> DataFrame:
    """``record_key`` and ``entity_id`` as text, blank ones null, from a file, a folder or else a table of that name.

    Raises ``InputError`` where there are no such columns.
    """
    rows = read_small_table(spark, place, LABELS)
    texts = {name: F.col(name).cast("string") for name in LABELS.columns}
    return rows.select(*(F.when(F.trim(text) != "", text).alias(name) for name, text in texts.items()))
