"""What would break if some records were one profile."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import MEMBERS
from identity_spark.stages.guardrails.limits import conflicts, limited_values


def limits_broken_together(usable: DataFrame, config: Config) -> DataFrame:
    """``CONFLICTS`` of all records of ``usable``, which are few, as a single cluster; overrides are not looked at."""
    whole = Window.partitionBy(F.lit(0))
    members = usable.select(
        *("record_id", "record_key", "source"),
        F.lit(True).alias("applicable"),
        F.lit(0).alias("cluster_id"),
        F.lit(True).alias("linked"),
        F.lit(None).alias("must_group"),
        limited_values(usable, config).alias("limited"),
        F.count("*").over(whole).alias("record_count"),
        F.min("record_key").over(whole).alias("smallest_key"),
    )
    return conflicts(members.to(MEMBERS), None, config)
