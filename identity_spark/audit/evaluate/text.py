"""What ``jobs/evaluate.py --truth`` prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from identity_spark.pipeline.text import share, table

Figures = Mapping[str, Any]  # one row of an evaluation: counts, rates and names

INDENT = "  "
MOST_RULES = 10
MOST_SOURCE_PAIRS = 20
SOURCE_PAIR = ("pairs of", "true", "found", "right", "precision", "recall", "F1")
RULE = ("links by", "links", "right", "precision", "only here", "right", "precision")


def evaluation_text(figures: Figures, by_sources: Sequence[Figures], by_rule: Sequence[Figures]) -> str:
    """What an evaluation found, for a terminal: the whole, every two sources, the rules; of nothing a dash."""
    rates = ("precision", "recall", "f1", "b_cubed_precision", "b_cubed_recall", "exact_entities")
    shown = {name: share(figures[name]) for name in rates}
    lines = [
        f"  {figures['records']:,} labelled records of {figures['entities']:,} entities,"
        f" {figures['true_pairs']:,} true pairs, {figures['found_pairs']:,} found",
        *_left_out(figures),
        f"  pairs: precision {shown['precision']}, recall {shown['recall']}, F1 {shown['f1']}",
        f"  records (B-cubed): precision {shown['b_cubed_precision']}, recall {shown['b_cubed_recall']}",
        f"  entities exactly right: {shown['exact_entities']}",
        "",
        *table(SOURCE_PAIR, map(_source_pair_cells, _first(by_sources, "true_pairs", MOST_SOURCE_PAIRS)), INDENT),
        *_more(by_sources, MOST_SOURCE_PAIRS),
        "",
        *table(RULE, map(_rule_cells, _first(by_rule, "links", MOST_RULES)), INDENT),
        *_more(by_rule, MOST_RULES),
    ]
    return "\n".join(lines)


def wrong_pairs_text(path: str, rows: Mapping[str, int]) -> str:
    """Where the wrong pairs are to be looked at."""
    return f"  pairs to look at: {path}, {rows.get('false', 0):,} false and {rows.get('missed', 0):,} missed"


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
    rates = (share(row[name]) for name in ("precision", "recall", "f1"))
    return (f"{row['left_source']} - {row['right_source']}", *counts, *rates)


def _rule_cells(row: Figures) -> tuple[str, ...]:
    everywhere = (f"{row['links']:,}", f"{row['right_links']:,}", share(row["precision"]))
    only_here = (f"{row['only_here']:,}", f"{row['right_only_here']:,}", share(row["precision_only_here"]))
    return (row["rule"], *everywhere, *only_here)


def _first(rows: Sequence[Figures], by: str, at_most: int) -> list[Figures]:
    """The rows with most ``by``; then by their names, which come first in each."""
    return sorted(rows, key=lambda row: (-row[by], *map(str, row.values())))[:at_most]


def _more(rows: Sequence[Figures], at_most: int) -> list[str]:
    """How many rows a table cut off does not show."""
    return [f"  ... and {len(rows) - at_most:,} more"] if len(rows) > at_most else []
