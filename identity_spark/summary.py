"""The report of one run as text for a terminal."""

from collections.abc import Iterable, Mapping

Metrics = Mapping[str, Mapping[str, float]]  # metric values by name (of a source, a rule ...)

MOST_RULES = 10
MOST_SOURCES = 20


def summary(run_id: str, by_scope: Mapping[str, Metrics], unresolved: Mapping[str, int]) -> str:
    """What a reader wants first: totals, each source, the rules that join most, what was left out and why."""
    (project, total), *_ = by_scope["project"].items()
    lines = [
        f"run {run_id} of {project}",
        f"  {total['records']:,.0f} records -> {total['golden_records']:,.0f} golden records"
        f"  (resolved {total['resolution_rate']:.1%}, consolidation {total['consolidation']:.1%})",
        "",
        *_table(
            "source",
            ("records", "golden", "resolved", "matched", "conflict", "missing"),
            (
                (name, f"{m['records']:,.0f}", f"{m['golden_records']:,.0f}", *(f"{m[rate]:.1%}" for rate in RATES))
                for name, m in _most(by_scope["source"], "records", MOST_SOURCES)
            ),
        ),
        "",
        *_table(
            "rule",
            ("pairs", "applies to"),
            (
                (name, f"{m['pairs']:,.0f}", f"{m['applicable_rate']:.1%}")
                for name, m in _most(by_scope["rule"], "pairs", MOST_RULES)
            ),
        ),
        "",
        *_table("unresolved", ("records",), ((reason, f"{n:,}") for reason, n in sorted(unresolved.items()))),
    ]
    return "\n".join(lines)


RATES = ("resolution_rate", "match_rate", "conflict_rate", "missing_rate")


def evaluation_text(row: Mapping[str, float | None]) -> str:
    """The rates of ``stages.evaluation`` for a terminal; a rate of nothing is a dash."""
    rates = ("precision", "recall", "f1", "b_cubed_precision", "b_cubed_recall", "exact_entities")
    shown = {name: "-" if row[name] is None else f"{row[name]:.4f}" for name in rates}
    return "\n".join(
        [
            f"  {row['records']:,} labelled records of {row['entities']:,} entities,"
            f" {row['true_pairs']:,} true pairs, {row['found_pairs']:,} found",
            f"  pairs: precision {shown['precision']}, recall {shown['recall']}, F1 {shown['f1']}",
            f"  records (B-cubed): precision {shown['b_cubed_precision']}, recall {shown['b_cubed_recall']}",
            f"  entities exactly right: {shown['exact_entities']}",
        ]
    )


def _most(metrics: Metrics, by: str, at_most: int) -> list[tuple[str, Mapping[str, float]]]:
    return sorted(metrics.items(), key=lambda item: (-item[1][by], item[0]))[:at_most]


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> list[str]:
    table = [(title, *columns), *rows]
    if len(table) == 1:
        return [f"  {title}: none"]
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    return [
        "  "
        + row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
        for row in table
    ]
