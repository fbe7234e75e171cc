"""What ``jobs/measure.py`` prints of each rule, as text and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from identity_spark.audit.measure.measures import Estimate, Measure
from identity_spark.pipeline.text import table

COLUMNS = ("held out", "pairs", "precision", "95 %", "recall", "95 %", "merges only here", "conflicts", "compared")


def measures_text(measures: Sequence[Measure]) -> str:
    """A line for each rule, its parts below it, then the advice and the warnings."""
    rows: list[tuple[str, ...]] = []
    for measure in measures:
        rows.append((measure.rule, *_cells(measure)))
        rows += [(f"  {name}", "", f"{e.pairs:,}", *_shown(e), *[""] * 5) for name, e in sorted(measure.parts.items())]
    lines = [*table(("rule", *COLUMNS), rows), "", *(f"{m.rule}: {m.advice}, for {m.reason}" for m in measures)]
    warnings = [f"warning: {m.rule}: {m.warning}" for m in measures if m.warning]
    return "\n".join([*lines, *([""] if warnings else []), *warnings])


def measures_json(measures: Sequence[Measure]) -> str:
    """The same as a list of objects, with the keys of ``Measure``."""
    return json.dumps([asdict(measure) for measure in measures], indent=1)


def as_row(measure: Measure) -> dict[str, object]:
    """A measure as the report page shows it."""
    found, recalled = measure.precision, measure.recall
    return {
        "rule": measure.rule,
        "held_out": measure.held_out,
        "pairs": found and found.pairs,
        "precision": found and found.share,
        "precision_low": found and found.low,
        "precision_high": found and found.high,
        "recall": recalled and recalled.share,
        "recall_low": recalled and recalled.low,
        "recall_high": recalled and recalled.high,
        "warning": measure.warning,
        "advice": f"{measure.advice}: {measure.reason}",
    }


def _cells(measure: Measure) -> tuple[str, ...]:
    pairs = f"{measure.precision.pairs:,}" if measure.precision else "0"
    return (
        *(measure.held_out or "-", pairs, *_shown(measure.precision), *_shown(measure.recall)),
        *(f"{measure.merges_only_here:,}", f"{measure.conflict_rate:.1%}", f"{measure.compared:,}"),
    )


def _shown(estimate: Estimate | None) -> tuple[str, str]:
    return ("-", "-") if estimate is None else (f"{estimate.share:.3f}", f"{estimate.low:.3f} to {estimate.high:.3f}")
