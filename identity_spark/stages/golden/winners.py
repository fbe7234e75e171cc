"""Which records of a profile win, and so give its values: found by windows over its records."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.expressions.name_sets import masks
from identity_spark.expressions.survivorship import GIVERS, PLACE, best_first
from identity_spark.stages.golden.choices import Choice

BEST = "best__place"  # the place of the record that gives most values
GIVEN = "given__"  # how many a record gives


def winners(published: DataFrame, wanted: Sequence[Choice], config: Config) -> DataFrame:
    """A row per profile: ``GIVERS``, the places that ``wanted`` choices point to, ``BEST`` and what all records tell.

    One exchange and one sort for all of it, and no aggregation, which would carry every value of every record along:
    windows find out who gives what, then the best record gathers those few.
    """
    profile = Window.partitionBy("dinmo_id")
    choosing = [choice for choice in wanted if not choice.collects]
    collected = [choice.kept for choice in wanted if choice.collects]
    won = _won(_placed(published, wanted), wanted, profile, config)
    places = [column for choice in choosing for column in choice.places]
    gives = reduce(Column.__or__, (F.col(place) == F.col(PLACE) for place in places), F.col(PLACE) == 1)
    giver = F.struct(PLACE, "record_key", "updated_at", *(name for c in choosing for name in c.candidate_columns))
    gathered = won.withColumns(
        {
            GIVERS: F.collect_list(F.when(gives, giver)).over(profile),
            BEST: -F.max(F.struct(GIVEN, (-F.col(PLACE)).alias(PLACE))).over(profile)[PLACE],
        }
    )
    told = [column for column in won.columns if column.startswith("sources_")]
    told += ["record_count", "first_seen_at", "last_seen_at"]
    return gathered.where(F.col(PLACE) == 1).select("dinmo_id", *told, *collected, *places, GIVERS, BEST)


def _placed(published: DataFrame, wanted: Sequence[Choice]) -> DataFrame:
    """The records with their place, and with all the values of their profile where a choice looks at those."""
    in_order = Window.partitionBy("dinmo_id").orderBy(*best_first())
    whole = in_order.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    values = {c.values: F.flatten(F.collect_list(c.values_of_record()).over(whole)) for c in wanted if c.looks_at_all}
    return published.select(
        *("dinmo_id", "record_key", "source", "source_rank", "updated_at"),
        *dict.fromkeys(column for c in wanted for column in c.columns),
        F.row_number().over(in_order).alias(PLACE),
        *(every.alias(name) for name, every in values.items()),
    )


def _won(placed: DataFrame, wanted: Sequence[Choice], profile: WindowSpec, config: Config) -> DataFrame:
    """The records with their values as candidates, the places that win, and how many values each gives."""
    choosing = [choice for choice in wanted if not choice.collects]
    candidates = placed.select("*", *_named(choice.candidates() for choice in choosing))
    of_profile = {
        **{f"sources_{n}": mask for n, mask in enumerate(masks(F.col("source_rank"), len(config.sources)))},
        "record_count": F.count("*"),
        "first_seen_at": F.min("updated_at"),
        "last_seen_at": F.max("updated_at"),
    }
    won = candidates.select(
        *("dinmo_id", "record_key", "updated_at", PLACE),
        *(choice.collected().alias(choice.kept) for choice in wanted if choice.collects),
        *(name for choice in choosing for name in choice.candidate_columns),
        *_named(choice.winners(profile) for choice in choosing),
        *(told.over(profile).alias(name) for name, told in of_profile.items()),
    )
    return won.withColumn(GIVEN, reduce(Column.__add__, (choice.given() for choice in choosing), F.lit(0)))


def _named(parts: Iterable[Mapping[str, Column]]) -> list[Column]:
    return [column.alias(name) for part in parts for name, column in part.items()]
