"""Over-shared values: a value held by too many records, or by records of too many different people, matches nothing."""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Identifier
from identity_spark.expressions.elements import for_each
from identity_spark.expressions.identifier_values import held_values
from identity_spark.expressions.standardizers import derived_form
from identity_spark.schemas import OVER_SHARED, WRITTEN, is_multi_valued, multi_valued

HELD_BEFORE = "__held"  # suffix: the values of an identifier before over-shared ones go
AMENDED = "__amended"  # suffix: the value of a record that over-shared values leave
LEFT_OUT, CHANGED = "left_out", "changed"  # of records: a newer one has their key; values of theirs change
OTHER = "__other"  # suffix: what tells the values of an identifier apart


def over_shared_values(standardized: DataFrame, config: Config) -> DataFrame:
    """``OVER_SHARED``: the values over ``max_records_per_value`` or ``max_distinct_per_value``.

    Distinct last names are told apart by their soundex, so that a typo does not make a second family; other
    identifiers by their canonical values.
    """
    limited = capped(config)
    others = sorted({other for i in limited for other in i.max_distinct_per_value})
    held = standardized.select(
        *(_distinguishing(standardized, other, config).alias(other + OTHER) for other in others),
        F.explode(_held(standardized, config)).alias("held"),
    ).select("held.*", *(other + OTHER for other in others))
    # A row for each limit of the identifier, so that one plain aggregation after another counts for all of them:
    # Spark's own distinct counts of several columns take every row several times.
    rows = held.select("identifier", "value", F.inline(_limited(limited, multi_valued(standardized, others))))
    each = rows.groupBy("identifier", "value", "limited", "other").agg(F.sum("counted").alias("records"))
    counts = each.groupBy("identifier", "value", "limited").agg(
        F.sum("records").alias("records"), F.count("other").alias("different")
    )
    return counts.where(reduce(Column.__or__, map(_is_over, limited))).select(*OVER_SHARED.names).distinct()


def records_with_over_shared(standardized: DataFrame, over_shared: DataFrame, config: Config) -> DataFrame:
    """``record_id``, ``over_shared`` array<struct<identifier, value>>: the records that hold an over-shared value."""
    held = standardized.select("record_id", F.explode(_held(standardized, config)).alias("held")).select(
        "record_id", "held.*"
    )
    return (
        held.join(over_shared.select("identifier", "value"), ["identifier", "value"])
        .groupBy("record_id")
        .agg(F.sort_array(F.collect_set(F.struct("identifier", "value"))).alias("over_shared"))
    )


def amended_records(standardized: DataFrame, holders: DataFrame, config: Config) -> DataFrame:
    """The records of ``holders`` with what changes of them: over-shared values go from their identifier to ``blocked``.

    What was derived from such a value goes as well. ``record_id`` and a column for each that may change, its name with
    ``AMENDED``. They are few: what all other records are stays where it is.
    """
    # A copy, because a lambda sees a column of the same select before the one it replaces.
    copies = {i.name + HELD_BEFORE: F.col(i.name) for i in capped(config)}
    joined = standardized.join(holders, "record_id").withColumns(copies)
    columns: dict[str, Column] = {}
    for identifier in capped(config):
        columns |= _without(joined, identifier.name)
    for identifier in sorted(config.identifiers, key=lambda i: _steps(i, config)):
        if identifier.derived_from in columns:
            columns[identifier.name] = _still_derived(joined, identifier, columns)
    moved = F.transform(
        "over_shared",
        lambda held: F.struct(held["identifier"], held["value"], F.lit("over_shared").alias("reason")),
    )
    columns["blocked"] = F.concat("blocked", moved)
    amended = (value.alias(name + AMENDED) for name, value in columns.items())
    return joined.select("record_id", F.lit(False).alias(LEFT_OUT), *amended)


def usable_records(standardized: DataFrame, amended: DataFrame) -> DataFrame:
    """``STANDARDIZED`` of the records that take part in matching, with the values that do.

    ``amended`` has a row for each record that changes (``amended_records``) or is left out (``LEFT_OUT``).
    """
    changes = [name for name in amended.columns if name.endswith(AMENDED)]
    marked = amended.select("record_id", LEFT_OUT, *changes, F.lit(True).alias(CHANGED))
    joined = standardized.join(marked, "record_id", "left").where(~F.coalesce(F.col(LEFT_OUT), F.lit(False)))

    def value(name: str) -> str:
        return f"if({CHANGED}, `{name}{AMENDED}`, `{name}`) AS `{name}`" if name + AMENDED in changes else f"`{name}`"

    return joined.selectExpr(*map(value, standardized.columns))


