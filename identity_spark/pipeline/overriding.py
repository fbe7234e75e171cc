"""Overrides: read once, held against the records, and handed to the stages that obey them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.pipeline.clustering import connect
from identity_spark.pipeline.work import Run
from identity_spark.schemas import OVERRIDES, empty
from identity_spark.stages import golden_overrides, overrides
from identity_spark.storage.decisions import BLOCK_VALUE, in_force, read_golden_overrides, read_overrides

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Overrides:
    """The overrides in force: those of two records as ``OVERRIDES``, and the values they block by identifier."""

    of_pairs: DataFrame
    blocked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expired: int = 0
    configured: bool = False
    golden: "GoldenOverrides | None" = None

    def blocking(self, config: Config) -> Config:
        """``config`` with the values that overrides block beside its own."""
        more = {name: values for name, values in self.blocked.items() if values}
        identifiers = (replace(i, blocked=(*i.blocked, *more.get(i.name, ()))) for i in config.identifiers)
        return replace(config, identifiers=tuple(identifiers)) if more else config


@dataclass(frozen=True)
class GoldenOverrides:
    """``GOLDEN_OVERRIDES`` in force, and how many are not any more."""

    rows: DataFrame
    expired: int


@dataclass(frozen=True)
class Decided:
    """Overrides as the stages take them; None where the project has none."""

    links: DataFrame | None = None  # LINKS of records that belong together
    groups: DataFrame | None = None  # CLUSTERS of those links
    cannot_links: DataFrame | None = None  # OVERRIDE_LINKS that no cluster may hold both ends of
    refused: DataFrame | None = None  # JUDGED_LINKS of the pairs kept apart
    metrics: Sequence[DataFrame] = ()  # METRICS


def read(spark: SparkSession, config: Config, now: datetime) -> Overrides:
    """What the project's overrides say at ``now``; raises ``InputError`` with every row that cannot be read."""
    golden = _read_golden(spark, config, now)
    if config.overrides is None:
        return Overrides(empty(spark, OVERRIDES), golden=golden)
    rows = read_overrides(spark, config.overrides, [i.name for i in config.identifiers])
    valid = in_force(rows, now)
    blocked: dict[str, tuple[str, ...]] = {}
    # Values that people block one by one: they go where those of the configuration go.
    for row in valid.where(F.col("kind") == BLOCK_VALUE).select("identifier", "value").distinct().collect():
        blocked[row["identifier"]] = (*blocked.get(row["identifier"], ()), row["value"])
    expired = rows.count() - valid.count()
    return Overrides(valid, {name: tuple(sorted(values)) for name, values in blocked.items()}, expired, True, golden)


def _read_golden(spark: SparkSession, config: Config, now: datetime) -> GoldenOverrides | None:
    """None where the project has none."""
    if config.golden_overrides is None:
        return None
    rows = read_golden_overrides(spark, config.golden_overrides, golden_overrides.fields_of_one_value(config))
    valid = in_force(rows, now)
    return GoldenOverrides(valid, rows.count() - valid.count())


def decide(given: Overrides, usable: DataFrame, this: Run) -> Decided:
    """Raises ``InputError`` where overrides contradict one another; names records that no source has in the log."""
    if not given.configured:
        return Decided()
    with this.stage("overrides") as stage:
        unknown = stage.write("unknown_records", overrides.unknown_records(given.of_pairs, usable))
        links = stage.write("overrides", overrides.override_links(given.of_pairs, usable)).frame
        must = overrides.must_links(links)
        groups = stage.write("must_groups", connect(must, "dataframe", stage, "must")).frame
        overrides.require_agreement(stage.collect(overrides.contradictions(links, groups)))
        if unknown.rows:
            _warn_of_unknown(stage.collect(overrides.some_of(unknown.frame)), unknown.rows)
    blocked = sum(map(len, given.blocked.values()))
    return Decided(
        links=must,
        groups=groups,
        cannot_links=overrides.cannot_links(links),
        refused=overrides.refused_by_override(links),
        metrics=[overrides.override_metrics(links, unknown.frame, blocked, given.expired)],
    )


def decide_values(
    given: Overrides, resolved: DataFrame, redirects: DataFrame, golden: DataFrame, config: Config, this: Run
) -> tuple[DataFrame, Sequence[DataFrame]]:
    """``golden`` with the values that people have decided, and ``METRICS``.

    Raises ``InputError`` where such a value is none of its field's type.
    """
    if given.golden is None:
        return golden, []
    rows = given.golden.rows
    with this.stage("golden overrides") as stage:
        misfits = stage.collect(golden_overrides.misfits(rows, golden, config))
        golden_overrides.require_fitting_values(misfits, golden)
        decided = golden_overrides.decided_values(rows, resolved, redirects, golden)
        decided = stage.write("decided_values", decided).frame
        written = stage.write("golden_overrides", golden_overrides.with_decided(golden, decided, config)).frame
    return written, [golden_overrides.golden_override_metrics(rows, decided, given.golden.expired)]


def _warn_of_unknown(some: Sequence[Row], rows: int) -> None:
    log.warning(
        "overrides: %s records that no source has are named, and those overrides do nothing: %s%s",
        f"{rows:,}", ", ".join(row["record_key"] for row in some), " ..." if len(some) < rows else "",
    )  # fmt: skip
