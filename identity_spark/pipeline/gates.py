"""Gates: figures of a run, most of them beside those of the runs before, that stop its publication.

They come from the report alone, so that they cost no look at the data.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.errors import CheckError, ConfigError
from identity_spark.schemas import Metric
from identity_spark.stages import report

RUNS_BEFORE = 7  # drops are held against the largest of so many runs, so that a slow one does not creep through
SCOPES = ("project", "source", "identifier")

Metrics = Mapping[str, Mapping[str, Mapping[str, float]]]  # by scope, name and metric


@dataclass(frozen=True)
class Words:
    """What a gate says: of a figure, and what one over the limit most likely means."""

    figure: str
    cause: str
    is_share: bool = True
    compares: bool = False  # with earlier runs, so that it waits in a first one

    def shown(self, value: float) -> str:
        return f"{value:.1%}" if self.is_share else f"{value:,.0f}"


GATES = {
    "source_rows_drop": Words(
        "{value} of its records are gone", "a delivery is missing or cut; look at the source's table", compares=True
    ),
    "completeness_drop": Words(
        "{value} of its completeness is gone",
        "a column was renamed, emptied or written otherwise; look at the columns that map it",
        compares=True,
    ),
    "ended_ids": Words(
        "{value} of the last run's ids end",
        "records went missing, changed their keys, or a rule or identifier now joins what it did not; jobs/explain.py"
        " on a record of the last run shows its profile",
        compares=True,
    ),
    "bad_keys": Words(
        "{value} of its records have no primary key of their own", "the key is null, or the delivery came twice"
    ),
    "over_shared": Words(
        "{value} of the records that hold it lose it as over-shared",
        "max_records_per_value or max_distinct_per_value does not fit it, or a placeholder is not blocked;"
        " jobs/profile_values.py shows the values",
    ),
    "moved_records": Words(
        "{value} of the last run's records went to another id",
        "a rule, an identifier or an override changed; the changes are those of the rules named in match_pairs",
        compares=True,
    ),
    "unresolved": Words(
        "{value} of all records are unresolved", "a limit does not fit, or what rules compare is not there"
    ),
    "largest_profile": Words(
        "the largest profile has {value} records", "one value joins strangers; block it or cap it", is_share=False
    ),
}


@dataclass(frozen=True)
class Baseline:
    """The figures of earlier runs: of the last one, and the largest of the last ``RUNS_BEFORE``; empty before any."""

    last: Metrics = field(default_factory=dict)
    largest: Metrics = field(default_factory=dict)


@dataclass(frozen=True)
class Broken:
    """A gate over its limit; ``name`` is the source or identifier it is of, "" of the whole run."""

    gate: str
    name: str
    value: float
    limit: float
    last: float | None

    @property
    def title(self) -> str:
        return f"{self.gate}:{self.name}" if self.name else self.gate

    @property
    def line(self) -> str:
        words = GATES[self.gate]
        before = "" if self.last is None else f"; last run: {words.shown(self.last)}"
        place = f"gates.{self.gate}" + (f", {self.name}" if self.name else "")
        figure = words.figure.format(value=words.shown(self.value))
        return (
            f"{place}: {figure}, more than {words.shown(self.limit)}{before};"
            f" most likely {words.cause}; --accept {self.title} lets one run pass"
        )


def require_accepted_known(accepted: Sequence[str], config: Config) -> None:
    """Raises ``ConfigError`` for what is accepted and is no gate, or of nothing that the project has."""
    named = {"source": [s.name for s in config.sources], "identifier": [i.name for i in config.identifiers]}
    for typed in accepted:
        gate, _, name = typed.partition(":")
        known = named.get(OF.get(gate, ""), ())
        if gate not in GATES:
            raise ConfigError(f"--accept: {gate!r} is no gate; choose from {', '.join(GATES)}")
        if name and name not in known:
            choices = f"choose from {', '.join(known)}" if known else f"it is of the whole run; write --accept {gate}"
            raise ConfigError(f"--accept: {typed!r} names nothing that {gate} is of; {choices}")


def earlier_figures(rows: DataFrame, committed: Sequence[Row]) -> DataFrame:
    """Of ``rows``, the report as the last run left it, those of the newest ``committed`` runs that gates read."""
    runs = [row["run_id"] for row in committed[:RUNS_BEFORE]]
    return rows.where(F.col("run_id").isin(runs) & F.col("scope").isin(*SCOPES))


def baseline(found: Collection[Row], last: str) -> Baseline:
    """The figures of earlier runs out of the rows of ``earlier_figures``; ``last`` is the last run's id."""
    of_last = (Metric(r["scope"], r["name"], r["metric"], r["value"]) for r in found if r["run_id"] == last)
    largest: dict[tuple[str, str, str], float] = {}
    for row in found:
        key = (row["scope"], row["name"], row["metric"])
        largest[key] = max(row["value"], largest.get(key, row["value"]))
    return Baseline(report.by_scope(of_last), report.by_scope(Metric(*key, v) for key, v in largest.items()))


