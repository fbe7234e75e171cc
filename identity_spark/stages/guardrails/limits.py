"""Limits: which clusters break which of them."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import CANNOT_LINK, Config, Identifier, value_type
from identity_spark.expressions.identifier_values import HELD, held_values
from identity_spark.expressions.similarity import agrees
from identity_spark.schemas import CONFLICTS, empty, multi_valued

TOGETHER = "guardrails.conflict_together"
OF_VALUES = ("cluster_id", "identifier")


def conflicts(members: DataFrame, cannot_links: DataFrame | None, config: Config) -> DataFrame:
    """``CONFLICTS``: a row for each limit that a cluster breaks, naming how many it has against how many it may.

    ``members`` is ``MEMBERS``; limits count usable canonical values and records. Values of records that an override
    links count as one: a person has said so. ``cannot_links``: no cluster may hold
    ``left_id`` and ``right_id`` of a row; None where there are no overrides at all.
    """
    broken = [
        _too_many_records(members, config),
        _too_many_of_a_source(members, config),
        _too_many_values(members, cannot_links is not None, config),
        None if cannot_links is None else _together_in_spite(members, cannot_links),
    ]
    none = empty(members.sparkSession, CONFLICTS)
    return reduce(DataFrame.unionByName, [frame for frame in broken if frame is not None], none)


def is_to_peel(config: Config) -> Column:
    """Whether refusing pairs settles a conflict: each one with ``peel``, else where an override is broken."""
    return F.lit(True) if config.guardrails.on_conflict == "peel" else F.col("limit") == CANNOT_LINK


def limited_values(usable: DataFrame, config: Config) -> Column:
    """``limited`` of ``MEMBERS``: what a record has of the identifiers with a limit, without those that have none."""
    names = list(_value_limits(config))
    return held_values(names, multi_valued(usable, names)) if names else F.array().cast(HELD)


def _too_many_records(members: DataFrame, config: Config) -> DataFrame | None:
    limit = config.guardrails.max_records_per_profile
    if limit is None:
        return None
    # One record stands for its cluster, so that nothing is counted.
    over = members.where((F.col("record_count") > limit) & (F.col("record_key") == F.col("smallest_key")))
    return over.select(
        "cluster_id",
        F.lit("guardrails.max_records_per_profile").alias("limit"),
        F.lit(None).cast("string").alias("identifier"),
        _detail("max_records_per_profile", "records", limit, F.col("record_count")),
        "record_count",
    )


def _too_many_of_a_source(members: DataFrame, config: Config) -> DataFrame | None:
    limits = {s.name: s.max_records_per_profile for s in config.sources if s.max_records_per_profile is not None}
    if not limits:
        return None
    limit = _by_name("source", limits)
    counted = (
        members.where(F.col("source").isin(*limits) & (F.col("record_count") > min(limits.values())))
        .groupBy("cluster_id", "source", "record_count")
        .agg(F.count("*").alias("found"))
    )
    return counted.where(F.col("found") > limit).select(
        "cluster_id",
        F.concat(F.lit("sources."), "source", F.lit(".max_records_per_profile")).alias("limit"),
        F.lit(None).cast("string").alias("identifier"),
        _detail("sources.max_records_per_profile", F.concat(F.lit("records of "), "source"), limit),
        "record_count",
    )


def _too_many_values(members: DataFrame, overridden: bool, config: Config) -> DataFrame | None:
    limits = _value_limits(config)
    if not limits:
        return None
    values = _values(members, limits)
    values = _agreed(values) if overridden else values.drop("must_group")
    limit = _by_name("identifier", limits)
    counted = values.groupBy(*OF_VALUES).agg(
        F.count_distinct("value").alias("found"), F.max("record_count").alias("record_count")
    )
    over = counted.where(F.col("found") > limit)
    over = _contradicting(over, values, config)
    over = _all_together(over, config.guardrails.conflict_together)
    place = F.concat(F.lit("identifiers."), "identifier", F.lit(".max_values_per_profile"))
    is_together = F.col("identifier").isin(*config.guardrails.conflict_together)
    name = F.when(is_together, "conflict_together").otherwise("max_values_per_profile")
    return over.select(
        "cluster_id",
        F.when(is_together, TOGETHER).otherwise(place).alias("limit"),
        "identifier",
        _detail(name, F.concat("identifier", F.lit(" values")), limit),
        "record_count",
    )


def _value_limits(config: Config) -> dict[str, int]:
    """How many values of each limited identifier a profile may have; one where only ``conflict_together`` names it."""
    limits = dict.fromkeys(config.guardrails.conflict_together, 1)
    return limits | {i.name: i.max_values_per_profile for i in config.identifiers if i.max_values_per_profile}


def _values(members: DataFrame, limits: dict[str, int]) -> DataFrame:
    """``cluster_id``, ``record_count``, ``must_group``, ``identifier``, ``value``: all that may break a limit."""
    # A record alone breaks a limit only by several values of its own.
    can_break = F.col("linked") | (F.size("limited") > min(limits.values()))
    of_cluster = ("cluster_id", "record_count", "must_group")
    held = members.where(can_break).select(*of_cluster, F.explode("limited").alias("held"))
    return held.select(*of_cluster, "held.*")


def _agreed(values: DataFrame) -> DataFrame:
    """``values`` with those that an override's records have in one cluster counting as the smallest of them."""
    agreed = (
        values.where("must_group IS NOT NULL")
        .groupBy("must_group", *OF_VALUES)
        .agg(F.min("value").alias("agreed"), F.collect_set("value").alias("values"))
        .select(*OF_VALUES, "agreed", F.explode("values").alias("value"))
        .groupBy(*OF_VALUES, "value")
        .agg(F.min("agreed").alias("agreed"))
    )
    return values.join(agreed, [*OF_VALUES, "value"], "left").select(
        *OF_VALUES, "record_count", F.coalesce("agreed", "value").alias("value")
    )


