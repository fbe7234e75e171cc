"""Guardrails: which clusters contradict themselves, and the status of every record.

Guardrails flag, they do not drop: what they hold back goes to ``identity_unresolved_records`` with its reason.
"""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.identifier_values import held_values
from identity_spark.schemas import CONFLICTS, empty, multi_valued


def conflicts(members: DataFrame, usable: DataFrame, config: Config) -> DataFrame:
    """``CONFLICTS``: a row for each limit that a cluster breaks, naming how many it has against how many it may.

    ``members`` is ``MEMBERS``; limits count usable canonical values and records.
    """
    broken = [
        _too_many_records(members, config),
        _too_many_of_a_source(members, config),
        _too_many_values(members, usable, config),
    ]
    none = empty(members.sparkSession, CONFLICTS)
    return reduce(DataFrame.unionByName, [frame for frame in broken if frame is not None], none)


def _too_many_records(members: DataFrame, config: Config) -> DataFrame | None:
    limit = config.guardrails.max_records_per_profile
    if limit is None:
        return None
    sizes = members.where("linked").groupBy("cluster_id").agg(F.count("*").alias("found"))
    return sizes.where(F.col("found") > limit).select(
        "cluster_id",
        F.lit(None).cast("string").alias("identifier"),
        _detail("max_records_per_profile", "records", limit),
    )


def _too_many_of_a_source(members: DataFrame, config: Config) -> DataFrame | None:
    limits = {s.name: s.max_records_per_profile for s in config.sources if s.max_records_per_profile is not None}
    if not limits:
        return None
    limit = _by_name("source", limits)
    counted = (
        members.where(F.col("source").isin(*limits)).groupBy("cluster_id", "source").agg(F.count("*").alias("found"))
    )
    return counted.where(F.col("found") > limit).select(
        "cluster_id",
        F.lit(None).cast("string").alias("identifier"),
        _detail("sources.max_records_per_profile", F.concat(F.lit("records of "), "source"), limit),
    )


def _too_many_values(members: DataFrame, usable: DataFrame, config: Config) -> DataFrame | None:
    limits = {i.name: i.max_values_per_profile for i in config.identifiers if i.max_values_per_profile is not None}
    if not limits:
        return None
    held = held_values(list(limits), multi_valued(usable, limits))
    # A record alone breaks a limit only by several values of its own.
    can_break = F.col("linked") | (F.size("held") > min(limits.values()))
    values = (
        usable.select("record_id", held.alias("held"))
        .join(members.select("record_id", "cluster_id", "linked").hint("shuffle_hash"), "record_id")
        .where(can_break)
        .select("cluster_id", F.explode("held").alias("held"))
        .select("cluster_id", "held.*")
    )
    limit = _by_name("identifier", limits)
    counted = values.groupBy("cluster_id", "identifier").agg(F.count_distinct("value").alias("found"))
    return counted.where(F.col("found") > limit).select(
        "cluster_id", "identifier", _detail("max_values_per_profile", F.concat("identifier", F.lit(" values")), limit)
    )


def _by_name(column: str, limits: dict[str, int]) -> Column:
    return F.create_map(*(F.lit(part) for item in limits.items() for part in item))[F.col(column)]


def _detail(limit_name: str, what: Column | str, limit: Column | int) -> Column:
    """``max_values_per_profile: 3 birth_date values, at most 1``."""
    what = F.lit(what) if isinstance(what, str) else what
    allowed = limit if isinstance(limit, Column) else F.lit(limit)
    return F.concat(
        F.lit(f"{limit_name}: "),
        F.col("found").cast("string"),
        F.lit(" "),
        what,
        F.lit(", at most "),
        allowed.cast("string"),
    ).alias("detail")
