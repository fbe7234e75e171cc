"""Records to standardized records: each identifier in canonical form or null, blocked values set apart."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from math import inf

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType

from identity_spark.config import Config, Identifier
from identity_spark.expressions.elements import for_each
from identity_spark.expressions.let import Levels
from identity_spark.expressions.phone import dialling
from identity_spark.expressions.standardizers import written_form
from identity_spark.expressions.text import trim_space
from identity_spark.schemas import BLOCKED, MOST_VALUES, WRITTEN
from identity_spark.stages.standardize.blocked import (
    BlockedList,
    blocked_list,
    listed_forms,
    own_list,
    own_patterns,
)
from identity_spark.stages.standardize.forms import derived, form_of, in_order, most_derived, per_value

__all__ = ["listed_forms", "own_patterns", "standardize"]

# The columns that each identifier passes through before the one of its name, KEPT where it has several values.
RAW, CANONICAL, TIDY, GIVEN, REASON, KEPT = "__raw", "__canonical", "__tidy", "__given", "__reason", "__kept"
ALL = "__all"  # suffix: the values of a derived identifier with those that its own list blocks
DIALLING, SET_APART = "__dialling", "__set_apart"


def standardize(
    records: DataFrame,
    config: Config,
    built_in: Mapping[str, Sequence[str]],
    listed: Mapping[str, Sequence[str]],
    today: date,
) -> DataFrame:
    """``STANDARDIZED``: each identifier's canonical, usable value, its written form beside it.

    ``<identifier>__written`` stands where the golden value is not the canonical one. ``blocked`` names each value set
    apart and why: ``blocked`` (listed) or ``invalid`` (no canonical form). Other fields pass unchanged. ``built_in``
    holds the lists of ``conf/blocked_values.yaml``, ``listed`` the canonical forms of the project's own blocked values.
    """
    mapped = [i for i in config.identifiers if not i.derived]
    arrays = (field for field in records.schema.fields if isinstance(field.dataType, ArrayType))
    several = {field.name: float(field.metadata.get(MOST_VALUES, inf)) for field in arrays}
    levels = Levels()
    _add_canonical(levels, mapped, several, today)
    for identifier in mapped:
        blocked = blocked_list(identifier, built_in, listed.get(identifier.name, ()))
        _add_usable(levels, identifier, blocked, several.get(identifier.name, 1))
    apart = [partial(_set_apart, i, several.get(i.name, 1)) for i in mapped]
    reasons = [i.name + REASON for i in mapped]
    levels.add(SET_APART, lambda: F.array_compact(F.concat(*(entries() for entries in apart))).cast(BLOCKED), *reasons)
    blocked_columns = [SET_APART]
    ordered = in_order(config)
    for identifier in ordered:
        blocked_columns += _add_derived(levels, identifier, several)
    # Names of their own for every step: a lambda sees a column of the same select before the one it replaces.
    standardized = levels.on(records.withColumnsRenamed({i.name: i.name + RAW for i in mapped}))
    return standardized.selectExpr(
        *("record_id", "record_key", "source", "source_rank", "primary_key", "updated_at", "updated_at__unreadable"),
        *(f"`{name}`" for name in config.plain_fields),
        *(f"`{name}`" for i in mapped for name in _forms(i)),
        f"concat({', '.join(f'`{name}`' for name in blocked_columns)}) AS blocked",
        *(f"`{i.name}`" for i in ordered),
    )


def _add_canonical(levels: Levels, mapped: Sequence[Identifier], several: Mapping[str, float], today: date) -> None:
    """The canonical values of each identifier, and their tidied forms where a golden record shows those.

    The record's own country, of several the first, comes before the rest, because it decides how its phones and
    companies are read.
    """
    own = next((i for i in mapped if i.type == "country"), None)
    country, uses = F.col("phone_country"), []
    if own:
        known = F.col(own.name + CANONICAL)
        if own.name in several:
            known = F.get(F.array_compact(known), F.lit(0))
        country, uses = F.coalesce(known, country), [own.name + CANONICAL]
    for identifier in sorted(mapped, key=lambda i: i is not own):
        name, values, most = identifier.name, F.col(identifier.name + RAW), several.get(identifier.name, 1)
        form, tidy = form_of(identifier, F.col(DIALLING), today, country), written_form(identifier.type)
        below = {"phone": [DIALLING], "company": uses}.get(identifier.type, []) if own else []
        if DIALLING in below and DIALLING not in levels.heights:
            levels.add(DIALLING, lambda: dialling(country), *uses)
        levels.add(name + CANONICAL, partial(per_value, most, values, form), *below)
        if tidy:
            levels.add(name + TIDY, partial(per_value, most, values, tidy))
    if not own and any(i.type == "phone" for i in mapped):
        levels.add(DIALLING, lambda: dialling(country))


def _add_usable(levels: Levels, identifier: Identifier, blocked: BlockedList, most: float) -> None:
    """The values that nothing speaks against and their written forms, under the names of ``STANDARDIZED``."""
    name = identifier.name
    values, raws, given = (F.col(name + step) for step in (CANONICAL, RAW, GIVEN))

    def reason(value: Column, raw: Column, given: Column, *_: Column) -> Column:
        """``blocked``, ``invalid``, or null where the value is usable or was never there."""
        found = F.when(blocked.holds(F.coalesce(value, F.lower(given)), raw), "blocked").when(value.isNull(), "invalid")
        return F.when(given != "", found)

    def shown(value: Column, raw: Column, *_: Column) -> Column:
        return F.coalesce(value, trim_space(raw))

    levels.add(name + GIVEN, lambda: _each(shown, most, values, raws), name + CANONICAL)
    levels.add(name + REASON, lambda: _each(reason, most, values, raws, given), name + GIVEN)
    forms, reasons = _forms(identifier), F.col(name + REASON)
    steps = list(forms.values())
    if most == 1:
        for new, step in forms.items():
            levels.add(new, partial(F.when, reasons.isNull(), F.col(step)), name + REASON, step)
        return

    def entry(value: Column, reason: Column, *rest: Column) -> Column:
        """struct: the forms of a usable value, where it stands for the first time."""
        *held, position = rest
        came_before = F.coalesce(F.array_contains(F.slice(values, F.lit(1), position), value), F.lit(False))
        shown = F.struct(*(form.alias(new) for new, form in zip(forms, held, strict=True)))
        return F.when(value.isNotNull() & reason.isNull() & ~came_before, shown)

    kept = name + KEPT
    held = [values, reasons, *map(F.col, steps)]
    levels.add(kept, lambda: F.array_compact(for_each(held, entry, most)), name + REASON, *steps)
    for new in forms:
        levels.add(new, partial(F.when, F.size(kept) > 0, F.col(kept)[new]), kept)


def _forms(identifier: Identifier) -> dict[str, str]:
    """The columns of the identifier in ``STANDARDIZED``, and those that they are made of."""
    forms = {identifier.name: identifier.name + CANONICAL}
    return forms | ({identifier.name + WRITTEN: identifier.name + TIDY} if written_form(identifier.type) else {})


def _each(form: Callable[..., Column], most: float, *values: Column) -> Column:
    return for_each(values, form, most) if most > 1 else form(*values)


def _set_apart(identifier: Identifier, most: float) -> Column:
    """array: a struct of ``BLOCKED`` for each value of the identifier; null where the value is usable."""

    def entry(given: Column, reason: Column, *_: Column) -> Column:
        named = F.struct(F.lit(identifier.name).alias("identifier"), given.alias("value"), reason.alias("reason"))
        return F.when(reason.isNotNull(), named)

    found = _each(entry, most, F.col(identifier.name + GIVEN), F.col(identifier.name + REASON))
    return found if most > 1 else F.array(found)


def _add_derived(levels: Levels, identifier: Identifier, several: dict[str, float]) -> list[str]:
    """The values of a derived identifier, of which ``several`` hears; the column of those that its own list blocks."""
    origin = str(identifier.derived_from)
    most = several.get(origin, 1)
    name = identifier.name
    written = origin + WRITTEN if origin + WRITTEN in levels.heights else origin
    blocked = own_list(identifier)
    every = name + ALL if blocked else name
    levels.add(every, lambda: derived(identifier, most, F.col(origin), F.col(written)), origin, written)
    if (given := most_derived(identifier, most)) > 1:
        several[name] = given
    if blocked is None:
        return []
    levels.add(name, lambda: blocked.without(F.col(every), name in several), every)
    levels.add(name + SET_APART, lambda: blocked.entries(name, F.col(every), name in several), every)
    return [name + SET_APART]
