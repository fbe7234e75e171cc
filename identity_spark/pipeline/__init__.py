"""What writes to an output: the run and its kin, and what they share."""

from identity_spark.pipeline.cleanup import cleanup
from identity_spark.pipeline.publication import run
from identity_spark.pipeline.rollback import rollback

__all__ = ["cleanup", "rollback", "run"]
