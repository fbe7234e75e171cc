"""The order of the stages, and what is written down between them; the one place that knows them all."""

from identity_spark.pipeline.cleanup import cleanup
from identity_spark.pipeline.explaining import explain
from identity_spark.pipeline.inspection import evaluate, profile_rules, profile_values
from identity_spark.pipeline.publication import run
from identity_spark.pipeline.reporting import report_page
from identity_spark.pipeline.reviewing import evaluate_sample, review
from identity_spark.pipeline.rollback import rollback

__all__ = [
    "cleanup",
    "evaluate",
    "evaluate_sample",
    "explain",
    "profile_rules",
    "profile_values",
    "report_page",
    "review",
    "rollback",
    "run",
]
