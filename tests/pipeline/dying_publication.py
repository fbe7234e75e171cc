"""Publishes saved results as a run does, in a process of its own that a test lets die: CONFIG RESULTS RUN_ID."""

import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from sessions import new_session

from identity_spark import schemas
from identity_spark.config import Config, load_config
from identity_spark.pipeline.progress import Run
from identity_spark.pipeline.publication import publish, working
from identity_spark.storage import integrity, runs, session
from identity_spark.storage.known import Known, known
from identity_spark.storage.lock import writing
from identity_spark.storage.tables import Tables
from identity_spark.storage.workspace import Workspace

FACTS = {"config_hash": "", "code_version": "", "engine": "", "input_versions": {}, "counts": {}}


def save(results: Mapping[str, DataFrame], folder: Path) -> None:
    for name, rows in results.items():
        rows.drop("run_id").write.parquet(str(folder / name))


def publish_saved(spark: SparkSession, config: Config, folder: Path, run_id: str) -> Known:
    """Publishes as ``run`` does what ``resolve`` gave once; returns what the run had to start from."""
    tables = Tables(spark, config.output)
    this = Run(run_id, datetime.now(timezone.utc), Workspace(tables, run_id))
    with session.run_settings(spark), writing(tables, run_id) as lock, working(this):
        committed = runs.committed(tables)
        last = committed[0] if committed else None
        integrity.require_intact(tables, last, lock.last_committed)
        before = known(tables, committed)
        results = {}
        for name in [name for name in schemas.TABLES if (folder / name).exists()]:
            rows = spark.read.parquet(str(folder / name))
            stamped = rows.selectExpr("*", f"'{run_id}' AS run_id") if "run_id" in schemas.TABLES[name].names else rows
            results[name] = stamped
        publish(tables, results, FACTS, this, lock, last)
    return before


if __name__ == "__main__":
    publish_saved(
        new_session(Path(sys.argv[2])), load_config([sys.argv[1]], environment={}), Path(sys.argv[2]), sys.argv[3]
    )
