"""What the report page shows beyond the report: small frames, each as large as the configuration or a given number.

Every frame here is an aggregation, or is cut to a number of rows that the caller names.
"""

from collections.abc import Collection, Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

from identity_spark.storage.small_frames import small_frame

OTHER = ""  # stands for every source or rule that the page does not name
UNPLACED = 1_000_000  # a rule that is no longer in the configuration comes after all others
ENDS = ("left_record_key", "right_record_key")
MOST_NAMES = 20  # sources and rules listed of one profile
PROFILE = ("dinmo_id", "record_count", "sources", "rules")

_PLACES = StructType(
    [StructField("rule", StringType()), StructField("place", IntegerType()), StructField("shown", StringType())]
)


def size_bins(golden: DataFrame) -> DataFrame:
    """``bin``, ``profiles``, ``records``: the profiles of 2^bin up to 2^(bin + 1) - 1 records."""
    digits = F.length(F.bin("record_count"))  # exact, where a logarithm rounds
    return golden.groupBy((digits - 1).alias("bin")).agg(
        F.count("*").alias("profiles"), F.sum("record_count").alias("records")
    )


def record_flow(
    lookup: DataFrame, pairs: DataFrame, places: Mapping[str, int], rules: Collection[str], sources: Collection[str]
) -> DataFrame:
    """``source``, ``rule``, ``outcome``, ``records``: which records which rule brought where.

    ``rule`` is the strongest, by ``places``, that joins a record to another of its published profile; null where none
    does. ``outcome`` is ``several`` or ``one``, by the records of the profile; without one, the status of the record.
    Only the given ``rules`` and ``sources`` are named.
    """
    named = [(rule, place, rule if rule in rules else OTHER) for rule, place in places.items()]
    known = F.broadcast(small_frame(pairs.sparkSession, named, _PLACES))
    held = pairs.where("status = 'accepted' AND dinmo_id IS NOT NULL").join(known, "rule", "left")
    by = F.struct(F.coalesce("place", F.lit(UNPLACED)), F.coalesce("shown", F.lit(OTHER)).alias("rule"))
    ends = held.select(F.explode(F.array(*ENDS)).alias("record_key"), by.alias("by"))
    strongest = ends.groupBy("record_key").agg(F.min("by")["rule"].alias("rule"))
    outcome = (
        F.when(F.col("dinmo_id").isNull(), F.col("status"))
        .when(F.col("status") == "matched", "several")
        .otherwise("one")
    )
    source = F.when(F.col("source").isin(*sources), F.col("source")).otherwise(OTHER)
    records = lookup.select("record_key", source.alias("source"), outcome.alias("outcome"))
    joined = records.join(strongest, "record_key", "left")
    return joined.groupBy("source", "rule", "outcome").agg(F.count("*").alias("records"))


def largest_profiles(golden: DataFrame, at_most: int) -> DataFrame:
    """The profiles of most records, of more than one; then by id."""
    several = golden.where("record_count > 1").select(*PROFILE)
    return _short(several.orderBy(F.desc("record_count"), "dinmo_id").limit(at_most))


def suspicious_profiles(
    golden: DataFrame, matched_ids: DataFrame, identifiers: Collection[str], at_most: int
) -> DataFrame:
    """The profiles of several records with most different values of ``identifiers`` that a person has one of.

    ``extra_values`` counts those beyond the first of each identifier. Among equals, those held by fewer rules come
    first, then those of more records, then by id.
    """
    values = matched_ids.where(F.col("identifier").isin(*identifiers)).groupBy("dinmo_id", "identifier").count()
    extra = values.where("count > 1").groupBy("dinmo_id").agg(F.sum(F.col("count") - 1).alias("extra_values"))
    several = golden.where("record_count > 1").select(*PROFILE)
    order = (F.desc("extra_values"), F.size("rules"), F.desc("record_count"), "dinmo_id")
    return _short(several.join(extra, "dinmo_id").orderBy(*order).limit(at_most))


def value_counts(matched_ids: DataFrame, ids: Collection[str]) -> DataFrame:
    """``dinmo_id``, ``identifier``, ``values``: how many different values the profiles of ``ids`` have."""
    of_profiles = matched_ids.where(F.col("dinmo_id").isin(*ids))
    return of_profiles.groupBy("dinmo_id", "identifier").agg(F.count("*").alias("values"))


def pairs_of(pairs: DataFrame, ids: Collection[str], at_most: int, with_values: bool) -> DataFrame:
    """The accepted rows of ``match_pairs`` of the profiles ``ids``, at most so many of each, in order of their keys.

    The evidence holds no values unless ``with_values``.
    """
    own = pairs.where(F.col("dinmo_id").isin(*ids)).where("status = 'accepted'")
    place = F.row_number().over(Window.partitionBy("dinmo_id").orderBy(*ENDS, "rule"))
    kept = own.withColumn("place", place).where(F.col("place") <= at_most)
    fields = ("identifier", "match", "similarity", *(("left_value", "right_value") if with_values else ()))
    evidence = F.transform("evidence", lambda entry: F.struct(*(entry[name].alias(name) for name in fields)))
    return kept.select("dinmo_id", *ENDS, "rule", evidence.alias("evidence"))


def unresolved_reasons(unresolved: DataFrame) -> DataFrame:
    """``reason``, ``records``: a record that breaks several limits counts once, each row without a usable key."""
    records = F.when(F.col("reason") == "conflict", F.count_distinct("record_key")).otherwise(F.count("*"))
    return unresolved.groupBy("reason").agg(records.alias("records"))


def change_counts(changes: DataFrame, run_id: str) -> DataFrame:
    """``event``, ``cause``, ``events``, ``records`` of one run."""
    own = changes.where(F.col("run_id") == run_id)
    return own.groupBy("event", "cause").agg(F.count("*").alias("events"), F.sum("record_count").alias("records"))


def _short(profiles: DataFrame) -> DataFrame:
    """Profiles with the first names of their sources and rules, and how many there are."""
    return profiles.withColumns(
        {f"{name}_count": F.size(name) for name in ("sources", "rules")} | {n: _first(n) for n in ("sources", "rules")}
    )


def _first(names: str) -> Column:
    return F.slice(names, 1, MOST_NAMES)
