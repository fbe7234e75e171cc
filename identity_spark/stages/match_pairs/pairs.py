"""The table of match pairs."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import CANNOT_LINK, MUST_LINK, Config
from identity_spark.schemas import CANNOT_LINK_INDEX, multi_valued


def match_pairs(links: DataFrame, profiles: DataFrame, usable: DataFrame, config: Config) -> DataFrame:
    """``PAIRS`` less ``run_id``: each pair and rule once, with all its evidence; ``links`` are ``JUDGED_LINKS``.

    A refused pair is of no profile: its ``dinmo_id`` is null.
    """
    names = F.array(*(F.lit(name) for name in (CANNOT_LINK, MUST_LINK, *(r.name for r in config.rules))))
    is_accepted = F.col("refused_by").isNull()
    ids = profiles.select(F.col("record_id").alias("left_id"), "dinmo_id")
    return (
        _once(links, usable, config)
        .join(ids, "left_id", "left")
        .select(
            *("left_record_key", "right_record_key"),
            F.get(names, F.col("rule_index") - CANNOT_LINK_INDEX).alias("rule"),
            "evidence",
            F.when(is_accepted, "accepted").otherwise("refused").alias("status"),
            "refused_by",
            F.when(is_accepted, F.col("dinmo_id")).alias("dinmo_id"),
        )
    )


def _once(links: DataFrame, usable: DataFrame, config: Config) -> DataFrame:
    """``links`` with the evidence merged where two records share several values under one exact rule."""
    columns = ["left_id", "left_record_key", "right_record_key", "rule_index", "refused_by"]
    every_pair = config.match_pairs == "all"  # stars beside pairs
    exact = ((n, rule) for n, rule in enumerate(config.rules) if rule.exact)
    repeating = [n for n, rule in exact if every_pair or multi_valued(usable, rule.anchor)]
    if not repeating:
        return links.select(*columns, "evidence")
    may_repeat = F.col("rule_index").isin(repeating)
    joined = F.sort_array(F.array_distinct(F.flatten(F.collect_list("evidence")))).alias("evidence")
    together = links.where(may_repeat).groupBy(*columns).agg(joined)
    return links.where(~may_repeat).select(*columns, "evidence").unionByName(together)
