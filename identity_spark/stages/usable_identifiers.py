"""Over-shared values: a value held by too many records, or by records of too many different people, matches nothing."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.expressions.identifier_values import held_values
from identity_spark.schemas import OVER_SHARED, WRITTEN, empty, is_multi_valued, multi_valued

HELD_BEFORE = "__held"  # suffix: the values of an identifier before over-shared ones go


def over_shared_values(standardized: DataFrame, config: Config) -> DataFrame:
    """``OVER_SHARED``: the values over ``max_records_per_value`` or ``max_distinct_per_value``.

    Distinct last names are told apart by their soundex, so that a typo does not make a second family; other
    identifiers by their canonical values.
    """
    capped = _capped(config)
    if not capped:
        return empty(standardized.sparkSession, OVER_SHARED)
    others = sorted({other for i in capped for other in i.max_distinct_per_value})
    held = standardized.select(
        *(_distinguishing(standardized, other, config).alias(f"other_{n}") for n, other in enumerate(others)),
        F.explode(_held(standardized, config)).alias("held"),
    ).select("held.*", *(f"other_{n}" for n in range(len(others))))
    counts = _count(held, len(others))
    is_over = F.lit(False)
    for identifier in capped:
        is_over = is_over | ((F.col("identifier") == identifier.name) & _over(identifier, others))
    return counts.where(is_over).select("identifier", "value", "records")


def records_with_over_shared(standardized: DataFrame, over_shared: DataFrame, config: Config) -> DataFrame:
    """``record_id``, ``over_shared`` array<struct<identifier, value>>: the records that hold an over-shared value."""
    held = standardized.select("record_id", F.explode(_held(standardized, config)).alias("held")).select(
        "record_id", "held.*"
    )
    return (
        held.join(over_shared.select("identifier", "value"), ["identifier", "value"])
        .groupBy("record_id")
        .agg(F.sort_array(F.collect_set(F.struct("identifier", "value"))).alias("over_shared"))
    )


def without_over_shared(standardized: DataFrame, holders: DataFrame, config: Config) -> DataFrame:
    """``standardized`` with over-shared values moved from their identifier to ``blocked`` (reason ``over_shared``)."""
    # A copy, because a lambda sees a column of the same select before the one it replaces.
    copies = {i.name + HELD_BEFORE: F.col(i.name) for i in _capped(config)}
    joined = standardized.join(holders, "record_id", "left").withColumns(copies)
    columns: dict[str, Column] = {}
    for identifier in _capped(config):
        columns |= _without(joined, identifier.name)
    moved = F.transform(
        "over_shared",
        lambda held: F.struct(held["identifier"], held["value"], F.lit("over_shared").alias("reason")),
    )
    columns["blocked"] = F.when(F.col("over_shared").isNull(), F.col("blocked")).otherwise(F.concat("blocked", moved))
    return joined.withColumns(columns).drop("over_shared", *copies)


def _held(frame: DataFrame, config: Config) -> Column:
    """``held_values`` of the identifiers with a cap."""
    names = [i.name for i in _capped(config)]
    return held_values(names, multi_valued(frame, names))


def _capped(config: Config) -> list[Identifier]:
    return [i for i in config.identifiers if i.max_records_per_value or i.max_distinct_per_value]


def _distinguishing(frame: DataFrame, other: str, config: Config) -> Column:
    value = F.array_join(F.array_sort(other), " ") if is_multi_valued(frame, other) else F.col(other)
    return F.soundex(value) if config.identifier(other).type == "last_name" else value


def _count(held: DataFrame, others: int) -> DataFrame:
    """``identifier``, ``value``, ``records``, ``different_<n>``: how many records, with how many different others."""
    by = ["identifier", "value"]
    if others == 1:  # the default: two plain aggregations are cheaper than Spark's plan for distinct counts
        each = held.groupBy(*by, "other_0").agg(F.count("*").alias("records"))
        return each.groupBy(*by).agg(F.sum("records").alias("records"), F.count("other_0").alias("different_0"))
    different = (F.count_distinct(f"other_{n}").alias(f"different_{n}") for n in range(others))
    return held.groupBy(*by).agg(F.count("*").alias("records"), *different)


def _over(identifier: Identifier, others: Sequence[str]) -> Column:
    over = F.lit(False)
    if identifier.max_records_per_value is not None:
        over = F.col("records") > identifier.max_records_per_value
    for other, limit in identifier.max_distinct_per_value.items():
        over = over | (F.col(f"different_{others.index(other)}") > limit)
    return over


def _without(joined: DataFrame, name: str) -> dict[str, Column]:
    """The identifier and its written form less what is over-shared."""
    held = F.filter("over_shared", lambda h: h["identifier"] == name)
    bad = F.transform(held, lambda h: h["value"])
    names = [n for n in (name, name + WRITTEN) if n in joined.columns]
    untouched = F.col("over_shared").isNull()
    if not is_multi_valued(joined, name):
        keep = untouched | ~F.coalesce(F.array_contains(bad, F.col(name)), F.lit(False))
        return {n: F.when(keep, F.col(n)) for n in names}
    values = F.col(name + HELD_BEFORE)
    kept = {n: F.filter(n, lambda _, at: ~F.array_contains(bad, F.get(values, at))) for n in names}
    return {n: F.when(untouched, F.col(n)).when(F.size(kept[n]) > 0, kept[n]) for n in names}
