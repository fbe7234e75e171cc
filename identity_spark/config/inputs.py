"""What a configuration says of what comes in: sources and identifiers. As in ``model``, keys are told here alone."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

from identity_spark.config.keys import catalog_name, choice, flag, key, limit, text, texts

FORMATS = ("delta", "parquet", "csv", "json", "orc")
NO_LIMIT = "no limit"


@dataclass(frozen=True)
class FieldMapping:
    """Where a source has a field: ``columns`` (several: a multi-valued field), or an SQL expression."""

    columns: tuple[str, ...] = ()
    expr: str | None = key("SQL over the columns of the table", "none", None, text)


@dataclass(frozen=True)
class Source:
    """One profile-like table; ``path`` and ``format``, or ``table``."""

    name: str
    _: KW_ONLY
    path: str | None = key("file or folder. Exactly one of `path` and `table`", "", None, text)
    table: str | None = key(
        "`catalog.schema.name`, or fewer parts; a part with a dot or backtick goes in backticks", "",
        None, catalog_name(3, "catalog.schema.name"),
    )  # fmt: skip
    format: str = key(
        "`delta`, `parquet`, `csv`, `json` or `orc`; not used with `table`",
        "`delta`",
        "delta",
        choice(FORMATS, "delta"),
    )
    options: Mapping[str, str] = key("passed to the reader, as text", "none", factory=dict)
    where: str | None = key("SQL predicate on the raw columns", "all rows", None, text)
    primary_key: tuple[str, ...] = key("a column, or a list of columns", "required", read=texts(single=True))
    updated_at: str | None = key(
        "column that says when a record changed: timestamp, date or ISO text", "none", None, text
    )
    country: str | None = key(
        "country of this source's phone numbers, when they are written without a country code, and of its companies",
        "`default_country`",
        None,
    )
    max_records_per_profile: int | None = key(
        "more records of this source in one profile are a conflict", NO_LIMIT, None, limit()
    )
    columns: Mapping[str, FieldMapping] = key(
        'field: where it is. A column, a list of columns (several values), or `{expr: "SQL"}`', "required"
    )


@dataclass(frozen=True)
class Step:
    """One step of a chain: ``trim``, ``lower``, ``digits``, ``accents``, or ``regex`` with pattern and replacement."""

    name: str
    regex: str = key("what is looked for, in Java's syntax", "required", "")
    replace: str = key("what takes its place; `$1` is the first group", "required", "")


DERIVED = "a derived identifier: what it is derived from, and how"


@dataclass(frozen=True)
class Identifier:
    """A field that rules may compare. ``None`` for a limit means no limit.

    A derived identifier has ``derived_from`` and ``transform`` (``prefix:3`` is ``transform="prefix", argument=3``);
    its ``type`` is the type it was derived from, resolved at load.
    """

    name: str
    type: str = key(
        "`email`, `phone`, `first_name`, `last_name`, `full_name`, `company`, `date`, `address`, `postal_code`,"
        " `country`, `id`, `text`, `number` or `domain`",
        "required",
    )
    formats: tuple[str, ...] = key(
        "for dates, tried in order: patterns of `y`, `M` and `d` like `dd/MM/yyyy`, `d.M.yy` or `d MMM yyyy`; also"
        " `epoch` and `epoch_ms` (seconds and milliseconds since 1970) and `excel` (days of a spreadsheet). Other"
        " letters in `'...'`. A time after the day is dropped; two digits of a year mean the latest such year that is"
        " not in the future",
        "`[yyyy-MM-dd]`, which is always tried last",
        (),
    )
    case_sensitive: bool = key("for `id` and `text`, `true`: keep upper and lower case apart", "`false`", False, flag)
    only_numeric: bool = key(
        "`true`: keep digits alone (not for `date` and `number`; a phone number in E.164 stays what it is)", "`false`",
        False, flag,
    )  # fmt: skip
    steps: tuple[Step, ...] = key(
        "steps of your own, in order, before the type's form is made: `trim`, `lower`, `digits` (keep digits alone),"
        " `accents` (fold them), `{regex: ..., replace: ...}` (Java's syntax, `$1` is the first group)",
        "none",
        (),
        name="standardize",
    )
    derived_from: str | None = key(DERIVED, "", None, name="from")
    transform: str | None = key(DERIVED, "", None)
    argument: int | None = None
    blocked: tuple[str, ...] = key(
        "values that match nothing: literals, found as written and in canonical form, in any case unless"
        " `case_sensitive`; or `/regular expressions/` on the canonical form; added to the shipped"
        " `blocked_values.yaml`",
        "none",
        (),
    )
    max_records_per_value: int | None = key(
        "a value held by more records matches nothing, nor does what is derived from it; `null` turns it off",
        "100 for `email`, `phone`, `id`",
        None,
    )
    max_distinct_per_value: Mapping[str, int] = key(
        "a value used with more different values of another identifier matches nothing; `null` turns it off",
        "`{last_name: 4}` for `email` and `phone`, with the name of the project's first identifier of type `last_name`",
        factory=dict,
    )
    max_values_per_profile: int | None = key(
        "a profile with more different values is a conflict", "no limit; 1 with a `conflict_tolerance`", None
    )
    conflict_tolerance: str | None = key(
        "`fuzzy_medium` or `fuzzy_strong`, as the type knows them: more values than the limit conflict only if some two"
        " of them are not similar to that degree, so that a typo does not count",
        "none",
        None,
    )

    @property
    def derived(self) -> bool:
        return self.derived_from is not None

    @property
    def is_capped(self) -> bool:
        """Whether there is a limit of records or of different people to a value."""
        return bool(self.max_records_per_value or self.max_distinct_per_value)
