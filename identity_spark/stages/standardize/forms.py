"""Forms of identifiers: how the values of one are standardized, and how a derived one comes from another."""

from collections.abc import Callable
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.expressions.elements import for_each
from identity_spark.expressions.standardizers import Standardizer, derived_form, standardizer
from identity_spark.schemas import WRITTEN, is_multi_valued

RAW = "__raw"  # suffix: the value as it came


def form_of(identifier: Identifier, country: Column, today: date) -> Standardizer:
    """How a raw value of ``identifier`` becomes canonical, in a record of ``country``."""
    return standardizer(
        identifier.type,
        country,
        F.lit(today),
        formats=identifier.formats,
        case_sensitive=identifier.case_sensitive,
        only_numeric=identifier.only_numeric,
        steps=[(step.name, step.regex, step.replace) for step in identifier.steps],
    )


def per_value(raw: DataFrame, name: str, form: Callable[[Column], Column]) -> Column:
    """``form`` of the raw value, or of each of the raw values; null values are added to few."""
    values = F.col(name + RAW)
    if not is_multi_valued(raw, name + RAW):
        return form(values)
    return for_each([values], lambda value, _: form(value))


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


def derived(usable: DataFrame, identifier: Identifier) -> Column:
    """The values of a derived identifier, each once, from those of its origin; null where there are none."""
    origin, transform, argument = str(identifier.derived_from), str(identifier.transform), identifier.argument
    written = origin + WRITTEN if origin + WRITTEN in usable.columns else origin
    if not is_multi_valued(usable, origin):
        return derived_form(transform, argument, F.col(origin), F.col(written))

    def derive(value: Column, shown: Column, _: Column) -> Column:
        return derived_form(transform, argument, value, shown)

    each = for_each([F.col(origin), F.col(written)], derive)
    values = F.array_distinct(F.flatten(F.array_compact(each)) if transform == "tokens" else F.array_compact(each))
    return F.when(F.size(values) > 0, values)
