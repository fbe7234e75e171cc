"""Golden records: one row per ``dinmo_id``, each value chosen by its survivorship strategy."""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, GoldenField
from identity_spark.expressions.survivorship import collected, entries, record_order, survivor
from identity_spark.schemas import WRITTEN, is_multi_valued


def golden_records(resolved: DataFrame, pairs: DataFrame, config: Config) -> DataFrame:
    """``GOLDEN`` less ``run_id``, with a column per golden field, of the published records of ``resolved``.

    ``resolved`` is ``STANDARDIZED`` with ``PROFILES``. A profile of one record takes no part in the aggregation: half
    of all profiles or more are of that kind.
    """
    published = resolved.where("dinmo_id IS NOT NULL")
    record = F.struct(*record_order(), "source", "primary_key", "updated_at", *_carried(resolved, config)).alias(
        "record"
    )
    several = (
        published.where("record_count > 1")
        .select("dinmo_id", record)
        .groupBy("dinmo_id")
        .agg(F.sort_array(F.collect_list("record")).alias("records"))
        .transform(_survivors, resolved, config)
        .join(_rules(pairs), "dinmo_id", "left")
        .withColumn("rules", F.coalesce("rules", F.array().cast("array<string>")))
    )
    single = published.where("record_count = 1").transform(_alone, config)
    return several.select(*_columns(config)).unionByName(single.select(*_columns(config)))


def _alone(published: DataFrame, config: Config) -> DataFrame:
    """The golden records of profiles of one record: its own values, no aggregation and no choice between records."""
    values = {f.name: _own_value(published, f, config) for f in config.golden}
    return published.select(
        "dinmo_id",
        *(value.alias(name) for name, value in values.items()),
        "record_count",
        F.array("source").alias("sources"),
        F.array().cast("array<string>").alias("rules"),
        F.col("updated_at").alias("first_seen_at"),
        F.col("updated_at").alias("last_seen_at"),
        F.col("source").alias("representative_entity_key_name"),
        F.col("primary_key").alias("representative_entity_key_value"),
        _map_of(
            {
                f.name: F.when(values[f.name].isNotNull(), F.col("record_key"))
                for f in config.golden
                if f.strategy != "collect"
            }
        ).alias("field_sources"),
    )


def _own_value(published: DataFrame, field: GoldenField, config: Config) -> Column:
    """What the strategy of ``field`` gives for one record: only some strategies look at all of its values."""
    shown = _shown(published, field)
    if not _has_values_to_choose(published, field, config):
        value = F.col(shown)
        return F.when(value.isNotNull(), F.array(value)) if field.strategy == "collect" else value
    if field.strategy in ("max", "min", "longest", "most_restrictive", "collect"):
        record = F.struct(*record_order(), "source", *dict.fromkeys([shown, field.name]))
        chosen = _choose(F.array(record), shown, field, True)
        return chosen if field.strategy == "collect" else chosen["value"]
    return F.get(shown, F.lit(0))


def _carried(resolved: DataFrame, config: Config) -> list[str]:
    """The columns that a survivor is chosen from."""
    named = [n for field in config.golden for n in (field.name, field.name + WRITTEN)]
    return [n for n in named if n in resolved.columns]


def _survivors(profiles: DataFrame, resolved: DataFrame, config: Config) -> DataFrame:
    """Each golden field of ``profiles``, where each came from, and what is counted over the records."""
    chosen = profiles.withColumns({f"{f.name}__chosen": _chosen(resolved, f, config) for f in config.golden})
    best = F.get("records", F.lit(0))
    return chosen.select(
        "dinmo_id",
        *(_value(f).alias(f.name) for f in config.golden),
        F.size("records").cast("long").alias("record_count"),
        F.array_sort(F.array_distinct(F.transform("records", lambda r: r["source"]))).alias("sources"),
        F.array_min(F.transform("records", lambda r: r["updated_at"])).alias("first_seen_at"),
        F.array_max(F.transform("records", lambda r: r["updated_at"])).alias("last_seen_at"),
        best["source"].alias("representative_entity_key_name"),
        best["primary_key"].alias("representative_entity_key_value"),
        _field_sources(config).alias("field_sources"),
    )


def _shown(resolved: DataFrame, field: GoldenField) -> str:
    """The column whose values a golden record shows."""
    return field.name + WRITTEN if field.name + WRITTEN in resolved.columns else field.name


def _has_values_to_choose(resolved: DataFrame, field: GoldenField, config: Config) -> bool:
    """Whether one record may have several values of ``field``; the array of a plain field is one value."""
    return any(i.name == field.name for i in config.identifiers) and is_multi_valued(resolved, field.name)


def _chosen(resolved: DataFrame, field: GoldenField, config: Config) -> Column:
    """The surviving entry of ``field``, or the array of all values for ``collect``."""
    multi = _has_values_to_choose(resolved, field, config)
    return _choose(F.col("records"), _shown(resolved, field), field, multi)


def _choose(records: Column, shown: str, field: GoldenField, multi: bool) -> Column:
    values = entries(records, shown, field.name, multi)
    return collected(values) if field.strategy == "collect" else survivor(field.strategy, values, field.sources)


def _value(field: GoldenField) -> Column:
    chosen = F.col(f"{field.name}__chosen")
    return chosen if field.strategy == "collect" else chosen["value"]


def _field_sources(config: Config) -> Column:
    """map<field, record_key>: the record that each single value came from."""
    return _map_of({f.name: F.col(f"{f.name}__chosen")["record_key"] for f in config.golden if f.strategy != "collect"})


def _map_of(values: Mapping[str, Column]) -> Column:
    """map<string, string> of the values that are not null."""
    if not values:
        return F.create_map().cast("map<string,string>")
    entries_of = [F.struct(F.lit(name).alias("key"), value.alias("value")) for name, value in values.items()]
    return F.map_from_entries(F.array_compact(F.array(*(F.when(e["value"].isNotNull(), e) for e in entries_of))))


def _rules(pairs: DataFrame) -> DataFrame:
    """``dinmo_id``, ``rules``: the rules whose accepted pairs hold the profile together, sorted."""
    accepted = pairs.where("status = 'accepted' AND dinmo_id IS NOT NULL").select("dinmo_id", "rule").distinct()
    return accepted.groupBy("dinmo_id").agg(F.sort_array(F.collect_list("rule")).alias("rules"))


def _columns(config: Config) -> list[str]:
    return [
        "dinmo_id",
        *(f.name for f in config.golden),
        *("record_count", "sources", "rules", "first_seen_at", "last_seen_at"),
        *("representative_entity_key_name", "representative_entity_key_value", "field_sources"),
    ]
