"""Dates: what people type and systems export, right and wrong; Python's datetime as the oracle."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

import pytest
from properties import assert_standardizer_properties, standardized
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from identity_spark.config.dates import date_format_problem
from identity_spark.expressions.birth_date import month_day, standardize_date, written_day, year

TODAY = date(2026, 5, 1)

CASES = [  # formats, raw, canonical
    ([], "1980-02-03", "1980-02-03"),
    ([], "\u00a01980-02-03\n", "1980-02-03"),
    ([], "1980-2-3", "1980-02-03"),
    ([], "1980-02-03T00:00:00Z", "1980-02-03"),
    ([], "1980-02-03T23:59:59.999+02:00", "1980-02-03"),
    ([], "1980-02-03 00:00:00", "1980-02-03"),
    ([], "1980-02-03 00:00", "1980-02-03"),
    ([], "1980-02-03 00:00:00.000000 UTC", "1980-02-03"),
    ([], "1980-02-30", None),
    ([], "1980-13-01", None),
    ([], "1980-00-10", None),
    ([], "2000-02-29", "2000-02-29"),
    ([], "1900-02-29", None),
    ([], "1900-01-01", "1900-01-01"),
    ([], "1899-12-31", None),
    ([], "0000-00-00", None),
    ([], "0001-01-01", None),
    ([], "9999-12-31", None),
    ([], "2026-05-01", "2026-05-01"),
    ([], "2026-05-02", None),
    ([], "1980-02-03 or so", None),
    ([], "x1980-02-03", None),
    ([], "1980-02-033", None),
    ([], "1980-02-03T", None),
    ([], "1980-02", None),
    ([], "1980", None),
    ([], "19800203", None),
    ([], "03/02/1980", None),
    ([], "unknown", None),
    ([], "--", None),
    ([], "", None),
    ([], None, None),
    ([], "１９８０-02-03", None),
    (["dd/MM/yyyy"], "03/02/1980", "1980-02-03"),
    (["dd/MM/yyyy"], "3/2/1980", "1980-02-03"),
    (["dd/MM/yyyy"], "1980-02-03", "1980-02-03"),
    (["dd/MM/yyyy"], "03/02/1980 14:05", "1980-02-03"),
    (["dd/MM/yyyy"], "31/02/1980", None),
    (["dd/MM/yyyy"], "03/02/80", None),
    (["dd/MM/yyyy"], "03-02-1980", None),
    (["dd/MM/yyyy"], "02/13/1980", None),
    (["dd/MM/yyyy", "MM/dd/yyyy"], "02/13/1980", "1980-02-13"),
    (["dd/MM/yyyy", "MM/dd/yyyy"], "02/03/1980", "1980-03-02"),
    (["MM/dd/yyyy", "dd/MM/yyyy"], "02/03/1980", "1980-02-03"),
    (["M/d/yyyy"], "2/3/1980 12:00:00 AM", "1980-02-03"),
    (["dd.MM.yyyy"], "03.02.1980", "1980-02-03"),
    (["dd.MM.yyyy"], "03x02x1980", None),
    (["yyyy/MM/dd"], "1980/02/03", "1980-02-03"),
    (["yyyy-dd-MM"], "1980-03-02", "1980-02-03"),
    (["yyyyMMdd"], "19800203", "1980-02-03"),
    (["yyyyMMdd"], "1980203", None),
    (["ddMMyyyy"], "03021980", "1980-02-03"),
    (["dd/MM/yy"], "03/02/80", "1980-02-03"),
    (["dd/MM/yy"], "01/05/26", "2026-05-01"),
    (["dd/MM/yy"], "02/05/26", "1926-05-02"),
    (["dd/MM/yy"], "29/02/00", "2000-02-29"),
    (["dd/MM/yy"], "29/02/28", "1928-02-29"),
    (["dd/MM/yy"], "29/02/81", None),
    (["dd/MM/yy"], "03/02/1980", None),
    (["yyMMdd"], "800203", "1980-02-03"),
    (["d MMM yyyy"], "3 Feb 1980", "1980-02-03"),
    (["d MMM yyyy"], "3 FEBRUARY 1980", "1980-02-03"),
    (["d MMM yyyy"], "3 Febr 1980", None),
    (["d MMM yyyy"], "3 Sept. 1980", "1980-09-03"),
    (["d MMM yyyy"], "31 Jun 1980", None),
    (["MMMM d, yyyy"], "February 3, 1980", "1980-02-03"),
    (["dd-MMM-yy"], "03-FEB-80", "1980-02-03"),
    (["EEE, d MMM yyyy"], "Sun, 3 Feb 1980", "1980-02-03"),
    (["yyyy-MM-dd'T'HH:mm:ss.SSSXXX"], "1980-02-03T10:11:12.000+01:00", "1980-02-03"),
    (["epoch"], "318384000", "1980-02-03"),
    (["epoch"], "318384000.0", "1980-02-03"),
    (["epoch"], "0", "1970-01-01"),
    (["epoch"], "-1", "1969-12-31"),
    (["epoch"], "-9999999999", None),
    (["epoch"], "99999999999999999999", None),
    (["epoch_ms"], "318384000000", "1980-02-03"),
    (["epoch_ms"], "-86400001", "1969-12-30"),
    (["epoch", "epoch_ms"], "318384000000", "1980-02-03"),
    (["excel"], "29254", "1980-02-03"),
    (["excel"], "29254.75", "1980-02-03"),
    (["excel"], "1", "1900-01-01"),
    (["excel"], "59", "1900-02-28"),
    (["excel"], "60", None),
    (["excel"], "61", "1900-03-01"),
    (["excel"], "0", None),
    (["excel"], "999999", None),
    (["excel", "yyyyMMdd"], "19800203", "1980-02-03"),
]


def reader(formats: Sequence[str]):  # type: ignore[no-untyped-def]
    return lambda raw: standardize_date(raw, formats, F.lit(TODAY))


def test_a_date_is_canonical_or_null(spark: SparkSession) -> None:
    groups: dict[tuple[str, ...], list[tuple[str | None, str | None]]] = {}
    for formats, raw, expected in CASES:
        groups.setdefault(tuple(formats), []).append((raw, expected))
    for formats, cases in groups.items():
        actual = standardized(spark, reader(formats), [raw for raw, _ in cases])
        assert [(formats, raw, value) for (raw, _), value in zip(cases, actual, strict=True)] == [
            (formats, raw, value) for raw, value in cases
        ]


PATTERNS = {
    "yyyy-MM-dd": "%Y-%m-%d",
    "dd/MM/yyyy": "%d/%m/%Y",
    "MM/dd/yyyy": "%m/%d/%Y",
    "dd.MM.yyyy": "%d.%m.%Y",
    "dd-MM-yyyy": "%d-%m-%Y",
    "yyyy/MM/dd": "%Y/%m/%d",
    "yyyyMMdd": "%Y%m%d",
    "ddMMyyyy": "%d%m%Y",
    "d MMM yyyy": "%d %b %Y",
    "MMMM d, yyyy": "%B %d, %Y",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_as_python_reads_it(spark: SparkSession, pattern: str) -> None:
    """Random numbers in the place of year, month and day, half of them no date."""
    chance = random.Random(pattern)
    values = []
    for _ in range(400):
        day, month = f"{chance.randint(0, 33):02}", f"{chance.randint(0, 13):02}"
        parts = {"%Y": str(chance.randint(1890, 2030)), "%m": month, "%d": day}
        name = date(2000, chance.randint(1, 12), 1)
        parts |= {"%b": name.strftime("%b"), "%B": name.strftime("%B")}
        text = PATTERNS[pattern]
        for mark, part in parts.items():
            text = text.replace(mark, part)
        values.append(text)
    expected = [as_python_reads(text, PATTERNS[pattern]) for text in values]
    assert 50 < sum(value is None for value in expected) < 350
    assert standardized(spark, reader([pattern]), values) == expected


def as_python_reads(text: str, pattern: str) -> str | None:
    try:
        day = datetime.strptime(text, pattern).date()
    except ValueError:
        return None
    return day.isoformat() if date(1900, 1, 1) <= day <= TODAY else None


def test_numbers_as_python_reads_them(spark: SparkSession) -> None:
    chance = random.Random(3)
    days = [date(1900, 3, 1) + timedelta(days=chance.randrange(46_000)) for _ in range(300)]
    seconds = [int(datetime(d.year, d.month, d.day, 13, tzinfo=timezone.utc).timestamp()) for d in days]
    expected = [d.isoformat() for d in days]
    assert standardized(spark, reader(["epoch"]), [str(s) for s in seconds]) == expected
    assert standardized(spark, reader(["epoch_ms"]), [str(s * 1000) for s in seconds]) == expected
    assert standardized(spark, reader(["excel"]), [str((d - date(1899, 12, 30)).days) for d in days]) == expected


@pytest.mark.parametrize(
    "formats",
    [[], ["dd/MM/yyyy", "yyyy-MM-dd"], ["yyyyMMdd", "d MMM yyyy", "excel", "epoch", "epoch_ms"], ["dd/MM/yy"]],
    ids=str,
)
def test_properties(spark: SparkSession, formats: list[str]) -> None:
    samples = ["1980-02-03", "1980-02-03T00:00:00Z", "1999-12-31 00:00:00"]
    assert_standardizer_properties(spark, reader(formats), samples=samples)


def test_parts(spark: SparkSession) -> None:
    def parts(raw: Column) -> Column:
        return F.concat(year(raw), F.lit("|"), month_day(raw))

    assert standardized(spark, parts, ["1980-02-03", None]) == ["1980|02-03", None]


@pytest.mark.parametrize(
    "name", ["yyyy-MM", "dd/MM", "qqq", "yyyy-MM-dd'T", "yyyyy-MM-dd", "", "dd/dd/yyyy", "yyyy-DD", "ddd.MM.yyyy"]
)
def test_a_wrong_format_is_told(name: str) -> None:
    assert date_format_problem(name)  # the configuration tells it before Spark starts


@pytest.mark.parametrize("name", [*PATTERNS, "epoch", "epoch_ms", "excel", "d/M/yy", "yyyy-MM-dd'T'HH:mm:ssXXX"])
def test_a_right_format_is_taken(name: str) -> None:
    assert date_format_problem(name) is None


@pytest.mark.parametrize(
    "formats",
    [
        (),
        ("yyyy-MM-dd",),
        ("yyyy-dd-MM",),
        ("dd/MM/yy", "uuuu-d-M", "yyyy-MM-dd"),
        ("epoch", "excel", "d MMM yyyy", "EEEE, d. MMMM uuuu"),
    ],
)
def test_a_typed_day_is_read_as_itself(spark: SparkSession, formats: Sequence[str]) -> None:
    days = [date(1900, 1, 1), date(1980, 2, 3), date(2000, 12, 11), date(2026, 4, 30), None]
    frame = spark.createDataFrame([(day,) for day in days], "day date")
    read = standardize_date(written_day(F.col("day"), formats), formats, F.lit(TODAY))
    assert [row[0] for row in frame.select(read).collect()] == [day and day.isoformat() for day in days]
