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
from identity_spark.expressions.standardizers import Standardizer, derived_form, standardizer, written_form
from identity_spark.expressions.text import or_null, trim_space
from identity_spark.schemas import BLOCKED, WRITTEN, is_multi_valued

RAW, CANONICAL, TIDY, REASON = "__raw", "__canonical", "__tidy", "__reason"  # the steps that each identifier takes
UNROLLED = 2  # so many values of a field are standardized one by one in generated code, more by an interpreted lambda


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
    usable = judged.select(
        *("record_id", "record_key", "source", "source_rank", "primary_key", "updated_at", "updated_at__unreadable"),
        *config.plain_fields,
        *(column for i in mapped for column in _usable(judged, i)),
        F.filter(F.flatten(F.array(*(_set_apart(judged, i) for i in mapped))), lambda b: b["reason"].isNotNull())
        .cast(BLOCKED)
        .alias("blocked"),
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
    return frame.withColumns(columns)


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
    """``form`` of the raw value, or of each of the raw values; null values are added to fewer than ``UNROLLED``."""
    values = F.col(name + RAW)
    if not is_multi_valued(raw, name + RAW):
        return form(values)
    first = F.array(*(form(F.get(values, F.lit(n))) for n in range(UNROLLED)))
    more = F.coalesce(values, F.array())
    rest = F.transform(F.slice(more, UNROLLED + 1, F.size(more)), form)
    return F.concat(first, rest)


def _reasons(
    canonical: DataFrame, identifier: Identifier, built_in: Mapping[str, Sequence[str]], config: Config
) -> Column:
    """Why each value is set apart: ``blocked``, ``invalid``, or null where it is usable or was never there."""
    literals, patterns = _lists(canonical.sparkSession, identifier, built_in, config)

    def reason(value: Column, raw: Column) -> Column:
        given = F.coalesce(value, or_null(F.lower(trim_space(raw))))
        is_listed, is_invalid = _is_listed(given, literals, patterns), value.isNull() & given.isNotNull()
        return F.when(is_listed, "blocked").when(is_invalid, "invalid")

    values, raws = F.col(identifier.name + CANONICAL), F.col(identifier.name + RAW)
    if not is_multi_valued(canonical, identifier.name + CANONICAL):
        return reason(values, raws)
    return F.zip_with(values, raws, reason)


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


def _usable(judged: DataFrame, identifier: Identifier) -> list[Column]:
    """The canonical value where nothing speaks against it, and its written form."""
    name, reasons = identifier.name, F.col(identifier.name + REASON)
    steps = {name: name + CANONICAL, name + WRITTEN: name + TIDY}
    steps = {new: step for new, step in steps.items() if step in judged.columns}
    if not is_multi_valued(judged, name + CANONICAL):
        return [F.when(reasons.isNull(), F.col(step)).alias(new) for new, step in steps.items()]
    values = F.col(name + CANONICAL)

    def is_first_usable(_: Column, position: Column) -> Column:
        value = F.get(values, position)
        return F.get(reasons, position).isNull() & (F.array_position(values, value) == position + 1)

    # Written forms stay in step with the canonical values they belong to; a field without values is null.
    kept = {new: F.filter(F.col(step), is_first_usable) for new, step in steps.items()}
    return [F.when(F.size(k) > 0, k).alias(new) for new, k in kept.items()]


def _set_apart(judged: DataFrame, identifier: Identifier) -> Column:
    """One struct of ``BLOCKED`` for each value of ``identifier``; its ``reason`` is null where the value is usable."""
    values, raws, reasons = (F.col(identifier.name + step) for step in (CANONICAL, RAW, REASON))

    def entry(value: Column, raw: Column, reason: Column) -> Column:
        shown = F.coalesce(value, or_null(trim_space(raw)))
        return F.struct(F.lit(identifier.name).alias("identifier"), shown.alias("value"), reason.alias("reason"))

    if not is_multi_valued(judged, identifier.name + CANONICAL):
        return F.array(entry(values, raws, reasons))
    return F.coalesce(
        F.transform(reasons, lambda reason, n: entry(F.get(values, n), F.get(raws, n), reason)),
        F.array().cast(BLOCKED),
    )


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

    def derive(value: Column, position: Column) -> Column:
        return derived_form(transform, argument, value, F.get(F.col(written), position))

    each = F.transform(origin, derive)
    values = F.array_distinct(F.flatten(F.array_compact(each)) if transform == "tokens" else F.array_compact(each))
    return F.when(F.size(values) > 0, values)
