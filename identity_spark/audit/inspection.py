"""Jobs that look and publish nothing: how right the last run is, which values are shared, what the rules will cost."""

import logging
from datetime import datetime, timezone

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.audit.evaluate import figures as evaluation
from identity_spark.audit.profile import blocks, shared_values
from identity_spark.audit.profile.rules_text import BlockCounts, ValueCounts, rule_advice_text
from identity_spark.audit.profile.values_text import SharedValue, shared_values_text
from identity_spark.config import Config
from identity_spark.pipeline import overriding
from identity_spark.pipeline.preparation import Prepared, prepare, read_records, usable_records
from identity_spark.pipeline.summary import evaluation_text, wrong_pairs_text
from identity_spark.pipeline.work import InMemory, Run
from identity_spark.storage import runs, session, sources
from identity_spark.storage.labels import read_labels
from identity_spark.storage.tables import Tables
from identity_spark.storage.wrong_pairs import replace_wrong_pairs

log = logging.getLogger(__name__)


def evaluate(spark: SparkSession, config: Config, truth: str, pairs_path: str | None = None) -> str:
    """How right the last committed run is against labels, as text; wrong pairs to look at go to ``pairs_path``.

    Raises ``InputError`` where there is no run or no usable label.
    """
    tables = Tables(spark, config.output)
    versions = dict(runs.newest(tables)["table_versions"])
    lookup, labels = tables.at("identity_lookup", versions), read_labels(spark, truth)
    log.info("labels ...")
    (counts,) = evaluation.label_counts(lookup, labels).collect()
    evaluation.require_labels(counts.asDict(), truth)
    labelled = evaluation.labelled_records(lookup, labels).persist()
    try:
        links = evaluation.labelled_links(tables.at("match_pairs", versions), labelled)
        wrong: dict[str, int] = {}
        if pairs_path is not None:
            log.info("wrong pairs ...")
            written = replace_wrong_pairs(spark, pairs_path, evaluation.wrong_pairs(labelled, links))
            wrong = dict(written.groupBy("kind").agg(F.count("*")).collect())
        log.info("figures ...")
        frames = (evaluation.overall(labelled), evaluation.by_source_pair(labelled), evaluation.by_rule(links))
        (figures,), by_sources, by_rule = ([row.asDict() for row in frame.collect()] for frame in frames)
    finally:
        labelled.unpersist()
    text = evaluation_text(counts.asDict() | figures, by_sources, by_rule)
    return text if pairs_path is None else f"{text}\n\n{wrong_pairs_text(pairs_path, wrong)}"


def profile_values(spark: SparkSession, config: Config, limit: int) -> str:
    """The most shared values of each identifier, and which of them to block, as text; nothing is written."""
    with session.run_settings(spark):
        keyed = _prepared(spark, config, _in_memory(spark, config)).keyed
        found: dict[str, list[SharedValue]] = {}
        rows = shared_values.shared_values(keyed, config, limit)
        for row in rows.orderBy("identifier", F.desc("records"), "value").collect():  # ``limit`` for each identifier
            found.setdefault(row["identifier"], []).append(SharedValue(*row[1:]))
    return shared_values_text(found, config)


def profile_rules(spark: SparkSession, config: Config) -> str:
    """What each rule will cost and which of them to look at, as text, from counts alone; nothing is written."""
    this = _in_memory(spark, config)
    with session.run_settings(spark):
        usable = usable_records(_prepared(spark, config, this), config, this)
        with this.stage("usable") as stage:
            usable = stage.write("usable", usable).frame
        log.info("counts ...")
        counted = blocks.rule_blocks(usable, config).orderBy("rule_index").collect()  # one for each rule
        values = blocks.value_pairs(usable, config).collect()  # one for each identifier
    found = {row["identifier"]: ValueCounts(row["records"], row["pairs"]) for row in values}
    return rule_advice_text([BlockCounts(*row[1:]) for row in counted], found, config)


def _in_memory(spark: SparkSession, config: Config) -> Run:
    return Run("profile", datetime.now(timezone.utc), InMemory(Tables(spark, config.output), "profile"))


def _prepared(spark: SparkSession, config: Config, this: Run) -> Prepared:
    """The records, standardized as a run has them."""
    versions = {s.name: sources.delta_version(spark, s) for s in config.sources}
    given = overriding.read(spark, config, this.started_at)
    return prepare(read_records(spark, config, versions), given, config, this)
