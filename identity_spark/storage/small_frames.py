"""Small frames of values that the driver knows."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StructType


def small_frame(spark: SparkSession, rows: Iterable[Sequence[object]], schema: StructType) -> DataFrame:
    """``rows``, each in the order of ``schema``; a ``datetime`` without a zone is local time, as Spark's rows have it.

    ``createDataFrame`` would start a Python on a worker to read them, of the driver's version and with PySpark. This
    needs none: the rows travel as one JSON literal, so that they have to be few.
    """
    named = [dict(zip(schema.names, row, strict=True)) for row in rows]
    text = json.dumps(named, default=_moment)
    parsed = F.from_json(F.lit(text), ArrayType(schema), {"mode": "FAILFAST"})
    return spark.range(1).select(F.inline(parsed))


def _moment(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"no JSON for a {type(value).__name__}")
    return value.astimezone(timezone.utc).isoformat()
