"""Checks before publication: the results agree with one another, or nothing is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.errors import CheckError
from identity_spark.schemas import STATUSES, WRITTEN, Totals, is_multi_valued


def verify(total: int, totals: Totals) -> dict[str, int]:
    """The run's counts; raises ``CheckError`` with every disagreement between the results.

    ``total`` is the number of records read. Records partition into unique, matched, conflict, missing and bad keys. The
    golden records stand for the published ones: there is one for each published cluster, and the sums of the ids'
    fingerprints, once for each record, are the same.
    """
    counts = {name: totals.of_records(name) for name in (*STATUSES, "published", "fingerprint")}
    counts |= {"golden_records": totals.golden["golden_records"], "bad_keys": sum(totals.bad_keys.values())}
    parts = sum(counts[name] for name in (*STATUSES, "bad_keys"))
    problems = []
    if parts != total:
        problems.append(f"{total} records were read, but {parts} are accounted for")
    if counts["golden_records"] != totals.profiles:
        problems.append(
            f"{totals.profiles} profiles are published, but there are {counts['golden_records']} golden records"
        )
    if counts["published"] != (stood_for := totals.golden["records"]):
        problems.append(f"{counts['published']} records are published, but golden records stand for {stood_for}")
    elif counts["fingerprint"] != (totals.golden["fingerprint"] or 0):
        problems.append("golden records stand for other profiles than the lookup has")
    if disordered := sum(of_rule["disordered"] for of_rule in totals.pairs.values()):
        problems.append(f"{disordered} pairs are out of order")
    if problems:
        raise CheckError("; ".join(problems) + "; nothing was written, please report this")
    return {"records": total, **{name: counts[name] for name in (*STATUSES, "golden_records", "bad_keys")}}


def value_checks(resolved: DataFrame, golden: DataFrame, config: Config) -> DataFrame | None:
    """``field``, ``wrong``: how many golden values of a field are not those in the record that ``field_sources`` names.

    It brings every record to its profile once more, so it is done where the configuration asks for it; else None.
    """
    fields = [f.name for f in config.golden if f.strategy != "collect"] if config.verify_values else []
    if not fields:
        return None
    values = golden.select("dinmo_id", "field_sources", *(F.col(name).alias(f"golden__{name}") for name in fields))
    both = resolved.where("dinmo_id IS NOT NULL").join(values, "dinmo_id")
    shown = values.agg(*(F.count(f"golden__{name}").alias(f"shown__{name}") for name in fields))
    found = both.agg(*(F.count_if(_is_its_value(both, name, config)).alias(f"found__{name}") for name in fields))
    wrong = (
        F.struct(F.lit(n).alias("field"), (F.col(f"shown__{n}") - F.col(f"found__{n}")).alias("wrong")) for n in fields
    )
    return shown.crossJoin(found).select(F.inline(F.array(*wrong))).where("wrong <> 0")


def require_values(wrong: Sequence[Mapping[str, Any]]) -> None:
    """Raises ``CheckError`` where there are rows of ``value_checks``."""
    if wrong:
        told = ", ".join(f"{row['wrong']} values of {row['field']}" for row in wrong)
        raise CheckError(
            f"golden records differ from the records they name: {told}; nothing was written, please report this"
        )


def _is_its_value(both: DataFrame, name: str, config: Config) -> Column:
    """Whether the record is the one that the golden value of ``name`` is said to come from, and has that value."""
    column, golden = name + WRITTEN if name + WRITTEN in both.columns else name, F.col(f"golden__{name}")
    several = name not in config.plain_fields and is_multi_valued(both, name)
    invalid = F.transform(
        F.filter("blocked", lambda b: (b["identifier"] == name) & (b["reason"] == "invalid")), lambda b: b["value"]
    )
    has_value = F.array_contains(column, golden) if several else F.col(column) == golden
    stands_in = F.array_contains(invalid, golden) if name not in config.plain_fields else F.lit(False)
    is_named = F.col("field_sources")[name] == F.col("record_key")
    return is_named & (F.coalesce(has_value, F.lit(False)) | stands_in)
