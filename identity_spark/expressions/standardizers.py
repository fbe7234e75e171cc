"""Which expression makes the canonical, the written and the derived form of a type; ``config.types`` names them."""

from collections.abc import Callable, Sequence
from functools import cache, partial, reduce
from importlib import import_module
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config.types import TRANSFORMS, TYPES
from identity_spark.expressions.text import digits_alone, fold_accents, fold_case, or_null, trim_space

Standardizer = Callable[[Column], Column]
ChainStep = tuple[str, str, str]  # its name; for ``regex`` the pattern and what replaces it

STEPS: dict[str, Standardizer] = {
    "trim": trim_space,
    "lower": fold_case,
    "digits": digits_alone,
    "accents": fold_accents,
}


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
    options = {
        "dialling": dialling,
        "country": country,
        "today": today,
        "formats": formats,
        "case_sensitive": case_sensitive,
        "only_numeric": only_numeric,
    }
    row = TYPES[kind]
    canonical = partial(expression(row.canonical), **{name: options[name] for name in row.told})
    drops = only_numeric and "only_numeric" not in row.told and not row.stays_with_only_numeric
    form: Standardizer = (lambda raw: _digits(canonical(raw))) if drops else canonical
    return (lambda raw: form(chained(raw, steps))) if steps else form


def chained(raw: Column, steps: Sequence[ChainStep]) -> Column:
    """The text after each of the steps; ``trim``, ``lower`` and so on as every type does them."""

    def after(text: Column, step: ChainStep) -> Column:
        name, regex, replacement = step
        return F.regexp_replace(text, regex, replacement) if name == "regex" else STEPS[name](text)

    return reduce(after, steps, raw)


def written_form(kind: str) -> Standardizer | None:
    """The expression for what a golden record shows of a raw value; None where that is the canonical form."""
    name = TYPES[kind].shown
    return None if name is None else expression(name)


def derived_form(transform: str, argument: int | None, canonical: Column, written: Column) -> Column:
    """The derived value of a canonical one, or null; ``written`` still has what the canonical form of a name drops.

    ``tokens`` alone gives several values, as an array.
    """
    row = TRANSFORMS[transform]
    value = written if row.of_written else canonical
    found: Column = expression(row.function)(value, argument) if row.counted else expression(row.function)(value)
    return found


@cache
def expression(name: str) -> Callable[..., Any]:
    """The function of ``expressions`` that is named like ``email.standardize_email``."""
    module, _, function = name.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"identity_spark.expressions.{module}"), function)
    return found


def _digits(value: Column) -> Column:
    return or_null(F.regexp_replace(value, r"\P{Nd}+", ""))
