"""Golden records: one row per ``dinmo_id``, each value chosen by its survivorship strategy.

The records of a profile meet once, in order from best to worst, whatever the fields and strategies: one exchange and
one sort. A profile of one record has nothing to choose from and takes no part in that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import MUST_LINK, Config
from identity_spark.expressions.source_sets import masked_names, masks
from identity_spark.expressions.survivorship import PLACE, best_first, known_map, most_common
from identity_spark.stages.golden.choices import Choice, choices, with_invalid
from identity_spark.stages.golden.fitting import require_fitting
from identity_spark.stages.golden.matched_ids import matched_ids

__all__ = ["HIDDEN", "golden_records", "matched_ids", "require_fitting"]

HIDDEN = ("surviving", "consent_widened")  # what other stages ask of golden records; no part of the table
REPRESENTATIVE = ("representative_entity_key_name", "representative_entity_key_value")


def golden_records(resolved: DataFrame, pairs: DataFrame, config: Config, today: date) -> DataFrame:
    """``GOLDEN`` less ``run_id``, a column per golden field, and ``HIDDEN``, of the published records of ``resolved``.

    ``resolved`` is ``STANDARDIZED`` with ``PROFILES``. ``surviving`` holds the canonical values of each identifier that
    the golden record shows; ``consent_widened`` tells whether a consent is refused where the last value grants it.
    """
    wanted = choices(resolved, config, today)
    published = reduce(with_invalid, wanted, resolved.where("dinmo_id IS NOT NULL"))
    several = (
        published.where("record_count > 1")
        .transform(_survivors, wanted, config)
        .transform(_of_several, wanted, config)
        .join(_rules(pairs, config).hint("shuffle_hash"), "dinmo_id", "left")
    )
    alone = published.where("record_count = 1").transform(_of_one, wanted)
    return _rows(several, wanted, config).unionByName(_rows(alone, wanted, config))


def _survivors(published: DataFrame, wanted: Sequence[Choice], config: Config) -> DataFrame:
    """A row per profile: what survives of each choice, its best record, and what all of them tell.

    Windows put the records in order and find the winners, then they are aggregated as they lie: it takes one exchange
    and one sort, and each value is carried by the record that wins alone.
    """
    in_order = Window.partitionBy("dinmo_id").orderBy(*best_first())
    profile = in_order.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    held = {c.held: F.flatten(F.collect_list(c.own_values()).over(profile)) for c in wanted if c.looks_at_all}
    placed = published.select(
        *("dinmo_id", "record_key", "source", "source_rank", "updated_at"),
        *dict.fromkeys(column for c in wanted for column in c.columns),
        F.row_number().over(in_order).alias(PLACE),
        *(values.alias(name) for name, values in held.items()),
    )
    choosing = [choice for choice in wanted if not choice.collects]
    whole = Window.partitionBy("dinmo_id")
    offering = placed.select("*", *_merged(choice.offer() for choice in choosing))
    won = offering.select("*", *_merged(choice.winners(whole) for choice in choosing))
    sources = masks(F.col("source_rank"), len(config.sources))
    is_best = F.col(PLACE) == 1
    profiles = won.groupBy("dinmo_id").agg(
        F.first(F.when(is_best, F.col("record_key")), ignorenulls=True).alias("record_key"),
        *(F.first(F.when(is_best, c.collected()), ignorenulls=True).alias(c.survivor) for c in wanted if c.collects),
        *_merged(choice.survivors() for choice in choosing),
        F.count("*").alias("record_count"),
        *(mask.alias(f"sources_{n}") for n, mask in enumerate(sources)),
        F.min("updated_at").alias("first_seen_at"),
        F.max("updated_at").alias("last_seen_at"),
    )
    widened = _any_of([choice.widens() for choice in wanted if choice.restricts])
    survived = {choice.survivor: choice.survived() for choice in choosing}
    return profiles.withColumns({**survived, "consent_widened": widened})


def _merged(parts: Iterable[Mapping[str, Column]]) -> list[Column]:
    """The columns of all ``parts`` under their names, each name once."""
    return [column.alias(name) for name, column in {n: c for part in parts for n, c in part.items()}.items()]


def _of_several(profiles: DataFrame, wanted: Sequence[Choice], config: Config) -> DataFrame:
    """What ``_rows`` needs of ``_survivors``, less ``rules``."""
    columns: dict[str, Column] = {}
    for choice in wanted:
        chosen = F.col(choice.survivor)
        values = {column: chosen[column] for column in choice.columns}
        columns |= _collected(choice) if choice.collects else _golden(choice, values, chosen)
    givers = [F.col(giver_of(f.name)) for c in wanted if not c.collects for f in c.fields]
    best = F.struct(F.lit(1).alias(PLACE), F.col("record_key").alias("record_key"))
    return (
        profiles.select(
            *(value.alias(name) for name, value in columns.items()),
            *("dinmo_id", "consent_widened", "record_count", "first_seen_at", "last_seen_at"),
            masked_names("sources_", [s.name for s in config.sources]).alias("sources"),
            best.alias("best"),
        )
        .withColumn("givers", F.array_compact(F.array(*givers, F.when(F.lit(False), F.col("best")))))
        .withColumn("best", F.coalesce(most_common("givers"), "best")["record_key"])
        .withColumn(REPRESENTATIVE[0], F.substring_index("best", ":", 1))
        .withColumn(REPRESENTATIVE[1], F.substring("best", F.length(REPRESENTATIVE[0]) + 2, F.length("best")))
    )


def _of_one(published: DataFrame, wanted: Sequence[Choice]) -> DataFrame:
    """What ``_rows`` needs of profiles of one record: its own values."""
    record = F.struct(F.lit(1).alias(PLACE), "record_key", "updated_at")
    own = published.select("*", *(c.own_values().alias(c.held) for c in wanted if c.looks_at_all))
    own = own.select("*", *(c.collected().alias(c.survivor) for c in wanted if c.collects))
    columns: dict[str, Column] = {}
    for choice in wanted:
        values = {} if choice.collects else {n: F.when(choice.offers(), v) for n, v in choice.own().items()}
        columns |= _collected(choice) if choice.collects else _golden(choice, values, record)
    return own.select(
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
    """Columns of one choice: each golden value, its record as ``giver``, and its canonical form.

    ``values`` are what ``record`` gives by column. The names are none that a record has.
    """
    columns: dict[str, Column] = {}
    for field in choice.fields:
        value = values[field.column]
        giver = F.struct(record[PLACE].alias(PLACE), record["record_key"].alias("record_key"))
        columns[value_of(field.name)] = value
        columns[giver_of(field.name)] = F.when(value.isNotNull(), giver)
        if choice.restricts:
            columns[date_of(field.name)] = F.when(value.isNotNull(), record["updated_at"])
        if field.is_identifier:
            key = values[field.name]
            columns[canonical_of(field.name)] = F.when(key.isNotNull(), F.array(key))
    return columns


def _collected(choice: Choice) -> dict[str, Column]:
    """Columns of a choice that collects: all its values, and their canonical forms."""
    (field,) = choice.fields
    entries = F.col(choice.survivor)
    values = F.sort_array(F.array_distinct(entries["value"]))
    columns = {value_of(field.name): F.when(F.size(values) > 0, values)}
    return columns | ({canonical_of(field.name): entries["key"]} if field.is_identifier else {})


def _rows(profiles: DataFrame, wanted: Sequence[Choice], config: Config) -> DataFrame:
    """The golden records in the order of their columns."""
    single = [golden.name for golden in config.golden if golden.strategy != "collect"]
    restricted = [golden.name for golden in config.golden if golden.strategy == "most_restrictive"]
    givers = [(name, F.col(giver_of(name))["record_key"]) for name in single]
    surviving = [F.col(canonical_of(f.name)).alias(f.name) for c in wanted for f in c.fields if f.is_identifier]
    return profiles.select(
        "dinmo_id",
        *(F.col(value_of(golden.name)).alias(golden.name) for golden in config.golden),
        *("record_count", "sources", F.coalesce("rules", F.array().cast("array<string>")).alias("rules")),
        *("first_seen_at", "last_seen_at", *REPRESENTATIVE),
        known_map(givers, "string").alias("field_sources"),
        known_map([(name, F.col(date_of(name))) for name in restricted], "timestamp").alias("consent_dates"),
        F.struct(*surviving).alias("surviving"),
        "consent_widened",
    )


def _rules(pairs: DataFrame, config: Config) -> DataFrame:
    """``dinmo_id``, ``rules``: the rules whose accepted pairs hold the profile together, sorted."""
    names = [MUST_LINK, *(rule.name for rule in config.rules)]
    rank = F.array_position(F.array(*map(F.lit, names)), F.col("rule")).cast("int") - 1
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
