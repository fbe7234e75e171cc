"""Records to standardized records: each identifier in canonical form or null, blocked values set apart."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.errors import ConfigError
from identity_spark.expressions.elements import for_each
from identity_spark.expressions.standardizers import Standardizer, derived_form, standardizer, written_form
from identity_spark.expressions.text import or_null, trim_space
from identity_spark.schemas import BLOCKED, WRITTEN, is_multi_valued

# The steps that each identifier takes, the last one where it has several values.
RAW, CANONICAL, TIDY, REASON, KEPT = "__raw", "__canonical", "__tidy", "__reason", "__kept"


def standardize(records: DataFrame, config: Config, built_in: Mapping[str, Sequence[str]], today: date) -> DataFrame:
    """``STANDARDIZED``: each identifier's canonical, usable value, its written form beside it.

    ``<identifier>__written`` stands where the golden value is not the canonical one. ``blocked`` names each value set
    apart and why: ``blocked`` (listed) or ``invalid`` (no canonical form). Other fields pass unchanged. ``built_in``
    holds the lists of ``conf/blocked_values.yaml``. A step at a time, so that no expression is evaluated twice.
    """
    mapped = [i for i in config.identifiers if not i.derived]
    _require_java_patterns(records.sparkSession, config.identifiers)
    # Names of their own for every step: a lambda sees a column of the same select before the one it replaces.
    raw = records.withColumnsRenamed({i.name: i.name + RAW for i in mapped})
    canonical = _with_canonical(raw, mapped, config, today)
    judged = canonical.withColumns({i.name + REASON: _reasons(canonical, i, built_in, config) for i in mapped})
    for identifier in (i for i in mapped if is_multi_valued(canonical, i.name + CANONICAL)):
        judged = judged.withColumn(identifier.name + KEPT, _kept(judged, identifier))
    usable = judged.select(
        *("record_id", "record_key", "source", "source_rank", "primary_key", "updated_at", "updated_at__unreadable"),
        *config.plain_fields,
        *(column for i in mapped for column in _usable(judged, i)),
        F.array_compact(F.flatten(F.array(*(_set_apart(judged, i) for i in mapped)))).cast(BLOCKED).alias("blocked"),
    )
    for identifier in _in_order(config):
        usable = usable.withColumn(identifier.name, _derived(usable, identifier))
        if identifier.blocked:
            usable = _without_blocked(usable, identifier)
    return usable


def _in_order(config: Config) -> list[Identifier]:
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


def _with_canonical(raw: DataFrame, mapped: Sequence[Identifier], config: Config, today: date) -> DataFrame:
    """``raw`` with the canonical value of each identifier, and its tidied form where a golden record shows that.

    The record's own country comes first, because it decides how its phones are read.
    """
    country = F.col("phone_country")
    frame = raw
    if own := next((i for i in mapped if i.type == "country" and not is_multi_valued(raw, i.name + RAW)), None):
        form = _standardizer(own, country, today)
        frame = frame.withColumn(own.name + CANONICAL, form(F.col(own.name + RAW)))
        country = F.coalesce(own.name + CANONICAL, country)
    columns = {}
    for identifier in mapped:
        if identifier is not own:
            form = _standardizer(identifier, country, today)
            columns[identifier.name + CANONICAL] = _per_value(raw, identifier.name, form)
        if tidy := written_form(identifier.type):
            columns[identifier.name + TIDY] = _per_value(raw, identifier.name, tidy)
    return frame.withColumns(columns) if columns else frame


def _standardizer(identifier: Identifier, country: Column, today: date) -> Standardizer:
    return standardizer(
        identifier.type,
        country,
        F.lit(today),
        formats=identifier.formats,
        case_sensitive=identifier.case_sensitive,
        only_numeric=identifier.only_numeric,
        steps=[(step.name, step.regex, step.replace) for step in identifier.steps],
    )


def _per_value(raw: DataFrame, name: str, form: Callable[[Column], Column]) -> Column:
    """``form`` of the raw value, or of each of the raw values; null values are added to few."""
    values = F.col(name + RAW)
    if not is_multi_valued(raw, name + RAW):
        return form(values)
    return for_each([values], lambda value, _: form(value))


def _reasons(
    canonical: DataFrame, identifier: Identifier, built_in: Mapping[str, Sequence[str]], config: Config
) -> Column:
    """Why each value is set apart: ``blocked``, ``invalid``, or null where it is usable or was never there."""
    literals, patterns = _lists(canonical.sparkSession, identifier, built_in, config)

    def reason(value: Column, raw: Column, _: Column | None = None) -> Column:
        given = F.coalesce(value, or_null(F.lower(trim_space(raw))))
        is_listed, is_invalid = _is_listed(given, literals, patterns), value.isNull() & given.isNotNull()
        return F.when(is_listed, "blocked").when(is_invalid, "invalid")

    values, raws = F.col(identifier.name + CANONICAL), F.col(identifier.name + RAW)
    if not is_multi_valued(canonical, identifier.name + CANONICAL):
        return reason(values, raws)
    return for_each([values, raws], reason)


def _is_listed(value: Column, literals: Sequence[str], patterns: Sequence[str]) -> Column:
    return reduce(Column.__or__, (value.rlike(pattern) for pattern in patterns), value.isin(literals))


def _lists(
    spark: SparkSession, identifier: Identifier, built_in: Mapping[str, Sequence[str]], config: Config
) -> tuple[list[str], list[str]]:
    """The literal values (lower case, in canonical form too) and the regular expressions blocked for ``identifier``."""
    values = [*identifier.blocked, *built_in.get("any", ()), *built_in.get(identifier.type, ())]
    patterns = [v[1:-1] for v in values if _is_pattern(v)]
    literals = [v.strip() if identifier.case_sensitive else v.strip().lower() for v in values if not _is_pattern(v)]
    spaced = [" ".join(re.sub(r"[\W_]+", " ", v).split()) for v in literals]
    own = [v for v in identifier.blocked if not _is_pattern(v)]
    found = {*literals, *spaced, *_canonical_literals(spark, identifier, own, config)} - {""}
    return sorted(found), list(dict.fromkeys(patterns))


def _require_java_patterns(spark: SparkSession, identifiers: Sequence[Identifier]) -> None:
    """Raises ``ConfigError`` where Java, whose regular expressions Spark uses, cannot read one."""
    blocked = [(f"{i.name}.blocked", v[1:-1]) for i in identifiers for v in i.blocked if _is_pattern(v)]
    steps = [(f"{i.name}.standardize", step.regex) for i in identifiers for step in i.steps if step.regex]
    for place, pattern in blocked + steps:
        try:
            spark.range(1).select(F.lit("").rlike(pattern)).collect()
        except PySparkException as error:
            raise ConfigError(f"identifiers.{place}: '/{pattern}/' is no regular expression of Java") from error


def _is_pattern(value: str) -> bool:
    return len(value) > 2 and value.startswith("/") and value.endswith("/")


def _canonical_literals(
    spark: SparkSession, identifier: Identifier, values: Sequence[str], config: Config
) -> list[str]:
    """The project's own blocked values as the data will show them; built-in ones are written in canonical form."""
    if not values:
        return []
    form = _standardizer(identifier, F.lit(config.default_country).cast("string"), date.max)
    rows = spark.range(1).select(F.explode(F.array(*(form(F.lit(v)) for v in values))).alias("value")).collect()
    return [row["value"] for row in rows if row["value"] is not None]


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

    def entry(value: Column, raw: Column, reason: Column, _: Column | None = None) -> Column:
        shown = F.coalesce(value, or_null(trim_space(raw)))
        named = F.struct(F.lit(identifier.name).alias("identifier"), shown.alias("value"), reason.alias("reason"))
        return F.when(reason.isNotNull(), named)

    if not is_multi_valued(judged, identifier.name + CANONICAL):
        return F.array(entry(values, raws, reasons))
    return for_each([values, raws, reasons], entry)