def _contradicting(over: DataFrame, values: DataFrame, config: Config) -> DataFrame:
    """``over`` less the tolerant identifiers of which no two values of the cluster contradict.

    Every value is first held against the smallest one, which settles all but small groups; only where all are like
    the smallest is each held against each, so that a giant cluster is never compared with itself.
    """
    tolerant = [i for i in config.identifiers if i.name in _value_limits(config) and i.conflict_tolerance]
    if not tolerant:
        return over
    is_tolerant = F.col("identifier").isin([i.name for i in tolerant])
    suspected = values.where(is_tolerant).join(over.select(*OF_VALUES), list(OF_VALUES), "left_semi")
    different = suspected.select(*OF_VALUES, "value").distinct()
    smallest = different.groupBy(*OF_VALUES).agg(F.min("value").alias("other"))
    with_smallest = different.join(smallest, list(OF_VALUES)).where(_contradict(tolerant))
    settled = with_smallest.select(*OF_VALUES).distinct()
    rest = different.join(settled, list(OF_VALUES), "left_anti")
    others = rest.withColumnRenamed("value", "other")
    each = rest.join(others, list(OF_VALUES)).where(F.col("other") < F.col("value")).where(_contradict(tolerant))
    contradicting = settled.unionByName(each.select(*OF_VALUES).distinct())
    return over.where(~is_tolerant).unionByName(over.join(contradicting, list(OF_VALUES), "left_semi"))


def _contradict(tolerant: list[Identifier]) -> Column:
    """Whether ``value`` and ``other`` of ``identifier`` are not similar to the degree that it tolerates."""
    contradict = F.lit(False)
    for identifier in tolerant:
        alike = agrees(value_type(identifier), str(identifier.conflict_tolerance), None, F.col("value"), F.col("other"))
        contradict = F.when(F.col("identifier") == identifier.name, ~alike).otherwise(contradict)
    return contradict


def _all_together(over: DataFrame, together: tuple[str, ...]) -> DataFrame:
    """``over`` less the identifiers that conflict only with one another, where one of them keeps its limit."""
    if not together:
        return over
    named = over.where(F.col("identifier").isin(*together))
    whole = named.groupBy("cluster_id").agg(F.count("*").alias("broken")).where(F.col("broken") == len(together))
    alone = over.where(~F.col("identifier").isin(*together))
    return alone.unionByName(named.join(whole.select("cluster_id"), "cluster_id", "left_semi"))


def _together_in_spite(members: DataFrame, cannot_links: DataFrame) -> DataFrame:
    """The clusters that hold both records of an override ``cannot_link``."""
    left = members.select(F.col("record_id").alias("left_id"), "cluster_id", "record_count")
    right = members.select(F.col("record_id").alias("right_id"), F.col("cluster_id").alias("right_cluster"))
    both = cannot_links.join(left, "left_id").join(right, "right_id").where("cluster_id = right_cluster")
    pairs = both.groupBy("cluster_id", "record_count").agg(F.count("*").alias("found"))
    return pairs.select(
        "cluster_id",
        F.lit(CANNOT_LINK).alias("limit"),
        F.lit(None).cast("string").alias("identifier"),
        F.concat(F.lit(f"{CANNOT_LINK}: "), "found", F.lit(" pairs that overrides keep apart")).alias("detail"),
        "record_count",
    )


def _by_name(column: str, limits: dict[str, int]) -> Column:
    return F.create_map(*(F.lit(part) for item in limits.items() for part in item))[F.col(column)]


def _detail(limit_name: Column | str, what: Column | str, limit: Column | int, found: Column | str = "found") -> Column:
    """``max_values_per_profile: 3 birth_date values, at most 1``."""
    name, counted, allowed = (
        F.lit(part) if not isinstance(part, Column) else part for part in (limit_name, what, limit)
    )
    return F.concat(name, F.lit(": "), found, F.lit(" "), counted, F.lit(", at most "), allowed).alias("detail")
