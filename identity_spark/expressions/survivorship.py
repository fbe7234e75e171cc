"""Survivorship: which of a profile's values the golden record shows, as expressions over one record after another.

A record's ``place`` tells where it stands in its profile, from 1, best first: newest, then most trusted source, then
smallest ``record_key``. A record that counts and has a value is a *candidate*; a strategy is an order of candidates,
whose first is the *winner*, and of equals the one of the better place. A record that wins anything is a *giver*: the
golden record shows its *value*.
"""

from collections.abc import Callable, Mapping, Sequence

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

PLACE = "place__"
GIVERS = "givers__"  # array of the givers of a profile, each with its place
NO_TIME = (1 << 63) - 1  # a record without a time: later than every other in an order of times

Ranking = Callable[[Column, Column], Column]  # of a value and its canonical form: what is smaller survives


def best_first() -> list[Column]:
    """The order of a profile's records: unique, so that nothing depends on how rows arrive."""
    return [F.col("updated_at").desc_nulls_last(), F.col("source_rank").asc(), F.col("record_key").asc()]


def ranking(strategy: str, sources: Sequence[str] = (), values: str = "", numeric: bool = False) -> Ranking:
    """How ``strategy`` puts the values of a profile in order.

    ``sources`` is the order of trust for ``source_priority``; ``values`` the column with every canonical value of the
    profile for ``most_frequent``; ``numeric``: the values are numbers in text, which ``max`` and ``min`` read.
    """
    if strategy == "source_priority":
        trust = F.array(*map(F.lit, sources))
        return lambda value, key: F.array_position(trust, F.col("source"))
    if strategy == "most_frequent":  # the fewer other values, the more of this one
        return lambda value, key: F.size(F.array_remove(values, key))
    if strategy in ("max", "min") and numeric:
        return lambda value, key: F.struct(key.try_cast("double").alias("number"), value.alias("text"))
    return RANKINGS[strategy]


def winner(candidate: Column, profile: WindowSpec, rank: Column | None = None, greatest: bool = False) -> Column:
    """The place of the winner in its ``profile``: of the candidates the one of the least ``rank``.

    Of the greatest, if so; without a rank the best record. Null where there is no candidate. Places are numbers, so
    that what is compared and carried along is small, whatever the values are.
    """
    place = F.col(PLACE)
    if rank is None:
        return F.min(F.when(candidate, place)).over(profile)
    if greatest:
        return -F.max(F.when(candidate, F.struct(rank.alias("rank"), (-place).alias(PLACE)))).over(profile)[PLACE]
    return F.min(F.when(candidate, F.struct(rank.alias("rank"), place.alias(PLACE)))).over(profile)[PLACE]


def giver_at(place: str) -> Column:
    """Of a profile: the one of its ``GIVERS`` that has the place in the column ``place``; null for no place."""
    return F.expr(f"get({GIVERS}, CAST(array_position({GIVERS}.{PLACE}, `{place}`) AS INT) - 1)")


def best_of_record(strategy: str, values: Column, keys: Column, rank: Ranking) -> Column:
    """Position, from 0, of the value that ``strategy`` prefers among the several of one record."""
    if strategy in ("last_non_null", "first_non_null", "source_priority"):
        return F.lit(0)
    sign = -1 if strategy == "max" else 1

    def ranked(value: Column, n: Column) -> Column:
        return F.struct(rank(value, F.get(keys, n)).alias("rank"), (sign * n).alias("n"))

    ranks = F.transform(values, ranked)
    best = F.array_max(ranks) if strategy == "max" else F.array_min(ranks)
    return F.when(F.size(values) == 1, 0).otherwise(sign * best["n"])


def is_recent(max_age_days: int, today: Column) -> Column:
    """Whether the record is known to be from the last ``max_age_days`` days; one without a time is not."""
    return F.coalesce(F.date_diff(today, "updated_at") <= max_age_days, F.lit(False))


def permission(value: Column) -> Column:
    """What a value says: 0 no, 1 something else, 2 yes. What nobody can read must not widen a consent."""
    said = value.try_cast("boolean")
    return F.when(said, 2).when(~said, 0).otherwise(1)


def known_map(columns: Mapping[str, str], kind: str) -> Column:
    """map<string, kind>: by name the values of the ``columns`` that are not null."""
    names = ", ".join(f"if(`{column}` IS NULL, '', '{name}')" for name, column in columns.items())
    values = ", ".join(f"`{column}`" for column in columns.values())
    if not columns:
        return F.expr(f"CAST(map() AS map<string,{kind}>)")
    return F.expr(f"map_from_arrays(array_remove(array({names}), ''), array_compact(array({values})))")


RANKINGS: dict[str, Ranking] = {
    "last_non_null": lambda value, key: F.lit(0),
    "first_non_null": lambda value, key: F.coalesce(F.unix_micros("updated_at"), F.lit(NO_TIME)),
    "max": lambda value, key: value,
    "min": lambda value, key: value,
    "longest": lambda value, key: -F.length(value),
    "most_restrictive": lambda value, key: permission(value),
}
