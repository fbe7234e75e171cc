"""What a configuration says, as frozen dataclasses with every default filled in.

Built by ``load`` only, after every problem was reported: code that holds a ``Config`` may trust it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_MAX_BLOCK_RECORDS = 500
DEFAULT_MAX_RECORDS_PER_PROFILE = 500
DEFAULT_KEEP_RUNS = 10
MUST_LINK, CANNOT_LINK = OVERRIDE_RULES = ("must_link", "cannot_link")  # match_pairs names overrides in place of a rule


@dataclass(frozen=True)
class FieldMapping:
    """Where a source has a field: ``columns`` (several: a multi-valued field), or an SQL expression."""

    columns: tuple[str, ...] = ()
    expr: str | None = None


@dataclass(frozen=True)
class Source:
    """One profile-like table; ``path`` and ``format``, or ``table``."""

    name: str
    primary_key: tuple[str, ...]
    columns: Mapping[str, FieldMapping]
    path: str | None = None
    table: str | None = None
    format: str = "delta"
    options: Mapping[str, str] = field(default_factory=dict)
    where: str | None = None
    updated_at: str | None = None
    country: str | None = None
    max_records_per_profile: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of a chain: ``trim``, ``lower``, ``digits``, ``accents``, or ``regex`` with pattern and replacement."""

    name: str
    regex: str = ""
    replace: str = ""


@dataclass(frozen=True)
class Identifier:
    """A field that rules may compare. ``None`` for a limit means no limit.

    A derived identifier has ``derived_from`` and ``transform`` (``prefix:3`` is ``transform="prefix", argument=3``);
    its ``type`` is the type it was derived from, resolved at load.
    """

    name: str
    type: str
    formats: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    max_records_per_value: int | None = None
    max_distinct_per_value: Mapping[str, int] = field(default_factory=dict)
    max_values_per_profile: int | None = None
    conflict_tolerance: str | None = None
    case_sensitive: bool = False
    only_numeric: bool = False
    steps: tuple[Step, ...] = ()
    derived_from: str | None = None
    transform: str | None = None
    argument: int | None = None

    @property
    def derived(self) -> bool:
        return self.derived_from is not None


@dataclass(frozen=True)
class Criterion:
    """Every identifier named must match in the same way."""

    identifiers: tuple[str, ...]
    match: str = "exact"
    missing: str = "fail"
    threshold: float | None = None
    at_least: int = 1

    @property
    def anchors(self) -> bool:
        """Whether its identifiers are part of the blocking key."""
        return self.match == "exact" and self.missing == "fail"


@dataclass(frozen=True)
class Rule:
    """Criteria joined by AND; ``sources`` empty means every source."""

    name: str
    criteria: tuple[Criterion, ...]
    sources: tuple[str, ...] = ()
    max_block_records: int = DEFAULT_MAX_BLOCK_RECORDS

    @property
    def anchor(self) -> tuple[str, ...]:
        """The identifiers of the blocking key, in the order written, each once."""
        return tuple(dict.fromkeys(i for c in self.criteria if c.anchors for i in c.identifiers))

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier the rule compares, in the order written, each once."""
        return tuple(dict.fromkeys(i for c in self.criteria for i in c.identifiers))

    @property
    def exact(self) -> bool:
        """Whether sharing the blocking key is the whole rule, so that no pair needs comparing."""
        return all(c.anchors and c.at_least == 1 for c in self.criteria)


@dataclass(frozen=True)
class Guardrails:
    on_conflict: str = "exclude"
    on_missing: str = "exclude"
    max_records_per_profile: int | None = DEFAULT_MAX_RECORDS_PER_PROFILE
    conflict_together: tuple[str, ...] = ()  # identifiers whose limits are broken only all at once


@dataclass(frozen=True)
class Location:
    """Either a file or folder (``path``) or a table of the catalog."""

    path: str | None = None
    table: str | None = None


@dataclass(frozen=True)
class GoldenField:
    """How one golden value is chosen. ``sources`` are those that count, for ``source_priority`` the most trusted first.

    Fields of one ``group`` come from one record, and hold the same settings.
    """

    name: str
    strategy: str = "last_non_null"
    sources: tuple[str, ...] = ()
    valid_only: bool = True
    max_age_days: int | None = None
    max_values: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class Output:
    """Either a folder (``path``) or a catalog schema (``schema``); ``None`` for ``keep_runs`` keeps every run."""

    path: str | None = None
    schema: str | None = None
    keep_runs: int | None = DEFAULT_KEEP_RUNS


@dataclass(frozen=True)
class Config:
    """One project. Sources, identifiers, rules and golden fields keep the order of the configuration."""

    project: str
    sources: tuple[Source, ...]
    identifiers: tuple[Identifier, ...]
    rules: tuple[Rule, ...]
    golden: tuple[GoldenField, ...]
    output: Output
    default_country: str | None = None
    guardrails: Guardrails = Guardrails()
    engine: str = "graphframes"
    match_pairs: str = "spanning"
    overrides: Location | None = None
    golden_overrides: Location | None = None
    verify_values: bool = False

    def identifier(self, name: str) -> Identifier:
        return next(i for i in self.identifiers if i.name == name)

    @property
    def mapped_fields(self) -> tuple[str, ...]:
        """Every field that some source maps, in the order first named."""
        return tuple(dict.fromkeys(f for s in self.sources for f in s.columns))

    @property
    def plain_fields(self) -> tuple[str, ...]:
        """Mapped fields that are no identifier: carried for the golden record."""
        names = {i.name for i in self.identifiers}
        return tuple(f for f in self.mapped_fields if f not in names)

    @property
    def golden_choices(self) -> tuple[tuple[GoldenField, ...], ...]:
        """The golden fields by what is chosen together: those of a group, and each other field alone."""
        together: dict[str, list[GoldenField]] = {}
        for golden in self.golden:
            together.setdefault(f"group {golden.group}" if golden.group else golden.name, []).append(golden)
        return tuple(map(tuple, together.values()))
