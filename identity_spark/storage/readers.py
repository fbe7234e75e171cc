"""For those who read an output: tables of one committed run that belong together, and the id of a record on a day."""

from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Output
from identity_spark.errors import InputError
from identity_spark.storage import runs
from identity_spark.storage.tables import Tables


@dataclass(frozen=True)
class CommittedRun:
    """A committed run: its tables as it left them, which belong together; a run that ends meanwhile changes none."""

    tables: Tables
    row: Row  # of ``identity_runs``

    @property
    def run_id(self) -> str:
        return str(self.row["run_id"])

    def table(self, name: str) -> DataFrame:
        """Raises ``InputError`` where the run has no such table, or it is not kept any more."""
        versions = dict(self.row["table_versions"])
        if name == "identity_runs":  # cannot hold its own version
            runs_until = F.col("started_at") <= self.row["started_at"]
            return self.tables.at(name, versions).where("status = 'committed'").where(runs_until)
        if name not in versions:
            raise InputError(f"{name!r} is no table of run {self.run_id}; choose from {', '.join(sorted(versions))}")
        return self.tables.at(name, versions)


def committed_run(spark: SparkSession, output: Output | str, run_id: str | None = None) -> CommittedRun:
    """A committed run, by default the newest; ``InputError`` where there is none.

    ``output`` is a folder, or that of a configuration.
    """
    tables = Tables(spark, Output(path=output) if isinstance(output, str) else output)
    row = runs.newest(tables) if run_id is None else runs.committed_run(tables, run_id)
    if row is None:
        raise InputError(f"{tables.location('identity_runs')}: {run_id!r} is no committed run")
    return CommittedRun(tables, row)


def newest_run(spark: SparkSession, output: Output | str) -> str:
    """The newest committed run; give it to several ``read_run``, so that a run that ends meanwhile changes none."""
    return committed_run(spark, output).run_id


def read_run(spark: SparkSession, output: Output | str, table: str, run_id: str | None = None) -> DataFrame:
    """``table`` as a committed run left it, by default the newest; what a run that died wrote is never seen."""
    return committed_run(spark, output, run_id).table(table)


def ids_on(spark: SparkSession, output: Output | str, when: datetime) -> DataFrame:
    """``record_key``, ``dinmo_id``, ``dinmo_id_now``: the id of each record at that time, and the one it has now.

    Null now: the record is gone from the sources, or unresolved.
    """
    history = read_run(spark, output, "identity_history")
    then = history.where((F.col("valid_from") <= when) & (F.coalesce(F.col("valid_to") > when, F.lit(True))))
    now = history.where("valid_to IS NULL").select("record_key", F.col("dinmo_id").alias("dinmo_id_now"))
    return then.select("record_key", "dinmo_id").join(now, "record_key", "left")
