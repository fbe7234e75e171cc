"""The key of a record, and the records that share one."""

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Source
from identity_spark.stages.records.columns import column_and_type


def primary_key(raw: DataFrame, source: Source) -> Column:
    """The parts of the key joined by ``|``; null where one is null or blank."""
    parts = [column_and_type(raw, c)[0].cast("string") for c in source.primary_key]
    known = reduce(Column.__and__, (part.rlike(r"(?U)\S") for part in parts))
    return F.when(known, F.concat_ws("|", *parts))


def repeated_keys(standardized: DataFrame) -> DataFrame:
    """``key_hash`` of every key that several records have, and now and then of others with the same hash."""
    hashes = standardized.where("record_key IS NOT NULL").select(F.xxhash64("record_key").alias("key_hash"))
    return hashes.groupBy("key_hash").count().where("count > 1").select("key_hash")


def older_duplicates(keyed: DataFrame, repeated: DataFrame) -> DataFrame:
    """``record_id`` and the keys of each record that shares its key with a newer one.

    Newest by ``updated_at``, then by content, so that the order of rows never decides.
    """
    content = F.expr(f"to_json(struct({', '.join(f'`{c}`' for c in keyed.columns if c != 'record_id')}))")
    newest_first = Window.partitionBy("record_key").orderBy(F.col("updated_at").desc_nulls_last(), content.desc())
    return (
        keyed.withColumn("key_hash", F.xxhash64("record_key"))
        .join(repeated, "key_hash", "left_semi")
        .drop("key_hash")
        .withColumn("place", F.row_number().over(newest_first))
        .where("place > 1")
        .select("record_id", "record_key", "source", "primary_key")
    )
