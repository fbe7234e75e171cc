"""Golden records: one row per ``dinmo_id``, each value chosen by its survivorship strategy.

The records of a profile meet once, in order from best to worst, whatever the fields and strategies: one exchange and
one sort. A profile of one record has nothing to choose from and takes no part in that.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import MUST_LINK, Config
from identity_spark.expressions.name_sets import masked_names, masks
from identity_spark.expressions.survivorship import giver_at, known_map
from identity_spark.stages.golden.choices import Choice, choices, with_invalid
from identity_spark.stages.golden.fitting import require_fitting
from identity_spark.stages.golden.matched_ids import matched_ids
from identity_spark.stages.golden.winners import BEST, winners

__all__ = ["HIDDEN", "golden_records", "matched_ids", "require_fitting"]

HIDDEN = ("surviving", "consent_widened")  # what other stages ask of golden records; no part of the table
REPRESENTATIVE = ("representative_entity_key_name", "representative_entity_key_value")


def golden_records(resolved: DataFrame, pairs: DataFrame, config: Config, today: date) -> DataFrame:
    """``GOLDEN`` less ``run_id``, a column per golden field, and ``HIDDEN``, of the published records of ``resolved``.

    ``resolved`` is ``STANDARDIZED`` with ``PROFILES``. ``surviving`` holds the canonical values of each identifier that
    the golden record shows; ``consent_widened`` tells whether a consent is refused where the last value grants it.
    """
    wanted = choices(resolved, config, today)
    published = with_invalid(resolved.where("dinmo_id IS NOT NULL"), wanted)
    several = (
        published.where("record_count > 1")
        .transform(winners, wanted, config)
        .transform(_of_several, wanted, config)
        .join(_rules(pairs, config).hint("shuffle_hash"), "dinmo_id", "left")
    )
    alone = published.where("record_count = 1").transform(_of_one, wanted)
    return _rows(several, wanted, config).unionByName(_rows(alone, wanted, config))


def _of_several(profiles: DataFrame, wanted: Sequence[Choice], config: Config) -> DataFrame:
    """What ``_rows`` needs of ``winners``, less ``rules``."""
    columns: dict[str, Column] = {}
    for choice in wanted:
        columns |= _collected(choice) if choice.collects else _golden(choice, choice.winning_values(), choice.giver())
    best = giver_at(BEST)["record_key"]
    return profiles.select(
        *(value.alias(name) for name, value in columns.items()),
        *("dinmo_id", "record_count", "first_seen_at", "last_seen_at"),
        _any_of([choice.widens() for choice in wanted if choice.restricts]).alias("consent_widened"),
        masked_names("sources_", [s.name for s in config.sources]).alias("sources"),
        F.substring_index(best, ":", 1).alias(REPRESENTATIVE[0]),
        F.substring(best, F.instr(best, ":") + 1, F.length(best)).alias(REPRESENTATIVE[1]),
    )


def _of_one(published: DataFrame, wanted: Sequence[Choice]) -> DataFrame:
    """What ``_rows`` needs of profiles of one record: its own values."""
    record = F.struct("record_key", "updated_at")
    alone = published.select("*", *(c.values_of_record().alias(c.values) for c in wanted if c.looks_at_all))
    alone = alone.select("*", *(c.collected().alias(c.kept) for c in wanted if c.collects))
    columns: dict[str, Column] = {}
    for choice in wanted:
        values = (
            {}
            if choice.collects
            else {n: F.when(choice.is_candidate(), v) for n, v in choice.candidate_values().items()}
        )
        columns |= _collected(choice) if choice.collects else _golden(choice, values, record)
    return alone.select(
        *(value.alias(name) for name, value in columns.items()),
        *("dinmo_id", "record_count", F.lit(False).alias("consent_widened")),
        F.col("updated_at").alias("first_seen_at"),
        F.col("updated_at").alias("last_seen_at"),
        F.array("source").alias("sources"),
        F.lit(None).cast("array<string>").alias("rules"),
        F.col("source").alias(REPRESENTATIVE[0]),
        F.col("primary_key").alias(REPRESENTATIVE[1]),
    )


def _golden(choice: Choice, values: Mapping[str, Column], record: Column) -> dict[str, Column]:
    """Columns of one choice: each golden value, the key of its record as ``giver``, and its canonical form.

    ``values`` are what ``record`` gives by column. The names are none that a record has.
    """
    columns: dict[str, Column] = {}
    for field in choice.fields:
        value = values[field.column]
        columns[value_of(field.name)] = value
        columns[giver_of(field.name)] = F.when(value.isNotNull(), record["record_key"])
        if choice.restricts:
            columns[date_of(field.name)] = F.when(value.isNotNull(), record["updated_at"])
        if field.is_identifier:
            key = values[field.name]
            columns[canonical_of(field.name)] = F.when(key.isNotNull(), F.array(key))
    return columns


def _collected(choice: Choice) -> dict[str, Column]:
    """Columns of a choice that collects: all its values, and their canonical forms."""
    (field,) = choice.fields
    entries = F.col(choice.kept)
    values = F.sort_array(F.array_distinct(entries["value"]))
    columns = {value_of(field.name): F.when(F.size(values) > 0, values)}
    return columns | ({canonical_of(field.name): entries["key"]} if field.is_identifier else {})


def _rows(profiles: DataFrame, wanted: Sequence[Choice], config: Config) -> DataFrame:
    """The golden records in the order of their columns."""
    single = [golden.name for golden in config.golden if golden.strategy != "collect"]
    restricted = [golden.name for golden in config.golden if golden.strategy == "most_restrictive"]
    givers, dates = {name: giver_of(name) for name in single}, {name: date_of(name) for name in restricted}
    identifiers = [f.name for c in wanted for f in c.fields if f.is_identifier]
    surviving = ", ".join(f"'{name}', `{canonical_of(name)}`" for name in identifiers)
    return profiles.select(
        "dinmo_id",
        *(F.expr(f"`{value_of(golden.name)}` AS `{golden.name}`") for golden in config.golden),
        *("record_count", "sources", F.coalesce("rules", F.array().cast("array<string>")).alias("rules")),
        *("first_seen_at", "last_seen_at", *REPRESENTATIVE),
        known_map(givers, "string").alias("field_sources"),
        known_map(dates, "timestamp").alias("consent_dates"),
        F.expr(f"named_struct({surviving}) AS surviving"),
        "consent_widened",
    )


def _rules(pairs: DataFrame, config: Config) -> DataFrame:
    """``dinmo_id``, ``rules``: the rules whose accepted pairs hold the profile together, sorted."""
    names = [MUST_LINK, *(rule.name for rule in config.rules)]
    rank = F.expr(f"CAST(array_position(array({', '.join(map(repr, names))}), rule) AS INT) - 1")
    found = [mask.alias(f"rules_{n}") for n, mask in enumerate(masks(rank, len(names)))]
    accepted = pairs.where("status = 'accepted' AND dinmo_id IS NOT NULL").groupBy("dinmo_id").agg(*found)
    return accepted.select("dinmo_id", masked_names("rules_", names).alias("rules"))


def _any_of(conditions: Sequence[Column]) -> Column:
    return reduce(Column.__or__, conditions, F.lit(False))


def value_of(name: str) -> str:
    return f"value__{name}"


def giver_of(name: str) -> str:
    return f"giver__{name}"


def canonical_of(name: str) -> str:
    return f"canonical__{name}"


def date_of(name: str) -> str:
    return f"date__{name}"
