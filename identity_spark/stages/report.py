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

from collections.abc import Callable, Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import REPORT


def report(
    resolved: DataFrame,
    golden: DataFrame,
    pairs: DataFrame,
    unresolved: DataFrame,
    skipped: DataFrame,
    merges: DataFrame,
    guarded: Sequence[DataFrame],
    config: Config,
    run_id: str,
) -> DataFrame:
    """``REPORT`` of one run; ``resolved`` is ``STANDARDIZED`` with ``PROFILES`` and ``rule_keys``.

    ``merges`` holds ``rule_index`` and ``merges_only_here``; ``guarded`` the ``METRICS`` of guardrails and overrides.
    """
    statuses = _statuses(resolved, unresolved)
    profiles = (
        golden.select("dinmo_id", F.explode("sources").alias("name"))
        .groupBy("name")
        .agg(F.count("*").alias("golden_records"))
    )
    by_source = statuses.join(profiles, "name", "left")
    whole = statuses.agg(*(F.sum(name).alias(name) for name in statuses.columns if name != "name")).crossJoin(
        golden.agg(F.count("*").alias("golden_records"), F.count_if("consent_widened").alias("consent_widened"))
    )
    parts = [
        _unpivot(whole.withColumn("name", F.lit(config.project)), "project", _rates() | _consent()),
        _unpivot(by_source, "source", _rates()),
        _rules(resolved, pairs, skipped, merges, config),
        _identifiers(resolved, golden, unresolved, config),
        *guarded,
    ]
    rows = parts[0]
    for part in parts[1:]:
        rows = rows.unionByName(part)
    return rows.withColumn("run_id", F.lit(run_id)).to(REPORT)


def _statuses(resolved: DataFrame, unresolved: DataFrame) -> DataFrame:
    """A row per source: its records by what became of them, those without a usable key among them."""
    keyed = resolved.select(F.col("source").alias("name"), "status", F.col("dinmo_id").isNotNull().alias("published"))
    bad = unresolved.where("reason IN ('missing_primary_key', 'duplicate_primary_key')").select(
        F.col("source").alias("name"), F.lit("bad_key").alias("status"), F.lit(False).alias("published")
    )
    counts = {status: F.count_if(F.col("status") == status) for status in ("unique", "matched", "conflict", "missing")}
    return (
        keyed.unionByName(bad)
        .groupBy("name")
        .agg(
            F.count("*").alias("records"),
            *(count.alias(status) for status, count in counts.items()),
            F.count_if(F.col("status") == "bad_key").alias("bad_keys"),
            F.count_if("published").alias("published"),
        )
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


def _rules(resolved: DataFrame, pairs: DataFrame, skipped: DataFrame, merges: DataFrame, config: Config) -> DataFrame:
    names = [rule.name for rule in config.rules]
    applicable = resolved.agg(
        F.count("*").alias("records"),
        *(F.count_if(F.map_contains_key("rule_keys", name)).alias(f"rule_{n}") for n, name in enumerate(names)),
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
    every = applicable.select(F.explode(rates).alias("r")).select("r.*")
    every = every.join(found, "name", "left").join(capped, "name", "left").join(merges, "rule_index", "left")
    counts = {n: F.coalesce(n, F.lit(0)) for n in ("pairs", "refused_pairs", "merges_only_here", *left_out.values())}
    shares = {
        "applicable_rate": F.col("applicable_rate"),
        "valid_match_rate": _share(F.col("valid"), F.col("pairs")),
        "conflict_rate": _share(F.col("pairs") - F.col("valid"), F.col("pairs")),
    }
    return _unpivot(every, "rule", shares | counts)


def _identifiers(resolved: DataFrame, golden: DataFrame, unresolved: DataFrame, config: Config) -> DataFrame:
    names = [i.name for i in config.identifiers if not i.derived]
    reasons = {"blocked_values": "blocked", "invalid_values": "invalid", "over_shared_values": "over_shared"}
    blocked = {
        (name, metric): F.sum(F.size(F.filter("blocked", _of(name, reason))))
        for name in names
        for metric, reason in reasons.items()
    }
    in_records = resolved.agg(
        F.count("*").alias("records"),
        *(_share(F.count(name), F.count("*")).alias(f"{name}__completeness") for name in names),
        *(value.alias(f"{name}__{metric}") for (name, metric), value in blocked.items()),
    )
    in_golden = golden.agg(*(_share(F.count(n), F.count("*")).alias(f"{n}__golden_completeness") for n in names))
    in_conflict = unresolved.where("reason = 'conflict'").select("record_key", "identifier").distinct()
    held_back = in_conflict.agg(*(F.count_if(F.col("identifier") == n).alias(f"{n}__held_back") for n in names))
    counted = in_records.crossJoin(in_golden).crossJoin(held_back)
    rates = {f"{name}__conflict_rate": _share(F.col(f"{name}__held_back"), F.col("records")) for name in names}
    metrics = ("completeness", "golden_completeness", "conflict_rate", *reasons)
    rows = F.array(
        *(
            F.struct(
                F.lit(name).alias("name"),
                F.lit(metric).alias("metric"),
                F.coalesce(F.col(f"{name}__{metric}").cast("double"), F.lit(0.0)).alias("value"),
            )
            for name in names
            for metric in metrics
        )
    )
    return (
        counted.withColumns(rates).select(F.explode(rows).alias("r")).select(F.lit("identifier").alias("scope"), "r.*")
    )


def _of(name: str, reason: str) -> Callable[[Column], Column]:
    return lambda entry: (entry["identifier"] == name) & (entry["reason"] == reason)


def _share(part: Column, whole: Column) -> Column:
    return F.when(whole > 0, part / whole).otherwise(F.lit(0.0))


def _unpivot(rows: DataFrame, scope: str, metrics: Mapping[str, Column]) -> DataFrame:
    """``scope``, ``name``, ``metric``, ``value``: a row for each of ``metrics`` of each row."""
    named = F.array(
        *(F.struct(F.lit(name).alias("metric"), value.cast("double").alias("value")) for name, value in metrics.items())
    )
    return rows.select(F.lit(scope).alias("scope"), "name", F.explode(named).alias("m")).select("scope", "name", "m.*")
