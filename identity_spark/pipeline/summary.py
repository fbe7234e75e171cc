"""The report of one run, and what an evaluation found, as text for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Metrics = Mapping[str, Mapping[str, float]]  # metric values by name (of a source, a rule ...)
Figures = Mapping[str, Any]  # one row of an evaluation: counts, rates and names

MOST_RULES = 10
MOST_SOURCES = 20
MOST_SOURCE_PAIRS = 20


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
        *_guardrails(by_scope.get("guardrail", {})),
    ]
    return "\n".join(lines)


def _guardrails(metrics: Metrics) -> list[str]:
    """The limits that are broken in the end, and what was refused to keep the others."""
    limits = [(name, m) for name, m in sorted(metrics.items()) if "conflict_clusters" in m]
    rows = ((name, f"{m['conflict_clusters']:,.0f}", f"{m['conflict_records']:,.0f}") for name, m in limits)
    lines = ["", *_table("broken limit", ("clusters", "records"), rows)] if limits else []
    if peel := metrics.get("peel"):
        lines += [
            "",
            f"  peeled: {peel['clusters_peeled']:,.0f} clusters into {peel['profiles']:,.0f},"
            f" {peel['refused_pairs']:,.0f} pairs refused",
        ]
    return lines


RATES = ("resolution_rate", "match_rate", "conflict_rate", "missing_rate")


def evaluation_text(figures: Figures, by_sources: Sequence[Figures], by_rule: Sequence[Figures]) -> str:
    """What ``stages.evaluation`` found, for a terminal: the whole, every two sources, the rules; of nothing a dash."""
    rates = ("precision", "recall", "f1", "b_cubed_precision", "b_cubed_recall", "exact_entities")
    shown = {name: _rate(figures[name]) for name in rates}
    lines = [
        f"  {figures['records']:,} labelled records of {figures['entities']:,} entities,"
        f" {figures['true_pairs']:,} true pairs, {figures['found_pairs']:,} found",
        *_left_out(figures),
        f"  pairs: precision {shown['precision']}, recall {shown['recall']}, F1 {shown['f1']}",
        f"  records (B-cubed): precision {shown['b_cubed_precision']}, recall {shown['b_cubed_recall']}",
        f"  entities exactly right: {shown['exact_entities']}",
        "",
        *_table("pairs of", SOURCE_PAIR, map(_source_pair_cells, _first(by_sources, "true_pairs", MOST_SOURCE_PAIRS))),
        *_more(by_sources, MOST_SOURCE_PAIRS),
        "",
        *_table("links by", RULE, map(_rule_cells, _first(by_rule, "links", MOST_RULES))),
        *_more(by_rule, MOST_RULES),
    ]
    return "\n".join(lines)


def wrong_pairs_text(path: str, rows: Mapping[str, int]) -> str:
    """Where the wrong pairs are to be looked at."""
    return f"  pairs to look at: {path}, {rows.get('false', 0):,} false and {rows.get('missed', 0):,} missed"


SOURCE_PAIR = ("true", "found", "right", "precision", "recall", "F1")
RULE = ("links", "right", "precision", "only here", "right", "precision")


def _left_out(figures: Figures) -> list[str]:
    """What of records and labels does not fit together, where something does not."""
    parts = {
        "records without a label": figures["unlabelled_records"],
        "labels without a record": figures["unknown_keys"],
        "labels without a key or an entity": figures["incomplete_labels"],
        "repeated labels": figures["repeated_labels"],
    }
    texts = [f"{name} {count:,}" for name, count in parts.items() if count]
    return [f"  left out: {', '.join(texts)}"] if texts else []


def _source_pair_cells(row: Figures) -> tuple[str, ...]:
    counts = (f"{row[name]:,}" for name in ("true_pairs", "found_pairs", "right_pairs"))
    rates = (_rate(row[name]) for name in ("precision", "recall", "f1"))
    return (f"{row['left_source']} - {row['right_source']}", *counts, *rates)


def _rule_cells(row: Figures) -> tuple[str, ...]:
    everywhere = (f"{row['links']:,}", f"{row['right_links']:,}", _rate(row["precision"]))
    only_here = (f"{row['only_here']:,}", f"{row['right_only_here']:,}", _rate(row["precision_only_here"]))
    return (row["rule"], *everywhere, *only_here)


def _first(rows: Sequence[Figures], by: str, at_most: int) -> list[Figures]:
    """The rows with most ``by``; then by their names, which come first in each."""
    return sorted(rows, key=lambda row: (-row[by], *map(str, row.values())))[:at_most]


def _more(rows: Sequence[Figures], at_most: int) -> list[str]:
    """How many rows a table cut off does not show."""
    return [f"  ... and {len(rows) - at_most:,} more"] if len(rows) > at_most else []


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


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
