"""Which expression makes the canonical, the written and the derived form of each identifier type."""

from collections.abc import Callable, Sequence
from functools import partial, reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.birth_date import month_day, standardize_date, year
from identity_spark.expressions.company import standardize_company
from identity_spark.expressions.country import standardize_country
from identity_spark.expressions.email import standardize_email, tidy_email
from identity_spark.expressions.house_number import house_number, street
from identity_spark.expressions.person_name import (
    first_token,
    generation,
    last_token,
    nickname_root,
    standardize_first_name,
    standardize_full_name,
    standardize_last_name,
)
from identity_spark.expressions.phone import dialled_number
from identity_spark.expressions.postal_address import standardize_address, standardize_postal_code
from identity_spark.expressions.text import (
    collapse_space,
    digits_alone,
    fold_accents,
    fold_case,
    keep_if,
    or_null,
    standardize_domain,
    standardize_id,
    standardize_number,
    standardize_text,
    trim_space,
)

Standardizer = Callable[[Column], Column]
ChainStep = tuple[str, str, str]  # its name; for ``regex`` the pattern and what replaces it

_PLAIN: dict[str, Standardizer] = {
    "email": standardize_email,
    "first_name": standardize_first_name,
    "last_name": standardize_last_name,
    "full_name": standardize_full_name,
    "address": standardize_address,
    "postal_code": standardize_postal_code,
    "country": standardize_country,
    "number": standardize_number,
    "domain": standardize_domain,
}
_AS_WRITTEN = frozenset({"first_name", "last_name", "full_name", "company", "address", "postal_code", "id", "text"})


def standardizer(
    kind: str,
    dialling: Column,
    today: Column,
    formats: Sequence[str] = (),
    case_sensitive: bool = False,
    only_numeric: bool = False,
    steps: Sequence[ChainStep] = (),
    country: Column | None = None,
) -> Standardizer:
    """The expression that turns a raw value of type ``kind`` into its canonical text or null.

    ``dialling`` (of the country, or null) decides phones written without a code, ``today`` which dates lie in the
    future, ``country`` (alpha-2, or null) which words are legal forms of companies.
    ``steps`` come first; what they make of the value is then read as any other of its type.
    """
    form = _of_type(kind, dialling, today, formats, case_sensitive, only_numeric, country)
    return (lambda raw: form(chained(raw, steps))) if steps else form


def chained(raw: Column, steps: Sequence[ChainStep]) -> Column:
    """The text after each of the steps; ``trim``, ``lower`` and so on as every type does them."""
    known: dict[str, Standardizer] = {
        "trim": trim_space,
        "lower": fold_case,
        "digits": digits_alone,
        "accents": fold_accents,
    }

    def after(text: Column, step: ChainStep) -> Column:
        name, regex, replacement = step
        return F.regexp_replace(text, regex, replacement) if name == "regex" else known[name](text)

    return reduce(after, steps, raw)


def _of_type(
    kind: str,
    dialling: Column,
    today: Column,
    formats: Sequence[str],
    case_sensitive: bool,
    only_numeric: bool,
    country: Column | None,
) -> Standardizer:
    if kind == "phone":
        return lambda raw: dialled_number(raw, dialling)
    if kind == "date":
        return lambda raw: standardize_date(raw, formats, today)
    if kind in ("id", "text"):
        text = standardize_id if kind == "id" else standardize_text
        return lambda raw: text(raw, case_sensitive=case_sensitive, only_numeric=only_numeric)
    plain = partial(standardize_company, country=country) if kind == "company" else _PLAIN[kind]
    return (lambda raw: _digits(plain(raw))) if only_numeric else plain


def written_form(kind: str) -> Standardizer | None:
    """The expression for what a golden record shows of a raw value; None where that is the canonical form."""
    if kind == "email":
        return tidy_email
    return (lambda raw: or_null(collapse_space(raw))) if kind in _AS_WRITTEN else None


def derived_form(transform: str, argument: int | None, canonical: Column, written: Column) -> Column:
    """The derived value of a canonical one, or null; ``written`` still has what the canonical form of a name drops.

    ``tokens`` alone gives several values, as an array.
    """
    forms: dict[str, Standardizer] = {
        "soundex": lambda value: _said(F.soundex(value)),
        "prefix": lambda value: _said(F.substring(value, 1, argument or 0)),
        "year": year,
        "month_day": month_day,
        "domain": lambda value: _said(F.substring_index(value, "@", -1)),
        "local_part": lambda value: _said(F.substring_index(value, "@", 1)),
        "tokens": lambda value: F.array_distinct(F.split(value, " ")),
        "house_number": house_number,
        "street": street,
        "first_token": first_token,
        "last_token": last_token,
        "nickname_root": nickname_root,
    }
    return generation(written) if transform == "generation" else forms[transform](canonical)


def _said(text: Column) -> Column:
    """The text, null when it is ""; for text too short to compute to have a name."""
    return keep_if(text, text != "")


def _digits(value: Column) -> Column:
    return or_null(F.regexp_replace(value, r"\P{Nd}+", ""))
