"""How many records each source has, and a source without anything to match is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.errors import InputError
from identity_spark.stages.records.times import UNREADABLE_TIME

KEYLESS = "keyless"


@dataclass(frozen=True)
class SourceCounts:
    """How many records a source has, how many with any identifier, and how many whose ``updated_at`` is no time."""

    records: int
    with_value: int
    unreadable_times: int


def source_counts(standardized: DataFrame, config: Config) -> dict[str, Column]:
    """Aggregates over ``standardized`` by name: what ``counts_by_source`` reads, and the records without a key."""
    names = [i.name for i in config.identifiers if not i.derived]
    has_value = reduce(Column.__or__, (F.col(name).isNotNull() for name in names)) | (F.size("blocked") > 0)
    counts = {KEYLESS: F.count_if(F.col("record_key").isNull())}
    for n in range(len(config.sources)):
        is_its = F.col("source_rank") == n
        counts[f"records_{n}"] = F.count_if(is_its)
        counts[f"with_value_{n}"] = F.count_if(is_its & has_value)
        counts[f"unreadable_times_{n}"] = F.count_if(is_its & F.col(UNREADABLE_TIME))
    return counts


def counts_by_source(found: Mapping[str, int], config: Config) -> dict[str, SourceCounts]:
    """The counts of each source that has a record, from what ``source_counts`` found."""
    parts = ("records", "with_value", "unreadable_times")
    counts = {s.name: SourceCounts(*(found[f"{part}_{n}"] for part in parts)) for n, s in enumerate(config.sources)}
    return {source: of_source for source, of_source in counts.items() if of_source.records}


def require_values(found: Mapping[str, SourceCounts], config: Config) -> None:
    """Raises ``InputError`` naming every source that is empty or holds no identifier value."""
    problems = []
    for source in config.sources:
        if source.name not in found:
            problems.append(f"sources.{source.name}: no rows to read; check its path, table and `where`")
        elif not found[source.name].with_value:
            problems.append(
                f"sources.{source.name}: every identifier is null in all {found[source.name].records} rows;"
                " check `columns` and the reader's `options`"
            )
    if problems:
        raise InputError("\n".join(problems))


def unreadable_times(found: Mapping[str, SourceCounts]) -> dict[str, int]:
    """The sources with an ``updated_at`` that is no time, and how many."""
    return {source: counts.unreadable_times for source, counts in found.items() if counts.unreadable_times}
