"""Forms of identifiers: how the values of one are standardized, and how a derived one comes from another."""

from datetime import date
from math import inf

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.expressions.elements import for_each
from identity_spark.expressions.let import let
from identity_spark.expressions.standardizers import Standardizer, derived_form, standardizer


def form_of(identifier: Identifier, dialling: Column, today: date, country: Column | None = None) -> Standardizer:
    """How a raw value of ``identifier`` becomes canonical, by what ``dialling`` and ``country`` say of the record."""
    return standardizer(
        identifier.type,
        dialling,
        F.lit(today),
        formats=identifier.formats,
        case_sensitive=identifier.case_sensitive,
        only_numeric=identifier.only_numeric,
        steps=[(step.name, step.regex, step.replace) for step in identifier.steps],
        country=country,
    )


def per_value(most: float, values: Column, form: Standardizer) -> Column:
    """``form`` of the raw value, or of each of up to ``most`` raw values; null values are added to few."""
    return for_each([values], lambda value, _: form(value), most) if most > 1 else form(values)


def in_order(config: Config) -> list[Identifier]:
    """The derived identifiers, each after the one it is derived from."""
    ordered: list[Identifier] = []
    known = {i.name for i in config.identifiers if not i.derived}
    waiting = [i for i in config.identifiers if i.derived]
    while waiting:
        ready = [i for i in waiting if i.derived_from in known]
        ordered += ready
        known |= {i.name for i in ready}
        waiting = [i for i in waiting if i.name not in known]
    return ordered


def most_derived(identifier: Identifier, most: float) -> float:
    """How many values come from an origin of up to ``most``."""
    return inf if identifier.transform == "tokens" else most


def derived(identifier: Identifier, most: float, values: Column, written: Column) -> Column:
    """The values of a derived identifier, each once, from those of its origin; null where there are none."""
    transform, argument = str(identifier.transform), identifier.argument
    if most == 1:
        return derived_form(transform, argument, values, written)

    def derive(value: Column, shown: Column, _: Column) -> Column:
        return derived_form(transform, argument, value, shown)

    each = F.array_compact(for_each([values, written], derive, most))
    found = F.array_distinct(F.flatten(each) if transform == "tokens" else each)
    return let(found, lambda found: F.when(F.size(found) > 0, found))
