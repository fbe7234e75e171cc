"""The types of identifiers and the transforms: all that is told of each, in one table.

Adding a type takes a row here, the function of ``expressions`` that the row names, and a table of its cases.
What may be configured, compared, derived and shown follows from the row. Values that stand in where nothing is known
(``unknown``, ``test@test.com``) are listed under the name of the type in ``conf/blocked_values.yaml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from identity_spark.config.problems import suggest

FUZZY = ("fuzzy_medium", "fuzzy_strong")
MATCHES = ("exact", *FUZZY)


@dataclass(frozen=True)
class Degree:
    """Which two values match besides equal ones: few edits, the same characters moved, or what a comparison finds."""

    edits: int = 0
    similarity: float | None = None  # in place of ``edits``: as many as leave two values this similar
    moved: bool = False
    others: tuple[str, ...] = ()  # names of ``expressions.similarity.COMPARISONS``


@dataclass(frozen=True)
class IdentifierType:
    """One type. Functions are named by their module in ``expressions``, like ``email.standardize_email``."""

    canonical: str  # the function that makes the canonical form of a raw value
    told: tuple[str, ...] = ()  # besides the value: dialling, country, today, formats, case_sensitive, only_numeric
    shown: str | None = None  # the function for what a golden record shows; None: the canonical form
    fuzzy: Mapping[str, Degree] = field(default_factory=dict)  # by degree; a degree that is missing is not allowed
    transforms: tuple[str, ...] = ()  # besides those that every type takes
    formats: tuple[str, ...] = ()  # how values are read where the project does not say; none: ``formats`` is no option
    max_records_per_value: int | None = None  # the default cap
    max_last_names_per_value: int | None = None  # likewise, of last names that one value is used with
    only_numeric: bool = True  # whether it is an option
    stays_with_only_numeric: bool = False  # whether the option leaves values as they are
    written_too: bool = False  # whether listed values are looked up as they were written, beside their canonical form
    has_length: bool = True  # whether ``longest`` means something
    is_number: bool = False  # whether ``max`` and ``min`` compare numbers
    says_yes_or_no: bool = False  # whether ``most_restrictive`` can read it
    one_per_entity: bool = False  # whether one person or company has one value
    belongs_to_few: bool = False  # whether a value belongs to one entity or few, so that no pair of it is chance
    seldom_shared: bool = False  # whether two people so seldom share a value that one in common is evidence

    @property
    def has_case(self) -> bool:
        return "case_sensitive" in self.told


@dataclass(frozen=True)
class Transform:
    """What a derived identifier is made by: a function of the canonical value."""

    function: str
    gives: str = "text"  # the type of the values that come out
    of_every_type: bool = False
    counted: bool = False  # written with a number, like prefix:3
    of_written: bool = False  # a function of the written value instead, which has what the canonical form drops


def _names(*nicknames: str, initial: str) -> dict[str, Degree]:
    return {
        "fuzzy_medium": Degree(similarity=0.75, moved=True, others=(*nicknames, initial)),
        "fuzzy_strong": Degree(similarity=0.80, moved=True, others=nicknames),
    }


DATES = {"fuzzy_medium": Degree(edits=2, others=("swapped",)), "fuzzy_strong": Degree(edits=1, others=("swapped",))}
TEXTS = {"fuzzy_medium": Degree(similarity=0.85), "fuzzy_strong": Degree(similarity=0.92)}
NUMBERS = {"fuzzy_medium": Degree(edits=1, moved=True)}
OF_NAMES = ("soundex", "generation", "tokens", "first_token", "last_token", "nickname_root")

TYPES: dict[str, IdentifierType] = {
    "email": IdentifierType(
        "email.standardize_email",
        shown="email.tidy_email",
        fuzzy=TEXTS,
        transforms=("domain", "local_part"),
        max_records_per_value=100,
        max_last_names_per_value=4,
        belongs_to_few=True,
        seldom_shared=True,
    ),
    "phone": IdentifierType(
        "phone.dialled_number",
        told=("dialling",),
        fuzzy=NUMBERS,
        max_records_per_value=100,
        max_last_names_per_value=4,
        stays_with_only_numeric=True,
        written_too=True,
        belongs_to_few=True,
        seldom_shared=True,
    ),
    "first_name": IdentifierType(
        "person_name.standardize_first_name",
        shown="text.tidy_text",
        fuzzy=_names("nickname", initial="initial"),
        transforms=OF_NAMES,
        one_per_entity=True,
    ),
    "last_name": IdentifierType(
        "person_name.standardize_last_name",
        shown="text.tidy_text",
        fuzzy=_names(initial="initial"),
        transforms=OF_NAMES,
        one_per_entity=True,
    ),
    "full_name": IdentifierType(
        "person_name.standardize_full_name",
        shown="text.tidy_text",
        fuzzy=_names("nickname_of_first_word", initial="initial_of_first_word"),
        transforms=OF_NAMES,
        one_per_entity=True,
    ),
    "company": IdentifierType(
        "company.standardize_company",
        told=("country",),
        shown="text.tidy_text",
        fuzzy=TEXTS,
        transforms=("tokens",),
        one_per_entity=True,
        belongs_to_few=True,
    ),
    "date": IdentifierType(
        "birth_date.standardize_date",
        told=("formats", "today"),
        fuzzy=DATES,
        transforms=("year", "month_day"),
        formats=("yyyy-MM-dd",),
        only_numeric=False,
        written_too=True,
        has_length=False,
        one_per_entity=True,
        seldom_shared=True,
    ),
    "address": IdentifierType(
        "postal_address.standardize_address",
        shown="text.tidy_text",
        fuzzy=TEXTS,
        transforms=("tokens", "house_number", "street"),
        written_too=True,
        belongs_to_few=True,
    ),
    "postal_code": IdentifierType("postal_address.standardize_postal_code", shown="text.tidy_text"),
    "country": IdentifierType("country.standardize_country"),
    "id": IdentifierType(
        "text.standardize_id",
        told=("case_sensitive", "only_numeric"),
        shown="text.tidy_text",
        fuzzy=NUMBERS,
        max_records_per_value=100,
        belongs_to_few=True,
        seldom_shared=True,
    ),
    "text": IdentifierType(
        "text.standardize_text",
        told=("case_sensitive", "only_numeric"),
        shown="text.tidy_text",
        fuzzy=TEXTS,
        transforms=("soundex", "tokens", "first_token", "last_token"),
        says_yes_or_no=True,
    ),
    "number": IdentifierType(
        "text.standardize_number",
        fuzzy=NUMBERS,
        only_numeric=False,
        has_length=False,
        is_number=True,
        says_yes_or_no=True,
    ),
    "domain": IdentifierType("text.standardize_domain", written_too=True, belongs_to_few=True),
}

TRANSFORMS: dict[str, Transform] = {
    "soundex": Transform("derivations.soundex"),
    "prefix": Transform("derivations.prefix", of_every_type=True, counted=True),
    "year": Transform("birth_date.year"),
    "month_day": Transform("birth_date.month_day"),
    "domain": Transform("derivations.domain", gives="domain"),
    "local_part": Transform("derivations.local_part"),
    "generation": Transform("person_name.generation", of_written=True),
    "tokens": Transform("derivations.tokens"),
    "house_number": Transform("house_number.house_number"),
    "street": Transform("house_number.street"),
    "first_token": Transform("person_name.first_token", gives="first_name"),
    "last_token": Transform("person_name.last_token", gives="last_name"),
    "nickname_root": Transform("person_name.nickname_root", gives="first_name"),
}


def types_taken(transform: str) -> list[str]:
    """The types whose values the transform takes."""
    takes_all = TRANSFORMS[transform].of_every_type
    return [name for name, kind in TYPES.items() if takes_all or transform in kind.transforms]


def fitting_matches(kind: str) -> list[str]:
    """The kinds of match that are defined for values of a type."""
    return [match for match in MATCHES if match not in FUZZY or match in TYPES[kind].fuzzy]


def parse_transform(written: str) -> tuple[str, int | None]:
    """Name and number of ``name`` or ``name:N``; ValueError says what is wrong with it."""
    name, colon, number = written.partition(":")
    if name not in TRANSFORMS:
        raise ValueError(f"{written!r} is unknown; {suggest(name, TRANSFORMS)}")
    if not TRANSFORMS[name].counted:
        if colon:
            raise ValueError(f"{written!r} takes no number; write {name}")
        return name, None
    if not (number.isascii() and number.isdecimal() and int(number) >= 1):
        raise ValueError(f"{written!r} needs a number of at least 1; write it like {name}:3")
    if len(number) > 9:
        raise ValueError(f"{written!r} names more characters than a value can have; write it like {name}:3")
    return name, int(number)
