"""A sample of match pairs for people to label: some of every stratum, with the values of both records side by side.

A *stratum* is the pairs of one rule, one status and one *band*: how similar the least similar identifier of the
evidence is. Pairs of overrides are people's decisions already and in no stratum.
"""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from math import sqrt
from typing import TypeVar

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import OVERRIDE_RULES
from identity_spark.expressions.lookup import of_few
from identity_spark.schemas import is_multi_valued

STRATUM = ("rule", "status", "band")
KEYS = ("left_record_key", "right_record_key")
BANDS = ((1.0, "exact"), (0.95, "0.95 to 1"), (0.9, "0.9 to 0.95"), (0.85, "0.85 to 0.9"))  # from this similarity on
LOWEST_BAND = "below 0.85"

Stratum = tuple[str, str, str]


def in_strata(pairs: DataFrame) -> DataFrame:
    """``STRATUM``, ``KEYS``, ``similarity``, ``evidence``: the rows of ``match_pairs`` that rules made."""
    least = F.array_min(F.transform("evidence", lambda entry: entry["similarity"])).alias("similarity")
    made = pairs.where(~F.col("rule").isin(*OVERRIDE_RULES)).select("rule", "status", *KEYS, least, "evidence")
    return made.select("rule", "status", _band().alias("band"), *KEYS, "similarity", "evidence")


def strata_sizes(stratified: DataFrame) -> DataFrame:
    """``STRATUM`` and ``size``: one row for each stratum that has pairs."""
    return stratified.groupBy(*STRATUM).agg(F.count("*").alias("size"))


def drawn(stratified: DataFrame, quotas: Mapping[Stratum, int], seed: int) -> DataFrame:
    """``stratified`` less all but so many pairs of each stratum, and ``place``, which sorts them at random.

    The same pairs for the same rows and seed, whatever the partitioning: the smallest hashes of seed, keys and rule.
    """
    place = F.xxhash64(F.lit(seed), *KEYS, "rule").alias("place")
    by_place = Window.partitionBy(*STRATUM).orderBy("place", *KEYS)
    most = max(quotas.values(), default=0)
    # The literal lets Spark drop rows before it shuffles; the quota of the stratum follows.
    some = stratified.select("*", place).withColumn("nth", F.row_number().over(by_place)).where(F.col("nth") <= most)
    quota = of_few({"/".join(stratum): quota for stratum, quota in quotas.items()}, F.concat_ws("/", *STRATUM))
    return some.where(F.col("nth") <= quota).drop("nth")


def side_by_side(sample: DataFrame, lookup: DataFrame, identifiers: Sequence[str]) -> DataFrame:
    """``sample`` and, of each identifier, ``left_<name>`` and ``right_<name>``: what the records hold, as text.

    Several values are joined by `` | ``; null where a record has none.
    """
    texts = [_text(lookup, name).alias(name) for name in identifiers]
    joined = F.broadcast(sample)
    for side, key in zip(("left", "right"), KEYS, strict=True):
        held = lookup.select(F.col("record_key").alias(key), *texts)
        held = held.withColumnsRenamed({name: f"{side}_{name}" for name in identifiers})
        joined = F.broadcast(held.join(joined, key))
    return joined.select(*sample.columns, *(f"{side}_{name}" for name in identifiers for side in ("left", "right")))


def _band() -> Column:
    (least, name), *others = BANDS
    band = F.when(F.col("similarity") >= least, name)
    for least, name in others:
        band = band.when(F.col("similarity") >= least, name)
    return band.otherwise(LOWEST_BAND)


def _text(lookup: DataFrame, name: str) -> Column:
    return F.array_join(name, " | ") if is_multi_valued(lookup, name) else F.col(name)


Name = TypeVar("Name", bound=tuple[str, ...])

LEAST = 2  # of every stratum, where so many are asked for that it can be


def allocated(sizes: Mapping[Name, int], n: int) -> dict[Name, int]:
    """How many of each stratum, ``n`` in all, or everything where there is less.

    In proportion to the square root of its size (a power allocation, Bankier 1988): between equal shares, which tell
    most about each stratum, and proportional ones, which tell most about the whole. At least one of each; raises
    ``ValueError`` where ``n`` is less than that.
    """
    if n < len(sizes):
        raise ValueError(f"{n} of {len(sizes)} strata")
    least = LEAST if n >= LEAST * len(sizes) else 1
    quotas = {name: min(size, least) for name, size in sizes.items()}
    waiting = [(_claim(size, quotas[name]), name) for name, size in sizes.items() if quotas[name] < size]
    heapify(waiting)
    for _ in range(n - sum(quotas.values())):
        if not waiting:
            break
        _, name = heappop(waiting)
        quotas[name] += 1
        if quotas[name] < sizes[name]:
            heappush(waiting, (_claim(sizes[name], quotas[name]), name))
    return quotas


def _claim(size: int, given: int) -> float:
    """Of the stratum that comes next it is the least: the divisor method of D'Hondt."""
    return -sqrt(size) / (given + 1)