def _held(frame: DataFrame, config: Config) -> Column:
    """``held_values`` of the identifiers with a cap."""
    names = [i.name for i in capped(config)]
    return held_values(names, multi_valued(frame, names))


def capped(config: Config) -> list[Identifier]:
    """The identifiers that have a limit of records or of different people to a value."""
    return [i for i in config.identifiers if i.is_capped]


def _distinguishing(frame: DataFrame, other: str, config: Config) -> Column:
    if config.identifier(other).type != "last_name":
        return F.col(other)
    return F.array_distinct(F.transform(other, F.soundex)) if is_multi_valued(frame, other) else F.soundex(other)


def _limited(capped: Sequence[Identifier], several: Collection[str]) -> Column:
    """array<struct<limited, other, counted>>: the limits of the row's identifier, and what of its record each counts.

    ``limited`` is the identifier whose different values are counted, null where there is a limit of records alone;
    ``counted`` is 1 once for each record and limit. Identifiers in ``several`` have several values in a record.
    """
    limits = F.array(_counted(None, F.lit(None), F.lit(1)))
    for identifier in capped:
        if identifier.max_distinct_per_value:
            found = (_others(other, other in several) for other in identifier.max_distinct_per_value)
            limits = F.when(F.col("identifier") == identifier.name, F.concat(*found)).otherwise(limits)
    return limits


def _others(other: str, has_several: bool) -> Column:
    """``_limited`` for one limit."""
    values = F.col(other + OTHER)
    if not has_several:
        return F.array(_counted(other, values, F.lit(1)))
    each = F.transform(values, lambda value, n: _counted(other, value, F.when(n == 0, 1).otherwise(0)))
    return F.when(F.size(values) > 0, each).otherwise(F.array(_counted(other, F.lit(None), F.lit(1))))


def _counted(limited: str | None, other: Column, counted: Column) -> Column:
    return F.struct(
        F.lit(limited).cast("string").alias("limited"), other.cast("string").alias("other"), counted.alias("counted")
    )


def _is_over(identifier: Identifier) -> Column:
    """Whether the row is of a value of ``identifier`` that breaks a limit."""
    limits = [
        f"limited = '{other}' AND different > {most}" for other, most in identifier.max_distinct_per_value.items()
    ]
    if identifier.max_records_per_value is not None:
        limits.append(f"records > {identifier.max_records_per_value}")
    return F.expr(f"identifier = '{identifier.name}' AND coalesce({' OR '.join(limits)}, false)")


def _without(joined: DataFrame, name: str) -> dict[str, Column]:
    """The identifier and its written form less what is over-shared."""
    bad = F.expr(f"filter(over_shared, held -> held.identifier = '{name}').value")
    names = [n for n in (name, name + WRITTEN) if n in joined.columns]
    if not is_multi_valued(joined, name):
        keep = ~F.coalesce(F.array_contains(bad, F.col(name)), F.lit(False))
        return {n: F.when(keep, F.col(n)) for n in names}
    values = F.col(name + HELD_BEFORE)
    kept = {n: F.filter(n, lambda _, at: ~F.array_contains(bad, F.get(values, at))) for n in names}
    return {n: F.when(F.size(kept[n]) > 0, kept[n]) for n in names}


def _steps(identifier: Identifier, config: Config) -> int:
    """How many derivations lie between the identifier and the one that sources map."""
    origin = identifier.derived_from
    return 0 if origin is None else 1 + _steps(config.identifier(origin), config)


def _still_derived(joined: DataFrame, identifier: Identifier, columns: Mapping[str, Column]) -> Column:
    """The values of a derived identifier that come from what is left of its origin, which ``columns`` hold."""
    origin, transform = str(identifier.derived_from), str(identifier.transform)
    values, before = columns[origin], columns.get(identifier.name, F.col(identifier.name))
    if not is_multi_valued(joined, origin):
        return F.when(values.isNotNull(), before)

    def derive(value: Column, shown: Column, _: Column) -> Column:
        return derived_form(transform, identifier.argument, value, shown)

    each = F.array_compact(for_each([values, columns.get(origin + WRITTEN, values)], derive))
    left = F.array_intersect(before, F.flatten(each) if transform == "tokens" else each)
    return F.when(F.size(left) > 0, left)
