"""What a page is made of: plain values of one committed run, cut to size where they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Metrics = Mapping[str, Mapping[str, float]]  # metric values by name (of a source, a rule ...)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Profile:
    """One profile and the pairs that hold it; ``pairs_cut``: it has more pairs than were read."""

    row: Row  # dinmo_id, record_count, sources, rules, sources_count, rules_count
    values: Mapping[str, int] = field(default_factory=dict)  # different values by identifier
    pairs: Sequence[Row] = ()  # left_record_key, right_record_key, rule, evidence
    pairs_cut: bool = False


@dataclass(frozen=True)
class Facts:
    """One run. ``runs`` are rows of ``identity_runs``, the newest first; the page is about the first of them."""

    project: str
    runs: Sequence[Row]
    metrics: Mapping[str, Metrics]  # by scope
    totals: Metrics = field(default_factory=dict)  # project metrics by run id, of ``runs``
    rules: Sequence[str] = ()  # the strongest first
    single_valued: Sequence[str] = ()  # identifiers of which a person has one value
    sizes: Sequence[Row] = ()
    flow: Sequence[Row] = ()
    unresolved: Sequence[Row] = ()
    changes: Sequence[Row] = ()
    largest: Sequence[Profile] = ()
    suspicious: Sequence[Profile] = ()
    measures: Sequence[Row] = ()
    refused: Sequence[Row] = ()  # rows of ``identity_runs`` of later runs that gates stopped, the newest first
    show_values: bool = False

    @property
    def run(self) -> Row:
        return self.runs[0]

    @property
    def run_id(self) -> str:
        return str(self.run["run_id"])

    @property
    def total(self) -> Mapping[str, float]:
        """The metrics of the project; of a run without a report none."""
        return next(iter(self.metrics.get("project", {}).values()), {})

    @property
    def before(self) -> Mapping[str, float] | None:
        """The metrics of the project in the run before; None where this is the first, or that has no report."""
        return self.totals.get(str(self.runs[1]["run_id"])) if len(self.runs) > 1 else None
