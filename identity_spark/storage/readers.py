"""For those who read an output: tables of one committed run that belong together, and the id of a record on a day."""

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config, Output
from identity_spark.errors import InputError
from identity_spark.storage import runs
from identity_spark.storage.tables import Tables


def newest_run(spark: SparkSession, output: Output | str) -> str:
    """The newest committed run; give it to several ``read_run``, so that a run that ends meanwhile changes none."""
    return str(runs.newest(_tables(spark, output))["run_id"])


def read_run(spark: SparkSession, output: Output | str, table: str, run_id: str | None = None) -> DataFrame:
    """``table`` as a committed run left it, by default the newest; what a run that died wrote is never seen.

    ``output`` is a folder, or that of a configuration. ``InputError`` where there is no such run, or it is not kept.
    """
    tables = _tables(spark, output)
    run_id = run_id or newest_run(spark, output)
    row = runs.committed_run(tables, run_id)
    if row is None:
        raise InputError(f"{tables.location('identity_runs')}: {run_id!r} is no committed run")
    versions = dict(row["table_versions"])
    if table == "identity_runs":  # cannot hold its own version
        return tables.at(table, versions).where("status = 'committed'").where(F.col("started_at") <= row["started_at"])
    if table not in versions:
        raise InputError(f"{table!r} is no table of run {run_id}; choose from {', '.join(sorted(versions))}")
    return tables.at(table, versions)


def ids_on(spark: SparkSession, output: Output | str, when: datetime) -> DataFrame:
    """``record_key``, ``dinmo_id``, ``dinmo_id_now``: the id of each record at that time, and the one it has now.

    Null now: the record is gone from the sources, or unresolved.
    """
    history = read_run(spark, output, "identity_history")
    then = history.where((F.col("valid_from") <= when) & (F.coalesce(F.col("valid_to") > when, F.lit(True))))
    now = history.where("valid_to IS NULL").select("record_key", F.col("dinmo_id").alias("dinmo_id_now"))
    return then.select("record_key", "dinmo_id").join(now, "record_key", "left")


def require_identifiers(lookup: DataFrame, config: Config, run_id: str) -> None:
    """Raises ``InputError`` where the run knew other identifiers than the project has now."""
    if missing := [i.name for i in config.identifiers if i.name not in lookup.columns]:
        raise InputError(
            f"identity_lookup of run {run_id} has no identifier {', '.join(missing)}: the configuration is not that of"
            " the run; run jobs/resolve.py first, or give the configuration of the run"
        )


def _tables(spark: SparkSession, output: Output | str) -> Tables:
    return Tables(spark, Output(path=output) if isinstance(output, str) else output)
