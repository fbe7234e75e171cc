"""The columns of a source's table that its configuration names."""

from collections.abc import Sequence
from difflib import get_close_matches

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

from identity_spark.config import Source


def missing_columns(raw: DataFrame, source: Source) -> list[str]:
    """A problem for each column of the key, the order field and the fields that the table does not have."""
    named = [(f"primary_key {c!r}", c) for c in source.primary_key]
    if source.updated_at is not None:
        named.append((f"updated_at {source.updated_at!r}", source.updated_at))
    named += [(f"columns.{f}: {c!r}", c) for f, m in source.columns.items() for c in m.columns]
    present = raw.columns
    return [
        f"sources.{source.name}.{place} is no column of the table; {_hint(column, present)}"
        for place, column in named
        if column not in present and not _is_resolved(raw, column)
    ]


def _is_resolved(raw: DataFrame, column: str) -> bool:
    try:
        raw.select(column).schema  # noqa: B018 - Spark resolves other case and fields inside columns
        return True
    except AnalysisException:
        return False


def column_and_type(raw: DataFrame, name: str) -> tuple[Column, DataType]:
    """The column ``name``, whatever characters it has, or with dots a field inside a column; and its type."""
    if name in (fields := raw.schema).names:
        return F.col(f"`{name.replace('`', '``')}`"), fields[name].dataType
    return F.col(name), raw.select(name).schema[0].dataType


def _hint(column: str, columns: Sequence[str]) -> str:
    close = get_close_matches(column, columns, n=1)
    return f"did you mean {close[0]!r}?" if close else f"its columns are {', '.join(columns)}"
