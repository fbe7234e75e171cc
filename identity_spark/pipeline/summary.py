"""The report of one run as text for a terminal."""

from collections.abc import Mapping

from identity_spark.pipeline.text import table

Metrics = Mapping[str, Mapping[str, float]]  # metric values by name (of a source, a rule ...)

INDENT = "  "
MOST_RULES = 10
MOST_SOURCES = 20
RATES = ("resolution_rate", "match_rate", "conflict_rate", "missing_rate")


def summary(run_id: str, by_scope: Mapping[str, Metrics], unresolved: Mapping[str, int]) -> str:
    """What a reader wants first: totals, each source, the rules that join most, what was left out and why."""
    (project, total), *_ = by_scope["project"].items()
    lines = [
        f"run {run_id} of {project}",
        f"  {total['records']:,.0f} records -> {total['golden_records']:,.0f} golden records"
        f"  (resolved {total['resolution_rate']:.1%}, consolidation {total['consolidation']:.1%})",
        "",
        *table(
            ("source", "records", "golden", "resolved", "matched", "conflict", "missing"),
            (
                (name, f"{m['records']:,.0f}", f"{m['golden_records']:,.0f}", *(f"{m[rate]:.1%}" for rate in RATES))
                for name, m in _most(by_scope["source"], "records", MOST_SOURCES)
            ),
            INDENT,
        ),
        "",
        *table(
            ("rule", "pairs", "applies to"),
            (
                (name, f"{m['pairs']:,.0f}", f"{m['applicable_rate']:.1%}")
                for name, m in _most(by_scope["rule"], "pairs", MOST_RULES)
            ),
            INDENT,
        ),
        "",
        *table(("unresolved", "records"), ((reason, f"{n:,}") for reason, n in sorted(unresolved.items())), INDENT),
        *_guardrails(by_scope.get("guardrail", {})),
    ]
    return "\n".join(lines)


def _guardrails(metrics: Metrics) -> list[str]:
    """The limits that are broken in the end, and what was refused to keep the others."""
    limits = [(name, m) for name, m in sorted(metrics.items()) if "conflict_clusters" in m]
    rows = ((name, f"{m['conflict_clusters']:,.0f}", f"{m['conflict_records']:,.0f}") for name, m in limits)
    lines = ["", *table(("broken limit", "clusters", "records"), rows, INDENT)] if limits else []
    if peel := metrics.get("peel"):
        lines += [
            "",
            f"  peeled: {peel['clusters_peeled']:,.0f} clusters into {peel['profiles']:,.0f},"
            f" {peel['refused_pairs']:,.0f} pairs refused",
        ]
    return lines


def _most(metrics: Metrics, by: str, at_most: int) -> list[tuple[str, Mapping[str, float]]]:
    return sorted(metrics.items(), key=lambda item: (-item[1][by], item[0]))[:at_most]
