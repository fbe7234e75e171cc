"""Rules measured without labels: pairs that rules found, and pairs that share a value, held against what was held out.

A strong identifier that a rule does not use is a witness: among the rule's pairs where both records carry it, those
that agree are right, but for the few values that two people share; among pairs that share it, the rule finds what it
finds of all true pairs. True pairs do not always agree either, for people have two phones and type dates wrong; how
often they do is counted on *sure* pairs, which agree on two more strong identifiers, one of them outside the rule.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Rule
from identity_spark.expressions.identifier_values import held_values
from identity_spark.expressions.lookup import of_few
from identity_spark.schemas import multi_valued
from identity_spark.stages.match_pairs.criteria import Criteria

ENDS = ("left_record_key", "right_record_key")
SOURCES = ("left_source", "right_source")
COUNTED = ("both", "agree", "sure", "sure_agree")
MOST_SHARING = 20  # records of a value: more are no person, and make the square of it in pairs
BUCKETS = 1 << 20


def some_pairs(in_strata: DataFrame, shares: Mapping[str, float]) -> DataFrame:
    """Of the pairs of each rule the given share, the same pairs whatever the partitioning."""
    allowed = of_few({rule: int(share * BUCKETS) for rule, share in shares.items()}, F.col("rule"))
    return in_strata.where(F.pmod(F.xxhash64(*ENDS), F.lit(BUCKETS)) < allowed)


def agreements(pairs: DataFrame, lookup: DataFrame, witnesses: Mapping[str, Sequence[str]]) -> DataFrame:
    """``rule``, ``left_source`` <= ``right_source``, ``band``, ``identifier`` and ``COUNTED``: a row for each witness.

    ``witnesses`` names the rules of ``pairs`` that use each strong identifier. ``both``: pairs whose records carry it;
    ``agree``: those that share a value; ``sure`` and ``sure_agree``: the same among sure pairs.
    """
    names = list(witnesses)
    sided = _with_both_sides(pairs.select("rule", "band", *ENDS), lookup.select("record_key", "source", *names))
    several = multi_valued(lookup, names)
    both = {name: F.col(f"left.{name}").isNotNull() & F.col(f"right.{name}").isNotNull() for name in names}
    agree = {name: F.coalesce(_agrees(name, name in several), F.lit(False)) for name in names}
    known = sided.select(
        *("rule", "band"),
        F.least("left.source", "right.source").alias(SOURCES[0]),
        F.greatest("left.source", "right.source").alias(SOURCES[1]),
        *(condition.alias(f"both_{name}") for name, condition in both.items()),
        *(condition.alias(f"agree_{name}") for name, condition in agree.items()),
    )
    counts = [_counted(name, witnesses).alias(name) for name in names]
    grouped = known.groupBy("rule", *SOURCES, "band").agg(*counts)
    return grouped.select(
        *("rule", *SOURCES, "band"),
        F.inline(F.array(*(_row(name) for name in names))),
    )


def sharing_pairs(lookup: DataFrame, shares: Mapping[str, float]) -> DataFrame:
    """``identifier``, ``left_record_key`` < ``right_record_key``: pairs that share a value, of a share of the values.

    Values of more than ``MOST_SHARING`` records are left out.
    """
    names = list(shares)
    allowed = of_few({name: int(share * BUCKETS) for name, share in shares.items()}, F.col("identifier"))
    held = lookup.select("record_key", F.explode(held_values(names, multi_valued(lookup, names))).alias("held"))
    some = held.select("record_key", "held.*").where(F.pmod(F.xxhash64("value"), F.lit(BUCKETS)) < allowed)
    several = some.groupBy("identifier", "value").agg(F.sort_array(F.collect_set("record_key")).alias("keys"))
    lefts = several.where(F.size("keys").between(2, MOST_SHARING)).select(
        "identifier", "keys", F.posexplode("keys").alias("at", ENDS[0])
    )
    after = F.slice("keys", F.col("at") + 2, F.size("keys"))
    return lefts.select("identifier", ENDS[0], F.explode(after).alias(ENDS[1])).distinct()


def with_values(pairs: DataFrame, lookup: DataFrame, names: Sequence[str]) -> DataFrame:
    """``pairs`` with ``left`` and ``right`` struct<source, values struct<names>>, as criteria read them."""
    values = F.struct(*names).alias("values")
    return _with_both_sides(pairs, lookup.select("record_key", "source", values))


def found_shares(sided: DataFrame, found: Mapping[str, Column]) -> DataFrame:
    """``identifier``, ``rule``, ``pairs``, ``found``: how many of the pairs that share it the rule finds."""
    counts = F.array(
        *(F.struct(F.lit(rule).alias("rule"), F.count_if(holds).alias("found")) for rule, holds in found.items())
    )
    grouped = sided.groupBy("identifier").agg(F.count("*").alias("pairs"), counts.alias("counts"))
    return grouped.select("identifier", "pairs", F.inline("counts")).select("identifier", "rule", "pairs", "found")


def finds(usable: DataFrame, config: Config) -> dict[str, Column]:
    """By rule whether all its criteria hold for ``left`` and ``right`` struct<source, values struct>; never null.

    ``usable`` is the frame that the values are from. Caps of blocks do not count here.
    """
    criteria = Criteria(usable, config)
    return {rule.name: _finds(rule, criteria) for rule in config.rules}


def _finds(rule: Rule, criteria: Criteria) -> Column:
    cheap_first = sorted(rule.criteria, key=criteria.cost)
    holds = reduce(Column.__and__, (criteria.holds(criterion) for criterion in cheap_first))
    if not rule.sources:
        return holds
    return F.col("left.source").isin(*rule.sources) & F.col("right.source").isin(*rule.sources) & holds


def _with_both_sides(pairs: DataFrame, records: DataFrame) -> DataFrame:
    """``pairs`` with what ``records`` hold besides ``record_key``, as ``left`` and ``right``."""
    columns = [name for name in records.columns if name != "record_key"]
    for side, key in zip(("left", "right"), ENDS, strict=True):
        pairs = pairs.join(records.select(F.col("record_key").alias(key), F.struct(*columns).alias(side)), key)
    return pairs


def _agrees(name: str, several: bool) -> Column:
    left, right = F.col(f"left.{name}"), F.col(f"right.{name}")
    return F.arrays_overlap(left, right) if several else left == right


def _counted(name: str, witnesses: Mapping[str, Sequence[str]]) -> Column:
    """Aggregate: ``COUNTED`` of a witness. A pair is sure by others that agree, two, and one outside the rule."""
    both, agree = F.col(f"both_{name}"), F.col(f"agree_{name}")
    others = [other for other in witnesses if other != name]
    agreeing = reduce(Column.__add__, (F.col(f"agree_{o}").cast("int") for o in others), F.lit(0))
    outside = [F.col(f"agree_{o}") & ~F.col("rule").isin(*witnesses[o]) for o in others]
    sure = (agreeing >= 2) & reduce(Column.__or__, outside, F.lit(False))
    conditions = (both, both & agree, both & sure, both & agree & sure)
    return F.struct(*(F.count_if(c).alias(counted) for c, counted in zip(conditions, COUNTED, strict=True)))


def _row(name: str) -> Column:
    return F.struct(
        F.lit(name).alias("identifier"), *(F.col(f"{name}.{counted}").alias(counted) for counted in COUNTED)
    )
