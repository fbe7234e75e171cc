"""Records to standardized records: each identifier in canonical form or null, blocked values set apart."""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.expressions.elements import for_each
from identity_spark.expressions.standardizers import written_form
from identity_spark.expressions.text import or_null, trim_space
from identity_spark.schemas import BLOCKED, WRITTEN, is_multi_valued
from identity_spark.stages.standardize.blocked import (
    blocked_list,
    require_java_patterns,
    without_blocked,
)
from identity_spark.stages.standardize.forms import RAW, derived, form_of, in_order, per_value

# The steps that each identifier takes after RAW, the last one where it has several values.
CANONICAL, TIDY, REASON, KEPT = "__canonical", "__tidy", "__reason", "__kept"


def standardize(records: DataFrame, config: Config, built_in: Mapping[str, Sequence[str]], today: date) -> DataFrame:
    """``STANDARDIZED``: each identifier's canonical, usable value, its written form beside it.

    ``<identifier>__written`` stands where the golden value is not the canonical one. ``blocked`` names each value set
    apart and why: ``blocked`` (listed) or ``invalid`` (no canonical form). Other fields pass unchanged. ``built_in``
    holds the lists of ``conf/blocked_values.yaml``. A step at a time, so that no expression is evaluated twice.
    """
    mapped = [i for i in config.identifiers if not i.derived]
    require_java_patterns(records.sparkSession, config.identifiers)
    # Names of their own for every step: a lambda sees a column of the same select before the one it replaces.
    raw = records.withColumnsRenamed({i.name: i.name + RAW for i in mapped})
    canonical = _with_canonical(raw, mapped, config, today)
    judged = canonical.withColumns({i.name + REASON: _reasons(canonical, i, built_in, config, today) for i in mapped})
    for identifier in (i for i in mapped if is_multi_valued(canonical, i.name + CANONICAL)):
        judged = judged.withColumn(identifier.name + KEPT, _kept(judged, identifier))
    usable = judged.select(
        *("record_id", "record_key", "source", "source_rank", "primary_key", "updated_at", "updated_at__unreadable"),
        *config.plain_fields,
        *(column for i in mapped for column in _usable(judged, i)),
        F.array_compact(F.flatten(F.array(*(_set_apart(judged, i) for i in mapped)))).cast(BLOCKED).alias("blocked"),
    )
    for identifier in in_order(config):
        usable = usable.withColumn(identifier.name, derived(usable, identifier))
        if identifier.blocked:
            usable = without_blocked(usable, identifier)
    return usable


def _with_canonical(raw: DataFrame, mapped: Sequence[Identifier], config: Config, today: date) -> DataFrame:
    """``raw`` with the canonical value of each identifier, and its tidied form where a golden record shows that.

    The record's own country, of several the first, comes before the rest, because it decides how its phones are read.
    """
    country = F.col("phone_country")
    frame = raw
    if own := next((i for i in mapped if i.type == "country"), None):
        frame = frame.withColumn(own.name + CANONICAL, per_value(raw, own.name, form_of(own, country, today)))
        known = F.col(own.name + CANONICAL)
        if is_multi_valued(raw, own.name + RAW):
            known = F.get(F.array_compact(known), F.lit(0))
        country = F.coalesce(known, country)
    columns = {}
    for identifier in mapped:
        if identifier is not own:
            form = form_of(identifier, country, today)
            columns[identifier.name + CANONICAL] = per_value(raw, identifier.name, form)
        if tidy := written_form(identifier.type):
            columns[identifier.name + TIDY] = per_value(raw, identifier.name, tidy)
    return frame.withColumns(columns) if columns else frame


def _reasons(
    canonical: DataFrame, identifier: Identifier, built_in: Mapping[str, Sequence[str]], config: Config, today: date
) -> Column:
    """Why each value is set apart: ``blocked``, ``invalid``, or null where it is usable or was never there."""
    blocked = blocked_list(canonical.sparkSession, identifier, built_in, config, today)

    def reason(value: Column, raw: Column) -> Column:
        given = F.coalesce(value, or_null(F.lower(trim_space(raw))))
        is_invalid = value.isNull() & given.isNotNull()
        return F.when(blocked.holds(given, raw), "blocked").when(is_invalid, "invalid")

    values, raws = F.col(identifier.name + CANONICAL), F.col(identifier.name + RAW)
    if not is_multi_valued(canonical, identifier.name + CANONICAL):
        return reason(values, raws)
    return for_each([values, raws], lambda value, raw, _: reason(value, raw))


def _forms(judged: DataFrame, identifier: Identifier) -> dict[str, str]:
    """The columns of the identifier in ``STANDARDIZED``, and those that they are made of."""
    steps = {identifier.name: identifier.name + CANONICAL, identifier.name + WRITTEN: identifier.name + TIDY}
    return {new: step for new, step in steps.items() if step in judged.columns}


def _kept(judged: DataFrame, identifier: Identifier) -> Column:
    """array<struct>: the usable ones of several values, each once, with the written forms that belong to them."""
    forms = _forms(judged, identifier)
    values = F.col(identifier.name + CANONICAL)

    def entry(value: Column, reason: Column, *rest: Column) -> Column:
        *steps, position = rest
        came_before = F.coalesce(F.array_contains(F.slice(values, F.lit(1), position), value), F.lit(False))
        shown = F.struct(*(step.alias(new) for new, step in zip(forms, steps, strict=True)))
        return F.when(value.isNotNull() & reason.isNull() & ~came_before, shown)

    return F.array_compact(for_each([values, F.col(identifier.name + REASON), *map(F.col, forms.values())], entry))


def _usable(judged: DataFrame, identifier: Identifier) -> list[Column]:
    """The canonical value where nothing speaks against it, and its written form."""
    forms = _forms(judged, identifier)
    if is_multi_valued(judged, identifier.name + CANONICAL):
        kept = F.col(identifier.name + KEPT)
        return [F.when(F.size(kept) > 0, kept[new]).alias(new) for new in forms]
    is_usable = F.col(identifier.name + REASON).isNull()
    return [F.when(is_usable, F.col(step)).alias(new) for new, step in forms.items()]


def _set_apart(judged: DataFrame, identifier: Identifier) -> Column:
    """One struct of ``BLOCKED`` for each value of ``identifier``; null where the value is usable."""
    values, raws, reasons = (F.col(identifier.name + step) for step in (CANONICAL, RAW, REASON))

    def entry(value: Column, raw: Column, reason: Column) -> Column:
        shown = F.coalesce(value, or_null(trim_space(raw)))
        named = F.struct(F.lit(identifier.name).alias("identifier"), shown.alias("value"), reason.alias("reason"))
        return F.when(reason.isNotNull(), named)

    if not is_multi_valued(judged, identifier.name + CANONICAL):
        return F.array(entry(values, raws, reasons))
    return for_each([values, raws, reasons], lambda value, raw, reason, _: entry(value, raw, reason))
