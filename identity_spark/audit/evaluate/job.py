"""The job ``evaluate``: how right the last committed run is, against labels of all records or of a sample of pairs."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.audit.evaluate import figures
from identity_spark.audit.evaluate.sample_text import labelled_sample_text
from identity_spark.audit.evaluate.text import evaluation_text, wrong_pairs_text
from identity_spark.audit.published_run import published_run
from identity_spark.audit.review.labels import COLUMNS, labelled_strata
from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError
from identity_spark.storage import samples
from identity_spark.storage.session import get_session
from identity_spark.storage.small_tables import read_labels
from identity_spark.storage.wrong_pairs import replace_wrong_pairs

log = logging.getLogger(__name__)


def evaluate(spark: SparkSession, config: Config, truth: str, pairs_path: str | None = None) -> str:
    """How right the last committed run is against labels, as text; wrong pairs to look at go to ``pairs_path``.

    Raises ``InputError`` where there is no run or no usable label.
    """
    run = published_run(spark, config)
    lookup, labels = run.table("identity_lookup"), read_labels(spark, truth)
    log.info("labels ...")
    (counts,) = figures.label_counts(lookup, labels).collect()
    figures.require_labels(counts.asDict(), truth)
    labelled = figures.labelled_records(lookup, labels).persist()
    try:
        links = figures.labelled_links(run.table("match_pairs"), labelled)
        wrong: dict[str, int] = {}
        if pairs_path is not None:
            log.info("wrong pairs ...")
            written = replace_wrong_pairs(spark, pairs_path, figures.wrong_pairs(labelled, links))
            wrong = dict(written.groupBy("kind").agg(F.count("*")).collect())
        log.info("figures ...")
        frames = (figures.overall(labelled), figures.by_source_pair(labelled), figures.by_rule(links))
        (rates,), by_sources, by_rule = ([row.asDict() for row in frame.collect()] for frame in frames)
    finally:
        labelled.unpersist()
    text = evaluation_text(counts.asDict() | rates, by_sources, by_rule)
    return text if pairs_path is None else f"{text}\n\n{wrong_pairs_text(pairs_path, wrong)}"


def evaluate_sample(spark: SparkSession, config: Config, path: str) -> str:
    """What the labels of a sample say about the run it was drawn from, as text.

    Raises ``InputError`` where there is no committed run, or the sample cannot be read as meant.
    """
    rows = samples.read_sample(path, COLUMNS)
    strata = labelled_strata(rows)
    return labelled_sample_text(strata, rows[0]["run_id"], published_run(spark, config).run_id)


HELP = "Compare the profiles of the last committed run with labels."


def arguments(parser: ArgumentParser) -> None:
    labels = parser.add_mutually_exclusive_group(required=True)
    labels.add_argument("--truth", metavar="PLACE", help="labels: record_key, entity_id")
    labels.add_argument("--sample", metavar="FILE", help="a sample of jobs/review.py with labels filled in")
    parser.add_argument("--pairs", metavar="PATH", help="where to write false and missed pairs, to look at")


def work(given: Namespace) -> Iterator[str]:
    if given.sample is not None and given.pairs is not None:
        raise ConfigError("--pairs: a sample has no pairs to look at but its own; leave it out, or give --truth")
    config = load_config(given.config, given.set)
    spark = get_session(config.project)
    if given.sample is not None:
        yield evaluate_sample(spark, config, given.sample)
    else:
        yield evaluate(spark, config, given.truth, given.pairs)