def broken_gates(metrics: Metrics, before: Baseline, config: Config) -> list[Broken]:
    """Every gate over its limit, in the order of ``GATES``."""
    found = []
    for gate in GATES:
        for name, value in _figures(gate, metrics, before, config):
            limit = getattr(config.gates, gate).of(name)
            if limit is not None and value > limit:
                earlier = dict(_figures(gate, before.last, Baseline(), config)) if before.last else {}
                found.append(Broken(gate, name, value, limit, earlier.get(name)))
    return found


def waiting(config: Config) -> list[str]:
    """The gates that say nothing in a first run."""
    return [gate for gate, words in GATES.items() if words.compares and getattr(config.gates, gate).limit is not None]


def is_accepted(broken: Broken, accepted: Collection[str]) -> bool:
    return broken.gate in accepted or broken.title in accepted


def refusal(broken: Sequence[Broken]) -> CheckError:
    """The error of a run that the gates stop: a line for each."""
    return CheckError("\n".join(f"{one.line}; nothing was published" for one in broken))


def _figures(gate: str, now: Metrics, before: Baseline, config: Config) -> Iterator[tuple[str, float]]:
    """The figures of a gate by what they are of; none where there is nothing to hold them against."""
    scope = OF.get(gate, "project")
    names = {"source": [s.name for s in config.sources], "project": [config.project]}.get(
        scope, [i.name for i in config.identifiers if not i.derived]
    )
    for name in names:
        own, last, largest = (m.get(scope, {}).get(name, {}) for m in (now, before.last, before.largest))
        value = FIGURES[gate](own, last, largest, now.get("project", {}).get(config.project, {})) if own else None
        if value is not None:
            yield ("" if scope == "project" else name), value


Of = Mapping[str, float]
OF = {
    "source_rows_drop": "source",
    "bad_keys": "source",
    "completeness_drop": "identifier",
    "over_shared": "identifier",
}


def _share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None


def _drop(metric: str) -> Callable[[Of, Of, Of, Of], float | None]:
    def dropped(now: Of, last: Of, largest: Of, project: Of) -> float | None:
        return _share(largest.get(metric, 0) - now[metric], largest.get(metric))

    return dropped


def _lost(now: Of, last: Of, largest: Of, project: Of) -> float | None:
    lost = now.get("over_shared_records", 0)
    held = now["completeness"] * (project["records"] - project["bad_key_records"])
    return _share(lost, lost + held)


def _ended(now: Of) -> float | None:
    ended = now.get("merged", 0) + now.get("retired", 0)
    return _share(ended, now["golden_records"] - now.get("created", 0) - now.get("revived", 0) + ended)


FIGURES: Mapping[
    str, Callable[[Of, Of, Of, Of], float | None]
] = {  # of now, the last run, the largest, the project now
    "source_rows_drop": _drop("records"),
    "completeness_drop": _drop("completeness"),
    "ended_ids": lambda now, *_: _ended(now),
    "bad_keys": lambda now, *_: _share(now["bad_key_records"], now["records"]),
    "over_shared": _lost,
    "moved_records": lambda now, last, *_: _share(now.get(report.MOVED, 0), last.get("records")),
    "unresolved": lambda now, *_: 1 - now["resolution_rate"] if now["records"] else None,
    "largest_profile": lambda now, *_: now.get("largest_profile"),
}