def _without_blocked(usable: DataFrame, identifier: Identifier) -> DataFrame:
    """A derived identifier without the values of its own list, which ``blocked`` then names."""
    patterns = [v[1:-1] for v in identifier.blocked if _is_pattern(v)]
    literals = [v.strip() for v in identifier.blocked if not _is_pattern(v)]
    multi = is_multi_valued(usable, identifier.name)
    values = F.col(identifier.name) if multi else F.array_compact(F.array(identifier.name))
    listed = F.filter(values, lambda value: _is_listed(value, literals, patterns))

    def entry(value: Column) -> Column:
        return F.struct(F.lit(identifier.name), value, F.lit("blocked"))

    entries = F.coalesce(F.transform(listed, entry), F.array()).cast(BLOCKED)
    named = usable.withColumn("blocked", F.concat("blocked", entries))
    if not multi:
        kept = F.when(~_is_listed(F.col(identifier.name), literals, patterns), F.col(identifier.name))
    else:
        left = F.filter(identifier.name, lambda value: ~_is_listed(value, literals, patterns))
        kept = F.when(F.size(left) > 0, left)
    return named.withColumn(identifier.name, kept)


def _derived(usable: DataFrame, identifier: Identifier) -> Column:
    origin, transform, argument = str(identifier.derived_from), str(identifier.transform), identifier.argument
    written = origin + WRITTEN if origin + WRITTEN in usable.columns else origin
    if not is_multi_valued(usable, origin):
        return derived_form(transform, argument, F.col(origin), F.col(written))

    def derive(value: Column, shown: Column, _: Column) -> Column:
        return derived_form(transform, argument, value, shown)

    each = for_each([F.col(origin), F.col(written)], derive)
    values = F.array_distinct(F.flatten(F.array_compact(each)) if transform == "tokens" else F.array_compact(each))
    return F.when(F.size(values) > 0, values)
