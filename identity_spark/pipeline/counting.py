"""Counts of a run, brought to the driver: they grow with the configuration, not with the data."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame

from identity_spark.config import Config
from identity_spark.schemas import Metric, Totals
from identity_spark.stages import totals


def count(
    resolved: DataFrame,
    golden: DataFrame,
    pairs: DataFrame,
    unresolved: DataFrame,
    skipped: DataFrame,
    merges: DataFrame,
    config: Config,
) -> Totals:
    """``Totals``: one pass over each table; ``skipped`` is ``SKIPPED_BLOCKS``, ``merges`` has ``merges_only_here``."""
    blocked = totals.totals_of_blocked(resolved).collect()
    (of_golden,) = totals.totals_of_golden(golden, config).collect()
    return Totals(
        records=_by_first(totals.totals_of_records(resolved, config)),
        set_apart={(row["identifier"], row["reason"]): row["values"] for row in blocked},
        golden=of_golden.asDict(),
        pairs=_by_first(totals.totals_of_pairs(pairs)),
        bad_keys=dict(totals.bad_keys(unresolved).collect()),
        in_conflict=dict(totals.in_conflict(unresolved).collect()),
        reasons=dict(totals.reasons(unresolved).collect()),
        skipped=_by_first(skipped),
        merges=dict(merges.select("rule_index", "merges_only_here").collect()),
    )


def collected(metrics: Sequence[DataFrame]) -> list[Metric]:
    """The rows of all ``METRICS``."""
    return [Metric(*row) for row in reduce(DataFrame.unionByName, metrics).collect()]


def _by_first(rows: DataFrame) -> dict[str, dict[str, int]]:
    """The rows by their first column."""
    return {row[0]: row.asDict() for row in rows.collect()}
