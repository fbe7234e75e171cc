"""The order of the stages, and what is written down between them; the one place that knows them all.

``explaining`` and ``reporting`` are imported by their jobs alone: no other needs networkx and Jinja2.
"""

from identity_spark.pipeline.cleanup import cleanup
from identity_spark.pipeline.inspection import evaluate, profile_rules, profile_values
from identity_spark.pipeline.measuring import measure_rules
from identity_spark.pipeline.publication import run
from identity_spark.pipeline.reviewing import evaluate_sample, review
from identity_spark.pipeline.rollback import rollback

__all__ = [
    "cleanup",
    "evaluate",
    "evaluate_sample",
    "measure_rules",
    "profile_rules",
    "profile_values",
    "review",
    "rollback",
    "run",
]
