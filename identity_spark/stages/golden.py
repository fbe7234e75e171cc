"""Golden records: one row per ``dinmo_id``, each value chosen by its survivorship strategy."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, GoldenField
from identity_spark.expressions.survivorship import collected, entries, record_order, survivor
from identity_spark.schemas import WRITTEN, is_multi_valued


def golden_records(resolved: DataFrame, pairs: DataFrame, config: Config) -> DataFrame:
    """``GOLDEN`` less ``run_id``, with a column per golden field, for the published records of ``resolved``.

    ``resolved`` is ``STANDARDIZED`` with ``PROFILES``. A profile of one record takes the same expressions as the others
    but no aggregation: half of all profiles or more are of that kind.
    """
    published = resolved.where("dinmo_id IS NOT NULL")
    record = F.struct(*record_order(), "source", "primary_key", "updated_at", *_carried(resolved, config)).alias(
        "record"
    )
    single = published.where("record_count = 1").select("dinmo_id", F.array(record).alias("records"))
    several = (
        published.where("record_count > 1")
        .select("dinmo_id", record)
        .groupBy("dinmo_id")
        .agg(F.sort_array(F.collect_list("record")).alias("records"))
    )
    return (
        single.unionByName(several)
        .transform(_survivors, resolved, config)
        .join(_rules(pairs), "dinmo_id", "left")
        .withColumn("rules", F.coalesce("rules", F.array().cast("array<string>")))
        .select(*_columns(config))
    )


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


def _chosen(resolved: DataFrame, field: GoldenField, config: Config) -> Column:
    """The surviving entry of ``field``, or the array of all values for ``collect``."""
    shown = field.name + WRITTEN if field.name + WRITTEN in resolved.columns else field.name
    is_identifier = any(i.name == field.name for i in config.identifiers)
    values = entries(F.col("records"), shown, field.name, is_identifier and is_multi_valued(resolved, field.name))
    if field.strategy == "collect":
        return collected(values)
    return survivor(field.strategy, values, field.sources)


def _value(field: GoldenField) -> Column:
    chosen = F.col(f"{field.name}__chosen")
    return chosen if field.strategy == "collect" else chosen["value"]


def _field_sources(config: Config) -> Column:
    """map<field, record_key>: the record that each single value came from."""
    named = [
        F.struct(F.lit(f.name).alias("key"), F.col(f"{f.name}__chosen")["record_key"].alias("value"))
        for f in config.golden
        if f.strategy != "collect"
    ]
    known = F.filter(F.array(*named), lambda entry: entry["value"].isNotNull())
    return F.map_from_entries(known) if named else F.create_map().cast("map<string,string>")


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
