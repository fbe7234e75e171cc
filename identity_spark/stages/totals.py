"""Totals: what the report and the checks count, in one pass over each table, as a few rows."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import STATUSES


def totals_of_records(resolved: DataFrame, config: Config) -> DataFrame:
    """A row per source with records of a usable key: its ``name``, and counts of its records.

    ``records``; those of each of ``STATUSES``; ``published``; their ``fingerprint``; ``applicable_<n>``, those that
    rule n applies to; ``held_<identifier>``, those that have a usable value; ``over_shared_<identifier>``, those that
    would have one, were it not over-shared. ``resolved`` is ``STANDARDIZED`` with ``PROFILES`` and ``rule_keys``.
    """
    return resolved.groupBy(F.col("source").alias("name")).agg(
        F.count("*").alias("records"),
        *(F.count_if(F.col("status") == status).alias(status) for status in STATUSES),
        F.count("dinmo_id").alias("published"),
        F.sum(_fingerprint()).alias("fingerprint"),
        *(
            F.expr(f"count_if(map_contains_key(rule_keys, '{r.name}')) AS applicable_{n}")
            for n, r in enumerate(config.rules)
        ),
        *_held(config),
        *(
            F.expr(
                f"count_if(`{i.name}` IS NULL AND"
                f" exists(blocked, lost -> lost.identifier = '{i.name}' AND lost.reason = 'over_shared'))"
                f" AS `over_shared_{i.name}`"
            )
            for i in config.identifiers
            if not i.derived and i.is_capped
        ),
    )


def totals_of_blocked(resolved: DataFrame) -> DataFrame:
    """``identifier``, ``reason``, ``values``: how many values the records lost for each reason."""
    entries = resolved.where(F.size("blocked") > 0).select(F.explode("blocked").alias("entry"))
    return entries.groupBy("entry.identifier", "entry.reason").agg(F.count("*").alias("values"))


def totals_of_golden(golden: DataFrame, config: Config) -> DataFrame:
    """One row: ``golden_records`` and how many records they stand for (``records``), their ``fingerprint``.

    Further ``consent_widened``; ``largest_profile``, the most records of one; ``of_source_<n>``, those that hold a
    record of the source; ``held_<identifier>``.
    """
    return golden.agg(
        F.count("*").alias("golden_records"),
        F.coalesce(F.sum("record_count"), F.lit(0)).alias("records"),
        F.sum(_fingerprint() * F.col("record_count")).alias("fingerprint"),
        F.count_if("consent_widened").alias("consent_widened"),
        F.max("record_count").alias("largest_profile"),
        *(
            F.expr(f"count_if(array_contains(sources, '{s.name}')) AS of_source_{n}")
            for n, s in enumerate(config.sources)
        ),
        *_held(config),
    )


def totals_of_pairs(pairs: DataFrame) -> DataFrame:
    """A row per rule, its ``name``, and counts of its pairs.

    ``pairs``; those ``refused``; those ``valid``, which hold a published profile together; those ``disordered``.
    """
    is_valid = (F.col("status") == "accepted") & F.col("dinmo_id").isNotNull()
    return pairs.groupBy(F.col("rule").alias("name")).agg(
        F.count("*").alias("pairs"),
        F.count_if(F.col("status") == "refused").alias("refused"),
        F.count_if(is_valid).alias("valid"),
        F.count_if(F.col("left_record_key") >= F.col("right_record_key")).alias("disordered"),
    )


def totals_of_unresolved(unresolved: DataFrame) -> DataFrame:
    """``reason``, ``source``, ``identifier`` and ``rows``: of a record that breaks several limits one for each."""
    return unresolved.groupBy("reason", "source", "identifier").agg(F.count("*").alias("rows"))


def _held(config: Config) -> list[Column]:
    return [F.expr(f"count(`{i.name}`) AS `held_{i.name}`") for i in config.identifiers if not i.derived]


def _fingerprint() -> Column:
    """A number for each id, small enough that those of a trillion records have a sum."""
    return F.when(F.col("dinmo_id").isNotNull(), F.shiftright(F.xxhash64("dinmo_id"), 40))
