"""Source tables to records: one key, one order field and the mapped fields, under the same names for every source."""

from functools import partial

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Source
from identity_spark.errors import InputError
from identity_spark.stages.records.fields import (
    UNREADABLE_TIME,
    field,
    missing_columns,
    primary_key,
    unreadable_time,
    updated_at,
)
from identity_spark.stages.records.union import (
    KEYLESS,
    SourceCounts,
    counts_by_source,
    older_duplicates,
    repeated_keys,
    require_values,
    source_counts,
    union_records,
    unreadable_times,
)

__all__ = [
    "KEYLESS",
    "SourceCounts",
    "counts_by_source",
    "older_duplicates",
    "repeated_keys",
    "require_values",
    "source_counts",
    "source_records",
    "union_records",
    "unreadable_times",
]


def source_records(raw: DataFrame, source: Source, config: Config) -> DataFrame:
    """``raw`` as records: ``RECORDS``, ``phone_country`` (alpha-2) and the source's mapped fields.

    Identifiers come out as text or array<text>, other fields in their own type. ``record_key`` and ``primary_key`` are
    null where the primary key is. Raises ``InputError`` with every column that is missing or of an unusable type.
    """
    problems = missing_columns(raw, source)
    if problems:
        raise InputError("\n".join(problems))
    fields: dict[str, Column] = {}
    steps = {name: partial(field, raw, name, mapping, source, config) for name, mapping in source.columns.items()}
    steps["updated_at"] = partial(updated_at, raw, source)
    for name, step in steps.items():
        try:
            fields[name] = step()
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    rank = [s.name for s in config.sources].index(source.name)
    key = primary_key(raw, source)
    return raw.select(
        F.concat(F.lit(f"{source.name}:"), key).alias("record_key"),
        F.lit(source.name).alias("source"),
        F.lit(rank).alias("source_rank"),
        key.alias("primary_key"),
        unreadable_time(raw, source, fields["updated_at"]).alias(UNREADABLE_TIME),
        F.lit(source.country or config.default_country).cast("string").alias("phone_country"),
        *fields.values(),
    )
