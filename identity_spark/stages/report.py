"""The report: what a run did, as one number per metric, for the project, its sources, rules and identifiers.

Rates are shares of 1. ``resolution_rate``: records with a ``dinmo_id`` of all records. ``match_rate``,
``conflict_rate``, ``missing_rate``: records of that status of all records. ``consolidation``: records saved,
1 - golden records / records with a ``dinmo_id``. Of no records every rate is 0.

Of a rule: ``applicable_rate``, the records that have what it asks for, of all; ``pairs``, the rows of ``match_pairs``;
``valid_match_rate``, those of them that hold a published profile together, and ``conflict_rate``, the others: refused,
or in a cluster in conflict; ``merges_only_here``, the merges that no other rule makes. Of an identifier:
``completeness``, records with a usable value; ``golden_completeness``, the same of golden records; ``conflict_rate``,
records held back because the cluster breaks a limit of this identifier, of all.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import REPORT, STATUSES, Totals

COUNTS = ("records", *STATUSES, "published")


def report(
    totals: Totals,
    pairs: DataFrame,
    unresolved: DataFrame,
    skipped: DataFrame,
    merges: DataFrame,
    guarded: Sequence[DataFrame],
    config: Config,
    run_id: str,
) -> DataFrame:
    """``REPORT`` of one run.

    ``merges`` holds ``rule_index`` and ``merges_only_here``; ``guarded`` the ``METRICS`` of guardrails and overrides.
    """
    by_source = _by_source(totals, unresolved, config)
    counted = (*COUNTS, "bad_keys")
    whole = by_source.agg(*(F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in counted))
    whole = whole.crossJoin(totals.golden.select("golden_records", "consent_widened"))
    parts = [
        _unpivot(whole.withColumn("name", F.lit(config.project)), "project", _rates() | _consent()),
        _unpivot(by_source, "source", _rates()),
        _rules(totals, pairs, skipped, merges, config),
        _identifiers(totals, unresolved, config),
        *guarded,
    ]
    rows = parts[0]
    for part in parts[1:]:
        rows = rows.unionByName(part)
    return rows.withColumn("run_id", F.lit(run_id)).to(REPORT)


def _by_source(totals: Totals, unresolved: DataFrame, config: Config) -> DataFrame:
    """A row per source: its records by what became of them, those without a usable key among them."""
    keyless = unresolved.where("reason IN ('missing_primary_key', 'duplicate_primary_key')")
    bad = keyless.groupBy(F.col("source").alias("name")).agg(F.count("*").alias("bad"))
    golden = F.array(
        *(
            F.struct(F.lit(source.name).alias("name"), F.col(f"of_source_{n}").alias("golden_records"))
            for n, source in enumerate(config.sources)
        )
    )
    counts = {name: F.coalesce(name, F.lit(0)) for name in COUNTS}
    bad_keys = F.coalesce("bad", F.lit(0))
    return (
        totals.records.select("name", *COUNTS)
        .join(bad, "name", "full")
        .withColumns(counts | {"records": counts["records"] + bad_keys, "bad_keys": bad_keys})
        .join(totals.golden.select(F.inline(golden)), "name", "left")
    )


def _rates() -> dict[str, Column]:
    records = F.col("records")
    golden = F.coalesce("golden_records", F.lit(0))
    return {
        "records": records,
        "unique_records": F.col("unique"),
        "matched_records": F.col("matched"),
        "conflict_records": F.col("conflict"),
        "missing_records": F.col("missing"),
        "bad_key_records": F.col("bad_keys"),
        "golden_records": golden,
        "resolution_rate": _share(F.col("published"), records),
        "match_rate": _share(F.col("matched"), records),
        "conflict_rate": _share(F.col("conflict"), records),
        "missing_rate": _share(F.col("missing"), records),
        "consolidation": _share(F.col("published") - golden, F.col("published")),
    }


def _consent() -> dict[str, Column]:
    """How many merged profiles refuse a consent that their last value grants, thanks to ``most_restrictive``."""
    return {"consent_widenings_prevented": F.col("consent_widened")}


def _rules(totals: Totals, pairs: DataFrame, skipped: DataFrame, merges: DataFrame, config: Config) -> DataFrame:
    names = [rule.name for rule in config.rules]
    applicable = totals.records.agg(
        F.sum("records").alias("records"), *(F.sum(f"applicable_{n}").alias(f"rule_{n}") for n in range(len(names)))
    )
    rates = F.array(
        *(
            F.struct(
                F.lit(name).alias("name"),
                F.lit(n).alias("rule_index"),
                _share(F.col(f"rule_{n}"), F.col("records")).alias("applicable_rate"),
            )
            for n, name in enumerate(names)
        )
    )
    found = pairs.groupBy(F.col("rule").alias("name")).agg(
        F.count("*").alias("pairs"),
        F.count_if(F.col("status") == "refused").alias("refused_pairs"),
        F.count_if((F.col("status") == "accepted") & F.col("dinmo_id").isNotNull()).alias("valid"),
    )
    left_out = {"blocks": "skipped_blocks", "records": "skipped_records", "pairs": "skipped_pairs"}
    capped = skipped.withColumnRenamed("rule", "name").withColumnsRenamed(left_out)
    every = applicable.select(F.inline(rates))
    every = every.join(found, "name", "left").join(capped, "name", "left").join(merges, "rule_index", "left")
    counts = {n: F.coalesce(n, F.lit(0)) for n in ("pairs", "refused_pairs", "merges_only_here", *left_out.values())}
    shares = {
        "applicable_rate": F.col("applicable_rate"),
        "valid_match_rate": _share(F.col("valid"), F.col("pairs")),
        "conflict_rate": _share(F.col("pairs") - F.col("valid"), F.col("pairs")),
    }
    return _unpivot(every, "rule", shares | counts)


def _identifiers(totals: Totals, unresolved: DataFrame, config: Config) -> DataFrame:
    names = [i.name for i in config.identifiers if not i.derived]
    held = [f"held_{name}" for name in names]
    in_records = totals.records.agg(F.sum("records").alias("records"), *(F.sum(name).alias(name) for name in held))
    in_golden = totals.golden.select("golden_records", *(F.col(name).alias(f"golden_{name}") for name in held))
    rates = F.array(
        *(
            F.struct(
                F.lit(name).alias("name"),
                _share(F.col(f"held_{name}"), F.col("records")).alias("completeness"),
                _share(F.col(f"golden_held_{name}"), F.col("golden_records")).alias("golden_completeness"),
            )
            for name in names
        )
    )
    in_conflict = unresolved.where("reason = 'conflict'").select("record_key", F.col("identifier").alias("name"))
    held_back = in_conflict.distinct().groupBy("name").agg(F.count("*").alias("held_back"))
    reasons = {"blocked_values": "blocked", "invalid_values": "invalid", "over_shared_values": "over_shared"}
    set_apart = totals.blocked.groupBy(F.col("identifier").alias("name")).agg(
        *(F.sum(F.when(F.col("reason") == reason, F.col("values"))).alias(name) for name, reason in reasons.items())
    )
    every = in_records.crossJoin(in_golden).select("records", F.inline(rates))
    every = every.join(held_back, "name", "left").join(set_apart, "name", "left")
    rates_and_counts = {
        "completeness": F.col("completeness"),
        "golden_completeness": F.col("golden_completeness"),
        "conflict_rate": _share(F.coalesce("held_back", F.lit(0)), F.col("records")),
        **{name: F.coalesce(name, F.lit(0)) for name in reasons},
    }
    return _unpivot(every, "identifier", rates_and_counts)


def _share(part: Column, whole: Column) -> Column:
    return F.when(whole > 0, part / whole).otherwise(F.lit(0.0))


def _unpivot(rows: DataFrame, scope: str, metrics: Mapping[str, Column]) -> DataFrame:
    """``scope``, ``name``, ``metric``, ``value``: a row for each of ``metrics`` of each row."""
    named = F.array(
        *(F.struct(F.lit(name).alias("metric"), value.cast("double").alias("value")) for name, value in metrics.items())
    )
    return rows.select(F.lit(scope).alias("scope"), "name", F.explode(named).alias("m")).select("scope", "name", "m.*")
