"""Guardrails: which clusters contradict themselves, and how they are taken apart where they are to be.

Guardrails flag, they do not drop: what they hold back goes to ``identity_unresolved_records`` with its reason, and
what they refuse stays in ``match_pairs``.
"""

from identity_spark.stages.guardrails.limits import conflicts, is_to_peel, limited_values
from identity_spark.stages.guardrails.metrics import cluster_metrics, conflict_metrics, peel_metrics
from identity_spark.stages.guardrails.peel import (
    at_every_level,
    leveled_edges,
    numbered,
    refusals,
    replicated,
    rounds,
    separated,
    strengths,
)

__all__ = [
    "at_every_level",
    "cluster_metrics",
    "conflict_metrics",
    "conflicts",
    "is_to_peel",
    "leveled_edges",
    "limited_values",
    "numbered",
    "peel_metrics",
    "refusals",
    "replicated",
    "rounds",
    "separated",
    "strengths",
]
