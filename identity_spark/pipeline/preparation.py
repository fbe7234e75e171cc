"""Records as every job starts from them: read, standardized, with a key of their own, and no over-shared values."""

import logging
from collections.abc import Mapping
from datetime import date

from pyspark.sql import DataFrame, SparkSession

from identity_spark.config import Config
from identity_spark.errors import ConfigError, InputError
from identity_spark.pipeline.overriding import Overrides
from identity_spark.pipeline.progress import Run
from identity_spark.reference import facts
from identity_spark.stages import records, standardize, unresolved, usable_identifiers
from identity_spark.storage import session, sources

log = logging.getLogger(__name__)


def read_records(spark: SparkSession, config: Config, versions: Mapping[str, int | None]) -> DataFrame:
    """``RECORDS`` of all sources, lazily; raises ``InputError`` with every problem of every source."""
    parts, problems = [], []
    for source in config.sources:
        try:
            raw = sources.read_source(spark, source, versions[source.name])
            parts.append(records.source_records(raw, source, config))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    return records.union_records(parts)


def standardized_records(
    read: DataFrame, given: Overrides, config: Config, this: Run
) -> tuple[DataFrame, Mapping[str, records.SourceCounts]]:
    """``STANDARDIZED``, written down, and its counts by source; ``InputError`` where a source has nothing to match."""
    blocking = given.blocking(config)
    listed = listed_values(read.sparkSession, blocking, this.today)
    standardized = standardize.standardize(read, blocking, facts("blocked_values"), listed, this.today)
    standardized = this.write_down("standardize", standardized)
    found = records.counts_by_source(standardized, config)
    records.require_values(found, config)
    for source, times in records.unreadable_times(found).items():
        log.warning("sources.%s.updated_at: %s values are no time; those records count as the oldest", source, times)
    return standardized, found


def listed_values(spark: SparkSession, config: Config, today: date) -> dict[str, list[str]]:
    """The canonical forms of the project's own blocked values, by identifier.

    Raises ``ConfigError`` where Java, whose regular expressions Spark uses, cannot read one of the project's.
    """
    for place, pattern in standardize.own_patterns(config):
        if not session.is_regex(spark, pattern):
            raise ConfigError(f"{place}: '/{pattern}/' is no regular expression of Java")
    forms = standardize.listed_forms(spark, config, today)
    listed: dict[str, list[str]] = {}
    for row in forms.collect() if forms is not None else ():
        listed.setdefault(row["identifier"], []).append(row["value"])
    return listed


def separate_bad_keys(standardized: DataFrame, config: Config, this: Run) -> tuple[DataFrame, DataFrame]:
    """The records with a key of their own, and those without one as ``bad_keys`` of ``unresolved_records``."""
    repeated = this.work.materialize("repeated_keys", records.repeated_keys(standardized))
    without_key = standardized.where("record_key IS NULL")
    missing = unresolved.bad_key_rows(without_key, "missing_primary_key", "the primary key is null or blank")
    keyed = standardized.where("record_key IS NOT NULL")
    if repeated.isEmpty():
        return keyed, missing
    older = this.work.materialize("older_duplicates", records.older_duplicates(keyed, repeated))
    duplicates = unresolved.bad_key_rows(older, "duplicate_primary_key", "a newer record has the same primary key")
    return keyed.join(older.select("record_id"), "record_id", "left_anti"), missing.unionByName(duplicates)


def without_over_shared(keyed: DataFrame, config: Config, this: Run) -> DataFrame:
    """``keyed`` less the values that too many share."""
    over_shared = this.write_down("over_shared", usable_identifiers.over_shared_values(keyed, config))
    if over_shared.isEmpty():
        return keyed
    holders = usable_identifiers.records_with_over_shared(keyed, over_shared, config)
    return usable_identifiers.without_over_shared(keyed, this.work.materialize("over_shared_records", holders), config)
