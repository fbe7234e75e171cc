"""Overrides: what a person has decided about two records, whatever the rules say."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from identity_spark.config import CANNOT_LINK, MUST_LINK
from identity_spark.errors import InputError
from identity_spark.schemas import (
    CANNOT_LINK_INDEX,
    EVIDENCE,
    JUDGED_LINKS,
    LINKS,
    METRICS,
    MUST_LINK_INDEX,
    OVERRIDE_LINKS,
)

SHOWN = 20  # so many contradictions or unknown records are named
KEYS = ("left_record_key", "right_record_key")


def override_links(overrides: DataFrame, usable: DataFrame) -> DataFrame:
    """``OVERRIDE_LINKS``: each pair of known records that an override links or keeps apart, once for each kind.

    ``overrides`` is ``OVERRIDES``; ``left_record_key`` is the smaller key. Of repeated ones the newest counts.
    """
    records = usable.select("record_id", "record_key")
    left = records.withColumnsRenamed({"record_id": "left_id", "record_key": KEYS[0]})
    right = records.withColumnsRenamed({"record_id": "right_id", "record_key": KEYS[1]})
    newest = Window.partitionBy("kind", *KEYS).orderBy(F.desc_nulls_last("created_at"), "reason", "author")
    once = _of_pairs(overrides).withColumn("place", F.row_number().over(newest)).where("place = 1")
    return once.join(left, KEYS[0]).join(right, KEYS[1]).select(*OVERRIDE_LINKS.names)


def unknown_records(overrides: DataFrame, usable: DataFrame) -> DataFrame:
    """``record_key``: what overrides name and no source has, each once."""
    named = _of_pairs(overrides).select(F.explode(F.array(*KEYS)).alias("record_key")).distinct()
    return named.join(usable.select("record_key"), "record_key", "left_anti")


def must_links(links: DataFrame) -> DataFrame:
    """``LINKS`` of the overrides that link two records; ``links`` is ``OVERRIDE_LINKS``."""
    return _as_links(links.where(F.col("kind") == MUST_LINK), MUST_LINK_INDEX)


def cannot_links(links: DataFrame) -> DataFrame:
    """Those of ``links`` whose records no cluster may hold both of."""
    return links.where(F.col("kind") == CANNOT_LINK)


def refused_by_override(links: DataFrame) -> DataFrame:
    """``JUDGED_LINKS`` that show which pairs overrides keep apart."""
    refused = _as_links(cannot_links(links), CANNOT_LINK_INDEX)
    return refused.withColumn("refused_by", F.lit(CANNOT_LINK)).to(JUDGED_LINKS)


def contradictions(links: DataFrame, must_groups: DataFrame) -> DataFrame:
    """``left_record_key``, ``right_record_key``: pairs kept apart by one override and linked by others, the first few.

    ``must_groups`` are the connected components (``CLUSTERS``) of the overrides that link.
    """
    groups = must_groups.withColumnRenamed("cluster_id", "must_group")
    left = groups.withColumnsRenamed({"record_id": "left_id", "must_group": "left_group"})
    right = groups.withColumnsRenamed({"record_id": "right_id", "must_group": "right_group"})
    both = cannot_links(links).join(left, "left_id").join(right, "right_id")
    return both.where("left_group = right_group").select(*KEYS).orderBy(*KEYS).limit(SHOWN + 1)


def require_agreement(wrong: Sequence[Row]) -> None:
    """Raises ``InputError`` that names the ``contradictions``."""
    if wrong:
        pairs = ", ".join(f"{row[KEYS[0]]} and {row[KEYS[1]]}" for row in wrong[:SHOWN])
        more = " and more" if len(wrong) > SHOWN else ""
        raise InputError(
            f"overrides: {CANNOT_LINK} keeps apart what {MUST_LINK} joins: {pairs}{more}; withdraw one of the two"
        )


def some_of(unknown: DataFrame) -> DataFrame:
    """The first few of ``unknown_records``."""
    return unknown.orderBy("record_key").limit(SHOWN)


def override_metrics(links: DataFrame, unknown: DataFrame, blocked_values: int, expired: int) -> DataFrame:
    """``METRICS`` of the overrides: how many of each kind apply, are expired, or name unknown records."""
    kinds = {f"{kind}s": F.count_if(F.col("kind") == kind) for kind in (MUST_LINK, CANNOT_LINK)}
    counts = links.agg(*(count.alias(name) for name, count in kinds.items())).crossJoin(
        unknown.agg(F.count("*").alias("unknown_records"))
    )
    values = {
        **{n: F.col(n) for n in counts.columns},
        "blocked_values": F.lit(blocked_values),
        "expired": F.lit(expired),
    }
    rows = F.array(*(F.struct(F.lit(n).alias("metric"), v.cast("double").alias("value")) for n, v in values.items()))
    return counts.select(
        F.lit("guardrail").alias("scope"), F.lit("overrides").alias("name"), F.explode(rows).alias("m")
    ).select("scope", "name", "m.*").to(METRICS)  # fmt: skip


def _of_pairs(overrides: DataFrame) -> DataFrame:
    """The overrides of two records, the smaller key left."""
    pairs = overrides.where(F.col("kind").isin(MUST_LINK, CANNOT_LINK))
    return pairs.withColumns({KEYS[0]: F.least(*KEYS), KEYS[1]: F.greatest(*KEYS)})


def _as_links(links: DataFrame, index: int) -> DataFrame:
    return (
        links.withColumn("rule_index", F.lit(index)).withColumn("evidence", _evidence()).select(*LINKS.names).to(LINKS)
    )


def _evidence() -> Column:
    """``EVIDENCE`` of a decision: its kind as the match, and who says so, and why."""
    decision = F.struct(F.lit("override"), F.col("kind"), F.col("reason"), F.col("author"), F.lit(None).cast("double"))
    return F.array(decision).cast(EVIDENCE)
