"""The job ``measure``: how right each rule of the last committed run is, without labels."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from pyspark.sql import SparkSession

from identity_spark.audit.measure.measured import measured
from identity_spark.audit.measure.text import measures_json, measures_text
from identity_spark.audit.published_run import published_run
from identity_spark.config import Config, load_config
from identity_spark.storage.session import get_session


def measure_rules(spark: SparkSession, config: Config, as_json: bool = False) -> str:
    """What ``measured`` finds of the last committed run, as text or JSON."""
    found = measured(published_run(spark, config))
    return measures_json(found) if as_json else measures_text(found)


HELP = "Measure the rules of the last committed run without labels."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON in place of text")


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield measure_rules(get_session(config.project), config, given.json)
