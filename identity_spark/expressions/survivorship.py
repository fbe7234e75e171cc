"""Survivorship: which of a profile's values the golden record shows, as expressions over what its records have.

``values`` is the array of structs that ``entries`` makes for one field: the known values with their records, best
record first (newest, then most trusted source, then smallest ``record_key``). A strategy returns one of these structs,
null where there is none; its ``value`` survives, its ``record_key`` says where from.
"""

from collections.abc import Callable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

NO_TIME = (1 << 63) - 1  # the age of a record without a time: older than every other


def record_order() -> list[Column]:
    """The columns that put a profile's records best first when an array of their structs is sorted."""
    age = F.coalesce(-F.unix_micros("updated_at"), F.lit(NO_TIME)).alias("record__age")
    return [age, F.col("source_rank"), F.col("record_key")]


def entries(records: Column, field: str, key: str, multi_valued: bool) -> Column:
    """array<struct<age, source, record_key, value, key>> of the known values of ``field``, from records best first.

    Values with the same ``key`` (their canonical form) are one value, however they are written.
    """

    def entry(record: Column, value: Column, canonical: Column) -> Column:
        return F.struct(
            record["record__age"].alias("age"),
            record["source"].alias("source"),
            record["record_key"].alias("record_key"),
            value.alias("value"),
            canonical.alias("key"),
        )

    known = F.filter(records, lambda r: r[field].isNotNull())
    if not multi_valued:
        return F.transform(known, lambda r: entry(r, r[field], r[key]))
    return F.flatten(
        F.transform(known, lambda r: F.transform(r[field], lambda value, n: entry(r, value, F.get(r[key], n))))
    )


def survivor(strategy: str, values: Column, sources: Sequence[str]) -> Column:
    """The surviving entry of ``values``; ``sources`` is the full order of trust, which ``source_priority`` follows."""
    if strategy == "source_priority":
        trust = F.array(*map(F.lit, sources))
        return _least(values, lambda e: F.array_position(trust, e["source"]))
    return STRATEGIES[strategy](values)


def collected(values: Column) -> Column:
    """Every different value, sorted; null where there is none."""
    different = F.array_sort(F.array_distinct(F.transform(values, lambda e: e["value"])))
    return F.when(F.size(different) > 0, different)


def _least(values: Column, order: Callable[[Column], Column]) -> Column:
    """The entry with the smallest ``order``; of equals the one of the better record."""
    places = F.transform(values, lambda e, n: F.struct(order(e).alias("order"), n.alias("n")))
    return F.get(values, F.array_min(places)["n"])


def _last_non_null(values: Column) -> Column:
    return F.get(values, F.lit(0))


def _first_non_null(values: Column) -> Column:
    return _least(values, lambda e: F.when(e["age"] != NO_TIME, -e["age"]).otherwise(NO_TIME))


def _most_frequent(values: Column) -> Column:
    return _least(values, lambda e: -F.size(F.filter(values, lambda other: other["key"] == e["key"])))


def _max(values: Column) -> Column:
    places = F.transform(values, lambda e, n: F.struct(e["value"].alias("value"), (-n).alias("n")))
    return F.get(values, -F.array_max(places)["n"])


def _min(values: Column) -> Column:
    return _least(values, lambda e: e["value"])


def _longest(values: Column) -> Column:
    return _least(values, lambda e: -F.length(e["value"].cast("string")))


def _most_restrictive(values: Column) -> Column:
    """False beats true; text counts by what it says (``no``, ``0``), and what says nothing gives way."""
    return _least(values, lambda e: F.coalesce(e["value"].cast("string").try_cast("boolean").cast("int"), F.lit(2)))


STRATEGIES: dict[str, Callable[[Column], Column]] = {
    "last_non_null": _last_non_null,
    "first_non_null": _first_non_null,
    "most_frequent": _most_frequent,
    "max": _max,
    "min": _min,
    "longest": _longest,
    "most_restrictive": _most_restrictive,
}
