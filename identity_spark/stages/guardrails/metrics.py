"""What the guardrails did, and how large clusters are, as rows of the report."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.schemas import METRICS

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}
LARGEST = 10


def conflict_metrics(conflicts: DataFrame) -> DataFrame:
    """``METRICS`` of each limit that is broken in the end: its clusters and their records, which stay unresolved."""
    broken = conflicts.select("cluster_id", "limit", "record_count").distinct()
    counts = broken.groupBy(F.col("limit").alias("name")).agg(
        F.count("*").alias("conflict_clusters"), F.sum("record_count").alias("conflict_records")
    )
    return _metrics(counts, "conflict_clusters", "conflict_records")


def peel_metrics(contested: DataFrame, after: DataFrame, judged: DataFrame, rounds: DataFrame) -> DataFrame:
    """``METRICS`` of ``peel``: ``clusters_peeled``, ``rounds``, ``refused_pairs`` and the ``profiles`` they became.

    ``contested`` and ``after`` are the members before and after, ``judged`` the ``JUDGED_LINKS`` between them.
    """
    refused = judged.where("refused_by IS NOT NULL").select("left_id", "right_id").distinct()
    counts = (
        contested.agg(F.count_distinct("cluster_id").alias("clusters_peeled"))
        .crossJoin(rounds)
        .crossJoin(refused.agg(F.count("*").alias("refused_pairs")))
        .crossJoin(after.agg(F.count_distinct("cluster_id").alias("profiles")))
    )
    return _metrics(counts.withColumn("name", F.lit("peel")), *(n for n in counts.columns))


def cluster_metrics(members: DataFrame, links: DataFrame, config: Config) -> DataFrame:
    """``METRICS`` of the clusters before any guardrail: sizes by percentile, and what holds the largest together.

    Of each of the ten largest its ``records``, the pairs of each rule, and the pairs that show each identifier.
    """
    clusters = members.where("record_key = smallest_key")  # one record stands for its cluster
    sizes = clusters.select("cluster_id", F.col("record_count").alias("records"), "smallest_key")
    largest = sizes.where("records > 1").orderBy(F.desc("records"), "smallest_key").limit(LARGEST)
    in_order = Window.partitionBy(F.lit(0)).orderBy(F.desc("records"), "smallest_key")  # one partition of ten rows
    named = largest.withColumn("name", F.concat(F.lit("largest_cluster_"), F.row_number().over(in_order)))
    held = _held_together(members, links, named, config)
    records = named.select("name", F.lit("records").alias("metric"), F.col("records").alias("value"))
    return _percentiles(sizes).unionByName(_scoped(records.unionByName(held)))


def _percentiles(sizes: DataFrame) -> DataFrame:
    """Of all clusters, those of one record too."""
    counts = sizes.groupBy("records").agg(F.count("*").alias("clusters"))
    measured = counts.agg(
        *(F.percentile("records", share, F.col("clusters")).alias(name) for name, share in PERCENTILES.items()),
        F.max("records").alias("max"),
    )
    present = measured.where("max IS NOT NULL").withColumn("name", F.lit("cluster_records"))
    return _metrics(present, *PERCENTILES, "max")


def _held_together(members: DataFrame, links: DataFrame, largest: DataFrame, config: Config) -> DataFrame:
    """``name``, ``metric``, ``value``: pairs by rule, and pairs by identifier that their evidence shows."""
    inside = members.join(F.broadcast(largest.select("cluster_id", "name")), "cluster_id")
    found = links.join(inside.select(F.col("record_id").alias("left_id"), "name"), "left_id")
    rules = ", ".join(f"'{rule.name}'" for rule in config.rules)
    rule = F.expr(f"coalesce(get(array({rules}), rule_index), 'must_link')")
    by_rule = found.groupBy("name", F.concat(F.lit("pairs_by_"), rule).alias("metric")).agg(F.count("*").alias("value"))
    shown = found.select("name", F.explode(F.array_distinct(F.transform("evidence", _identifier))).alias("identifier"))
    by_identifier = shown.groupBy("name", F.concat(F.lit("pairs_with_"), "identifier").alias("metric")).agg(
        F.count("*").alias("value")
    )
    return by_rule.unionByName(by_identifier)


def _identifier(entry: Column) -> Column:
    return entry["identifier"]


def _metrics(counts: DataFrame, *metrics: str) -> DataFrame:
    """A row for each of ``metrics`` of each row of ``counts``."""
    rows = ", ".join(f"named_struct('metric', '{m}', 'value', CAST(`{m}` AS DOUBLE))" for m in metrics)
    return _scoped(counts.selectExpr("name", f"inline(array({rows}))"))


def _scoped(rows: DataFrame) -> DataFrame:
    return rows.select(F.lit("guardrail").alias("scope"), "name", "metric", F.col("value").cast("double")).to(METRICS)
