"""The order of the stages, and what is written down between them; the one place that knows them all."""

from identity_spark.pipeline.inspection import evaluate, profile_rules, profile_values
from identity_spark.pipeline.publication import run

__all__ = ["evaluate", "profile_rules", "profile_values", "run"]
