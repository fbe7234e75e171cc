"""Records as every job starts from them: read, standardized, with a key of their own, and no over-shared values."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.errors import ConfigError, InputError
from identity_spark.pipeline import overriding
from identity_spark.pipeline.overriding import Overrides
from identity_spark.pipeline.work import Run, Stage
from identity_spark.reference import facts
from identity_spark.stages import records, standardize, unresolved, usable_identifiers
from identity_spark.storage import session, sources

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prepared:
    """Standardized records, how many there are, and which of them take no part for want of a key of their own."""

    standardized: DataFrame  # STANDARDIZED, every record
    total: int
    bad_keys: DataFrame | None  # ``bad_key_rows``; None where every record has a key of its own
    older: DataFrame | None  # the records whose key a newer one has

    @property
    def keyed(self) -> DataFrame:
        """The records with a key of their own."""
        keyed = self.standardized.where("record_key IS NOT NULL")
        return keyed if self.older is None else keyed.join(self.older.select("record_id"), "record_id", "left_anti")


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


def prepared_now(spark: SparkSession, config: Config, this: Run) -> Prepared:
    """The records as a run would have them now."""
    versions = {s.name: sources.delta_version(spark, s) for s in config.sources}
    given = overriding.read(spark, config, this.started_at)
    return prepare(read_records(spark, config, versions), given, config, this)


def prepare(read: DataFrame, given: Overrides, config: Config, this: Run) -> Prepared:
    """The records, standardized and written down; raises ``InputError`` where a source has nothing to match."""
    with this.stage("standardize") as stage:
        blocking = given.blocking(config)
        listed = listed_values(read.sparkSession, blocking, this.today, stage)
        frame = standardize.standardize(read, blocking, facts("blocked_values"), listed, this.today)
        standardized = stage.write("standardized", frame, **records.source_counts(config))
        found = records.counts_by_source(standardized.observed, config)
        records.require_values(found, config)
        for source, times in records.unreadable_times(found).items():
            log.warning(
                "sources.%s.updated_at: %s values are no time; those records count as the oldest", source, times
            )
    with this.stage("repeated keys") as stage:
        keyed = standardized.frame.where("record_key IS NOT NULL")
        repeated, older, bad = stage.write("repeated_keys", records.repeated_keys(standardized.frame)), None, []
        if standardized.observed[records.KEYLESS]:
            without_key = standardized.frame.where("record_key IS NULL")
            bad.append(unresolved.bad_key_rows(without_key, "missing_primary_key", "the primary key is null or blank"))
        if repeated.rows:
            older = stage.write("older_duplicates", records.older_duplicates(keyed, repeated.frame)).frame
            detail = "a newer record has the same primary key"
            bad.append(unresolved.bad_key_rows(older, "duplicate_primary_key", detail))
    bad_keys = bad[0].unionByName(bad[1]) if len(bad) > 1 else next(iter(bad), None)
    return Prepared(standardized.frame, standardized.rows, bad_keys, older)


def listed_values(spark: SparkSession, config: Config, today: date, stage: Stage) -> dict[str, list[str]]:
    """The canonical forms of the project's own blocked values, by identifier.

    Raises ``ConfigError`` where Java, whose regular expressions Spark uses, cannot read one of the project's.
    """
    for place, pattern in standardize.own_patterns(config):
        if not session.is_regex(spark, pattern):
            raise ConfigError(f"{place}: '/{pattern}/' is no regular expression of Java")
    # Values that people list one by one.
    forms = standardize.listed_forms(spark, config, today)
    listed: dict[str, list[str]] = {}
    for row in stage.collect(forms) if forms is not None else ():
        listed.setdefault(row["identifier"], []).append(row["value"])
    return listed


def usable_records(prepared: Prepared, config: Config, this: Run) -> DataFrame:
    """The records with a key of their own, less the values that too many share."""
    changed = []
    if prepared.older is not None:
        changed.append(prepared.older.select("record_id", F.lit(True).alias(usable_identifiers.LEFT_OUT)))
    if usable_identifiers.capped(config):
        with this.stage("over_shared") as stage:
            keyed = prepared.keyed
            values = stage.write("over_shared", usable_identifiers.over_shared_values(keyed, config))
            if values.rows:
                holders = usable_identifiers.records_with_over_shared(keyed, values.frame, config)
                changed.append(usable_identifiers.amended_records(keyed, holders, config))
            if changed:
                together = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), changed)
                changed = [stage.write("amended", together).frame]
    keyed = prepared.standardized.where("record_key IS NOT NULL")
    return usable_identifiers.usable_records(keyed, changed[0]) if changed else keyed
