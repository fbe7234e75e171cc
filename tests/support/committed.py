"""A committed run whose tables were written by hand, for what only looks at one."""

from collections.abc import Mapping
from datetime import datetime, timezone

from pyspark.sql import DataFrame

from identity_spark.config import Output
from identity_spark.schemas import RUNS
from identity_spark.storage.tables import Tables


def committed(output: Output, run_id: str, written: Mapping[str, DataFrame]) -> None:
    """Writes these tables alone, and the manifest."""
    (spark,) = {rows.sparkSession for rows in written.values()}
    tables = Tables(spark, output)
    now = datetime.now(timezone.utc)
    row = dict.fromkeys(RUNS.names) | {"run_id": run_id, "status": "committed", "started_at": now, "finished_at": now}
    row["table_versions"] = {name: tables.replace(name, rows, run_id) for name, rows in written.items()}
    row |= {name: {} for name in ("input_versions", "counts", "seconds")}
    tables.add("identity_runs", spark.createDataFrame([row], RUNS), run_id, dead=())
