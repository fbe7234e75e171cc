"""What a configuration says, as frozen dataclasses with every default filled in; keys are told here and nowhere else.

Built by ``load`` only, after every problem was reported: code that holds a ``Config`` may trust it.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from identity_spark.config.inputs import NO_LIMIT, Identifier, Source
from identity_spark.config.keys import catalog_name, choice, fraction, gate, key, limit, number, text
from identity_spark.config.types import MATCHES

MUST_LINK, CANNOT_LINK = OVERRIDE_RULES = ("must_link", "cannot_link")  # match_pairs names overrides in place of a rule
STRATEGIES = (
    "last_non_null", "first_non_null", "most_frequent", "source_priority", "max", "min", "longest",
    "most_restrictive", "collect",
)  # fmt: skip


@dataclass(frozen=True)
class Criterion:
    """Every identifier named must match in the same way."""

    identifiers: tuple[str, ...] = key("an identifier, or a list of identifiers, each of which must match", "required")
    match: str = key(
        "`exact`, `fuzzy_strong` (the stricter) or `fuzzy_medium`", "`exact`", "exact", choice(MATCHES, "exact")
    )
    missing: str = key(
        "`fail`: a missing value fails the criterion. `pass`: it holds then, so that only a contradiction fails it",
        "`fail`",
        "fail",
        choice(("fail", "pass"), "fail"),
    )
    threshold: float | None = key(
        "the least similarity, above 0 and at most 1, in place of the one in the table below",
        "that one",
        None,
        fraction,
    )
    at_least: int = key("so many different values of a field with several values must match", "1", 1, number())

    @property
    def anchors(self) -> bool:
        """Whether its identifiers are part of the blocking key."""
        return self.match == "exact" and self.missing == "fail"


@dataclass(frozen=True)
class Rule:
    """Criteria joined by AND; ``sources`` empty means every source."""

    name: str = key("letters, digits and `_`; each name once", "required")
    _: KW_ONLY
    sources: tuple[str, ...] = key("only pairs whose records come from these sources", "all", ())
    max_block_records: int = key(
        "a larger block of records with the same key is not compared, and is counted in the report", "500",
        500, number(500),
    )  # fmt: skip
    criteria: tuple[Criterion, ...] = key("a list; all of them must hold", "required")

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
    on_conflict: str = key(
        "`exclude`: the records of a conflicting cluster are left unresolved. `peel`: its weakest pairs are refused,"
        " level by level, until what is left breaks no limit",
        "`exclude`",
        "exclude",
        choice(("exclude", "peel"), "exclude"),
    )
    on_missing: str = key(
        "records to which no rule applies: `exclude` leaves them unresolved, `keep` makes each a profile of its own",
        "`exclude`",
        "exclude",
        choice(("exclude", "keep"), "exclude"),
    )
    max_records_per_profile: int | None = key(
        "a larger cluster is a conflict; `null` turns it off", "500", 500, limit(500)
    )
    conflict_together: tuple[str, ...] = key(
        "identifiers, two or more, that break their limits only all at once; their limit is `max_values_per_profile`,"
        " or else 1",
        "none",
        (),
    )


@dataclass(frozen=True)
class Gate:
    """The limit of a figure that stops publication: ``limit``, but for the names that have ``own`` ones; None: none."""

    limit: float | None = None
    own: Mapping[str, float | None] = field(default_factory=dict)

    def of(self, name: str) -> float | None:
        return self.own.get(name, self.limit)


@dataclass(frozen=True)
class Gates:
    """The gates by name. A share is one of 1."""

    source_rows_drop: Gate = key(
        "a source has lost more than this share of its records; `{crm: .1, app: null}` for each source",
        "`.5`", Gate(0.5), gate(0.5),
    )  # fmt: skip
    completeness_drop: Gate = key(
        "the completeness of an identifier fell by more than this share; one for each identifier likewise",
        "`.5`", Gate(0.5), gate(0.5),
    )  # fmt: skip
    ended_ids: Gate = key(
        "more than this share of the last run's ids ends: merged into others or retired", "`.2`", Gate(0.2), gate(0.2)
    )
    bad_keys: Gate = key(
        "more than this share of a source's records has no primary key of its own; one for each source likewise",
        "`.05`", Gate(0.05), gate(0.05),
    )  # fmt: skip
    over_shared: Gate = key(
        "more than this share of the records that hold an identifier lose it as over-shared, as where a cap does not"
        " fit; one for each identifier likewise",
        "`.5`", Gate(0.5), gate(0.5),
    )  # fmt: skip
    moved_records: Gate = key(
        "more than this share of the last run's records goes from one id to another", "none", Gate(), gate()
    )
    unresolved: Gate = key("more than this share of all records is unresolved", "none", Gate(), gate())
    largest_profile: Gate = key("a profile has more records than this", "none", Gate(), gate(share=False))


@dataclass(frozen=True)
class Location:
    """Either a file or folder (``path``) or a table of the catalog."""

    path: str | None = key("file or folder", "", None, text)
    table: str | None = key("table of the catalog", "", None, catalog_name(3, "catalog.schema.name"))


@dataclass(frozen=True)
class GoldenField:
    """How one golden value is chosen. ``sources`` are those that count, for ``source_priority`` the most trusted first.

    Fields of one ``group`` come from one record, and hold the same settings.
    """

    name: str
    strategy: str = key("see below", "`last_non_null`", "last_non_null")
    sources: tuple[str, ...] = key(
        "with `source_priority` the order of trust; sources not named follow in the order of the configuration. With"
        " any other strategy only the records of these sources count",
        "all, in that order",
        (),
    )
    valid_only: bool = key(
        "identifiers alone. `true`: a value that cannot be standardized is never shown. `false`: it is shown where the"
        " profile has no better one",
        "`true`",
        True,
    )
    max_age_days: int | None = key(
        "only records whose `updated_at` is at most so many days before the run count; one without a time does not",
        NO_LIMIT,
        None,
        limit(),
    )
    max_values: int | None = key(
        "`collect` alone: at most so many values, those of the newest records", NO_LIMIT, None, limit()
    )
    group: str | None = None


@dataclass(frozen=True)
class Output:
    """Either a folder (``path``) or a catalog schema (``schema``); ``None`` for ``keep_runs`` keeps every run."""

    path: str | None = key("folder", "", None, text)
    schema: str | None = key("schema of the catalog", "", None, catalog_name(2, "catalog.schema"))
    keep_runs: int | None = key(
        "how many committed runs `jobs/cleanup.py` leaves readable; `null`: all", "10", 10, limit(10)
    )


@dataclass(frozen=True, kw_only=True)
class Config:
    """One project. Sources, identifiers, rules and golden fields keep the order of the configuration."""

    project: str = key(
        "name of the project: lower-case letters, digits and `_`, a letter first. New ids derive from it", "required"
    )
    default_country: str | None = key(
        "country of phone numbers that are written without a country code, and of companies (`Spa` is a legal form in "
        "Italy): two capital letters of ISO 3166",
        "none",
        None,
    )
    sources: tuple[Source, ...] = key("the tables to resolve, by name", "required")
    identifiers: tuple[Identifier, ...] = key("what rules may compare, by name", "required")
    rules: tuple[Rule, ...] = key("which records belong together", "required")
    guardrails: Guardrails = key("limits on whole profiles", "see below", Guardrails())
    golden: tuple[GoldenField, ...] = key(
        "which fields a profile shows and how each value is chosen", "every identifier"
    )
    gates: Gates = key("figures that stop publication", "see below", Gates())
    engine: str = key(
        "`{engine: graphframes}`, or `{engine: dataframe}`, which does not need GraphFrames", "`graphframes`",
        "graphframes", name="clustering",
    )  # fmt: skip
    match_pairs: str = key(
        "which pairs are written. `spanning`: enough to hold each cluster together. `all`: every pair that a rule"
        " matches, also those of exact rules in blocks of up to `max_block_records`",
        "`spanning`",
        "spanning",
        choice(("spanning", "all"), "spanning"),
    )
    output: Output = key(
        "`{path: folder}` or `{schema: catalog.schema}`; exactly one. `keep_runs: 10` (the default; `null`: all) beside"
        " it is how many committed runs `jobs/cleanup.py` leaves readable",
        "required",
    )
    overrides: Location | None = key(
        "decisions of people about records and values: a path, `{path: ...}` or `{table: ...}`; see below", "none", None
    )
    golden_overrides: Location | None = key(
        "values that people have decided for golden records, written like `overrides`; see below", "none", None
    )
    verify_values: bool = False  # ``golden.verify_values``

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
