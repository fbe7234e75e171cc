"""The one way in which the jobs of ``audit`` open a committed run."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from identity_spark.config import Config, config_hash
from identity_spark.errors import InputError
from identity_spark.storage.readers import CommittedRun, committed_run


@dataclass(frozen=True)
class PublishedRun(CommittedRun):
    """A committed run beside the configuration of now, which may be another than that of the run."""

    config: Config

    @property
    def config_changed(self) -> bool:
        return bool(self.row["config_hash"] != config_hash(self.config))

    def lookup(self) -> DataFrame:
        """``identity_lookup``; ``InputError`` where the run knew other identifiers than the configuration names."""
        lookup = self.table("identity_lookup")
        if missing := [i.name for i in self.config.identifiers if i.name not in lookup.columns]:
            raise InputError(
                f"identity_lookup of run {self.run_id} has no identifier {', '.join(missing)}: the configuration is not"
                " that of the run; run jobs/resolve.py first, or give the configuration of the run"
            )
        return lookup


def published_run(spark: SparkSession, config: Config, run_id: str | None = None) -> PublishedRun:
    """A committed run of the project's output, by default the newest; ``InputError`` where there is none."""
    found = committed_run(spark, config.output, run_id)
    return PublishedRun(found.tables, found.row, config)
