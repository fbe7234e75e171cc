"""Golden overrides: values that people have decided, laid over those that survive."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, MapType, StructType

from identity_spark.config import Config
from identity_spark.errors import InputError
from identity_spark.schemas import DECIDED_VALUES, METRICS

NESTED = (ArrayType, MapType, StructType)
BY_OVERRIDE = "override"  # in field_sources, in place of a record key, which always holds a colon


def decided_values(overrides: DataFrame, resolved: DataFrame, redirects: DataFrame, golden: DataFrame) -> DataFrame:
    """``DECIDED_VALUES``: each field of a current profile that an override decides; of several the newest counts.

    ``overrides`` is ``GOLDEN_OVERRIDES``. One of a record is for the profile that the record is in; one of an id that
    has ended is for the id that ``redirects`` leads to. Overrides of nobody known are left out.
    """
    of_records = overrides.where("record_key IS NOT NULL").drop("dinmo_id")
    of_records = of_records.join(resolved.select("record_key", "dinmo_id"), "record_key").drop("record_key")
    onward = redirects.select(F.col("old_dinmo_id").alias("dinmo_id"), F.col("dinmo_id").alias("current_id"))
    of_ids = overrides.where("record_key IS NULL").join(onward, "dinmo_id", "left").drop("record_key")
    of_ids = of_ids.withColumn("dinmo_id", F.coalesce("current_id", "dinmo_id")).drop("current_id")
    current = of_ids.unionByName(of_records).join(golden.select("dinmo_id"), "dinmo_id", "left_semi")
    newest = Window.partitionBy("dinmo_id", "field").orderBy(
        F.desc_nulls_last("created_at"), "value", "reason", "author"
    )
    return current.withColumn("place", F.row_number().over(newest)).where("place = 1").select(*DECIDED_VALUES.names)


def misfits(overrides: DataFrame, golden: DataFrame, config: Config) -> DataFrame:
    """``field``, ``rows``: how many decided values of a field are none of its type."""
    kinds = {name: golden.schema[name].dataType for name in fields_of_one_value(config)}
    wrong = F.lit(False)
    for name, kind in kinds.items():
        is_wrong = F.lit(True) if isinstance(kind, NESTED) else F.col("value").try_cast(kind).isNull()
        wrong = F.when(F.col("field") == name, is_wrong).otherwise(wrong)
    found = overrides.where(F.col("value").isNotNull() & wrong).groupBy("field")
    return found.agg(F.count("*").alias("rows")).orderBy("field")


def require_fitting_values(found: Sequence[Row], golden: DataFrame) -> None:
    """Raises ``InputError`` where a decided value is none of its field's type: one of the ``misfits``."""
    if found:
        problems = (
            f"{field}: {rows} values do not read as {golden.schema[field].dataType.simpleString()}"
            for field, rows in found
        )
        raise InputError("\n".join(f"golden_overrides: {problem}; correct them" for problem in problems))


def fields_of_one_value(config: Config) -> list[str]:
    """The golden fields that an override may decide."""
    return [field.name for field in config.golden if field.strategy != "collect"]


def with_decided(golden: DataFrame, decided: DataFrame, config: Config) -> DataFrame:
    """``golden`` with the values of ``decided``; a null value empties the field.

    ``field_sources`` names ``override`` for them.
    """
    entry = F.struct(F.col("field").alias("key"), F.col("value").alias("value"))
    by_profile = decided.groupBy("dinmo_id").agg(
        F.map_from_entries(F.sort_array(F.collect_list(entry))).alias("decided")
    )
    joined = golden.join(by_profile, "dinmo_id", "left")
    shown = {field.name: field.dataType for field in golden.schema.fields}
    names = [field.name for field in config.golden if field.strategy != "collect"]
    is_decided = {name: F.coalesce(F.map_contains_key("decided", F.lit(name)), F.lit(False)) for name in names}
    values = {
        name: F.when(is_decided[name], F.col("decided")[name].try_cast(shown[name])).otherwise(F.col(name))
        for name in names
    }
    sources = F.when(F.col("decided").isNull(), F.col("field_sources")).otherwise(_with_overrides())
    return joined.withColumns({**values, "field_sources": sources}).select(*golden.columns)


def golden_override_metrics(overrides: DataFrame, decided: DataFrame, expired: int) -> DataFrame:
    """``METRICS``: how many overrides are in force, how many fields they decide, and how many have expired."""
    counts = overrides.agg(F.count("*").alias("in_force")).crossJoin(decided.agg(F.count("*").alias("fields")))
    values = {"in_force": F.col("in_force"), "decided_fields": F.col("fields"), "expired": F.lit(expired)}
    rows = F.array(*(F.struct(F.lit(n).alias("metric"), v.cast("double").alias("value")) for n, v in values.items()))
    named = counts.select(F.lit("golden_overrides").alias("name"), F.explode(rows).alias("m"))
    return named.select(F.lit("guardrail").alias("scope"), "name", "m.*").to(METRICS)


def _with_overrides() -> Column:
    """``field_sources`` where some fields are decided: those that show a value name the override."""
    kept = F.map_filter("field_sources", lambda field, _: ~F.map_contains_key("decided", field))
    known = F.map_filter("decided", lambda _, value: value.isNotNull())
    return F.map_concat(kept, F.transform_values(known, lambda _, __: F.lit(BY_OVERRIDE)))
