"""Which expression makes the canonical, the written and the derived form of each identifier type."""

from collections.abc import Callable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.birth_date import month_day, standardize_date, year
from identity_spark.expressions.company import standardize_company
from identity_spark.expressions.country import standardize_country
from identity_spark.expressions.email import standardize_email, tidy_email
from identity_spark.expressions.person_name import (
    generation,
    standardize_first_name,
    standardize_full_name,
    standardize_last_name,
)
from identity_spark.expressions.phone import standardize_phone
from identity_spark.expressions.postal_address import standardize_address, standardize_postal_code
from identity_spark.expressions.text import (
    collapse_space,
    or_null,
    standardize_domain,
    standardize_id,
    standardize_number,
    standardize_text,
)

Standardizer = Callable[[Column], Column]

_PLAIN: dict[str, Standardizer] = {
    "email": standardize_email,
    "first_name": standardize_first_name,
    "last_name": standardize_last_name,
    "full_name": standardize_full_name,
    "company": standardize_company,
    "address": standardize_address,
    "postal_code": standardize_postal_code,
    "country": standardize_country,
    "number": standardize_number,
    "domain": standardize_domain,
}
_AS_WRITTEN = frozenset({"first_name", "last_name", "full_name", "company", "address", "postal_code", "id", "text"})


def standardizer(
    kind: str,
    country: Column,
    today: Column,
    formats: Sequence[str] = (),
    case_sensitive: bool = False,
    only_numeric: bool = False,
) -> Standardizer:
    """The expression that turns a raw value of type ``kind`` into its canonical text or null.

    ``country`` (alpha-2 or null) decides phones written without a code, ``today`` which dates lie in the future.
    """
    if kind == "phone":
        return lambda raw: standardize_phone(raw, country)
    if kind == "date":
        return lambda raw: standardize_date(raw, formats, today)
    if kind in ("id", "text"):
        text = standardize_id if kind == "id" else standardize_text
        return lambda raw: text(raw, case_sensitive=case_sensitive, only_numeric=only_numeric)
    plain = _PLAIN[kind]
    return (lambda raw: _digits(plain(raw))) if only_numeric else plain


def written_form(kind: str) -> Standardizer | None:
    """The expression for what a golden record shows of a raw value; None where that is the canonical form."""
    if kind == "email":
        return tidy_email
    return (lambda raw: or_null(collapse_space(raw))) if kind in _AS_WRITTEN else None


def derived_form(transform: str, argument: int | None, canonical: Column, written: Column) -> Column:
    """The derived value of a canonical one, or null; ``written`` still has what the canonical form of a name drops."""
    forms: dict[str, Standardizer] = {
        "soundex": lambda value: or_null(F.soundex(value)),
        "prefix": lambda value: or_null(F.substring(value, 1, argument or 0)),
        "year": year,
        "month_day": month_day,
        "domain": lambda value: or_null(F.substring_index(value, "@", -1)),
        "local_part": lambda value: or_null(F.substring_index(value, "@", 1)),
    }
    return generation(written) if transform == "generation" else forms[transform](canonical)


def _digits(value: Column) -> Column:
    return or_null(F.regexp_replace(value, r"\P{Nd}+", ""))
