"""What would break if some records were one profile."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import MEMBERS
from identity_spark.stages.guardrails.limits import conflicts


def limits_broken_together(usable: DataFrame, config: Config) -> DataFrame:
    """``CONFLICTS`` of all records of ``usable`` as a single cluster; overrides are not looked at."""
    members = usable.select(
        *("record_id", "record_key", "source"),
        F.lit(True).alias("applicable"),
        F.lit(0).alias("cluster_id"),
        F.lit(True).alias("linked"),
        F.lit(None).alias("must_group"),
    )
    return conflicts(members.to(MEMBERS), usable, None, config)
