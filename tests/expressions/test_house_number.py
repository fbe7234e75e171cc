"""House numbers of addresses of many countries, held against numbers written by hand."""

from pathlib import Path

from properties import standardized
from pyspark.sql import SparkSession

from identity_spark.expressions.house_number import house_number
from identity_spark.expressions.postal_address import standardize_address

ADDRESSES = Path(__file__).resolve().parents[1] / "data" / "house_numbers.txt"
NOT_FOUND = 2  # so many a hundred may stay without their number; a wrong one is never given


def addresses() -> list[tuple[str, str | None, str]]:
    """Country, number, address of each line."""
    lines = ADDRESSES.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]
    return [(country, None if number == "-" else number, address) for country, number, address in rows]


def test_the_number_is_the_house_s_or_null(spark: SparkSession) -> None:
    rows = addresses()
    assert len(rows) >= 380
    assert len({country for country, _, _ in rows}) >= 50
    found = standardized(spark, house_number, standardized(spark, standardize_address, [row[-1] for row in rows]))
    differ = [(*row, number) for row, number in zip(rows, found, strict=True) if number != row[1]]
    assert not [row for row in differ if row[-1]]
    assert len(differ) <= NOT_FOUND * len(rows) // 100, differ
