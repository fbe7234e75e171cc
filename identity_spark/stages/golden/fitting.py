"""Whether the strategies fit the types that the sources have; identifiers are checked with the configuration."""

from pyspark.sql import DataFrame
from pyspark.sql.types import ArrayType, BooleanType, DataType, MapType, NumericType, StringType, StructType

from identity_spark.config import Config, GoldenField
from identity_spark.errors import InputError

COMPARING = ("max", "min", "most_frequent", "collect")


def require_fitting(records: DataFrame, config: Config) -> None:
    """Raises ``InputError`` with every golden field whose strategy makes nothing of values of its type."""
    problems = []
    for golden in config.golden:
        kind = records.schema[golden.name].dataType
        if golden.name in config.plain_fields and (wanted := _misfit(golden, kind)):
            place = f"golden.groups.{golden.group}" if golden.group else f"golden.fields.{golden.name}"
            problems.append(
                f"{place}.strategy: {golden.strategy!r} does not fit {golden.name!r} of type {kind.simpleString()};"
                f" {wanted}, or choose another strategy"
            )
    if problems:
        raise InputError("\n".join(problems))


def _misfit(golden: GoldenField, kind: DataType) -> str | None:
    """What the field would have to be; None where the strategy fits."""
    if golden.strategy == "most_restrictive" and not isinstance(kind, BooleanType | StringType | NumericType):
        return "map it to true and false, a number, or text like yes and no"
    if golden.strategy == "longest" and not isinstance(kind, StringType):
        return "map it to text"
    if golden.strategy in COMPARING and _has_map(kind):
        return "map it to values that have an order"
    return None


def _has_map(kind: DataType) -> bool:
    if isinstance(kind, ArrayType):
        return _has_map(kind.elementType)
    if isinstance(kind, StructType):
        return any(_has_map(field.dataType) for field in kind.fields)
    return isinstance(kind, MapType)
