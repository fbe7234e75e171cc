"""What the rules will cost on the sources, from counts alone: ``jobs/validate.py --profile``."""

import logging

from pyspark.sql import SparkSession

from identity_spark.audit.profile.blocks import rule_blocks, value_pairs
from identity_spark.audit.profile.rules_text import BlockCounts, ValueCounts, rule_advice_text
from identity_spark.config import Config
from identity_spark.pipeline.preparation import prepared_now, usable_records
from identity_spark.pipeline.work import in_memory
from identity_spark.storage import session

log = logging.getLogger(__name__)


def rule_costs(spark: SparkSession, config: Config) -> str:
    """What each rule will cost and which of them to look at, as text, from counts alone; nothing is written."""
    this = in_memory(spark, config, "profile")
    with session.run_settings(spark):
        usable = usable_records(prepared_now(spark, config, this), config, this)
        with this.stage("usable") as stage:
            usable = stage.write("usable", usable).frame
        log.info("counts ...")
        counted = rule_blocks(usable, config).orderBy("rule_index").collect()  # one for each rule
        values = value_pairs(usable, config).collect()  # one for each identifier
    found = {row["identifier"]: ValueCounts(row["records"], row["pairs"]) for row in values}
    return rule_advice_text([BlockCounts(*row[1:]) for row in counted], found, config)
