"""Countries: a table of writings, every writing of the data, and properties on generated text."""

import random
from collections import Counter
from collections.abc import Iterator

import phonenumbers
import pytest
from chispa.column_comparer import assert_column_equality
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions.country import comparable, standardize_country
from identity_spark.reference import facts

CASES = [
    # codes
    ("US", "US"),
    ("us", "US"),
    (" Us ", "US"),
    ("U.S.", "US"),
    ("U. S. A.", "US"),
    ("USA", "US"),
    ("usa", "US"),
    ("840", "US"),
    ("UK", "GB"),
    ("U.K.", "GB"),
    ("GBR", "GB"),
    ("DEU", "DE"),
    ("GER", "DE"),
    ("276", "DE"),
    ("040", "AT"),
    ("EL", "GR"),
    ("NO", "NO"),
    ("NA", "NA"),
    (" na ", "NA"),
    ("N/A", None),
    ("n.a.", None),
    ("Namibia", "NA"),
    ("XK", "XK"),
    # English names
    ("United States", "US"),
    ("United States of America", "US"),
    ("The United States", "US"),
    ("America", "US"),
    ("united-kingdom", "GB"),
    ("Great Britain", "GB"),
    ("England", "GB"),
    ("scotland", "GB"),
    ("WALES", "GB"),
    ("Northern Ireland", "GB"),
    ("Ireland", "IE"),
    ("The Netherlands", "NL"),
    ("Holland", "NL"),
    ("Czech Republic", "CZ"),
    ("South Korea", "KR"),
    ("Korea, South", None),
    ("Russian Federation", "RU"),
    ("Ivory Coast", "CI"),
    ("Cote d'Ivoire", "CI"),
    ("C\u00f4te d\u2019Ivoire", "CI"),
    ("Trinidad & Tobago", "TT"),
    ("Trinidad and Tobago", "TT"),
    ("St. Lucia", "LC"),
    ("Saint Lucia", "LC"),
    ("Turkey", "TR"),
    ("T\u00fcrkiye", "TR"),
    ("Viet Nam", "VN"),
    ("UAE", "AE"),
    ("Niger", "NE"),
    ("Nigeria", "NG"),
    ("Guinea", "GN"),
    ("Georgia", "GE"),
    # native and other languages, other scripts
    ("Deutschland", "DE"),
    ("\u00d6sterreich", "AT"),
    ("OSTERREICH", "AT"),
    ("Espa\u00f1a", "ES"),
    ("espana", "ES"),
    ("France", "FR"),
    ("\uff26\uff32", "FR"),
    ("Allemagne", "DE"),
    ("Estados Unidos", "US"),
    ("\u00c9tats-Unis", "US"),
    ("Suisse", "CH"),
    ("Schweiz", "CH"),
    ("Norge", "NO"),
    ("Brasil", "BR"),
    ("\u0420\u043e\u0441\u0441\u0438\u044f", "RU"),
    ("\u0395\u03bb\u03bb\u03ac\u03b4\u03b1", "GR"),
    ("\u65e5\u672c", "JP"),
    ("\u4e2d\u56fd", "CN"),
    ("\u0645\u0635\u0631", "EG"),
    ("\u0e44\u0e17\u0e22", "TH"),
    # unknown
    ("Atlantis", None),
    ("ZZ", None),
    ("EU", None),
    ("unknown", None),
    ("12", None),
    ("-", None),
    ("", None),
    ("  ", None),
    (None, None),
]


def test_country_is_alpha_2_or_null(spark: SparkSession) -> None:
    df = spark.createDataFrame(CASES, "raw string, expected string")
    assert_column_equality(df.withColumn("actual", standardize_country(F.col("raw"))), "actual", "expected")


@pytest.mark.usefixtures("compiled")
def test_every_writing_of_the_data_gives_its_country(spark: SparkSession) -> None:
    names = facts("country_names")
    rows = [(name, country) for country, writings in names.items() for name in (country, *writings)]
    rows += [(name.upper(), country) for name, country in rows] + [
        (f"\u3000{name}\n", country) for name, country in rows
    ]
    df = spark.createDataFrame(rows, "raw string, expected string")
    wrong = df.where(~standardize_country(F.col("raw")).eqNullSafe(F.col("expected")))
    assert len(rows) > 5000
    assert wrong.collect() == []


def test_no_writing_means_two_countries() -> None:
    names = facts("country_names")
    owners = {(comparable(name), country) for country, writings in names.items() for name in (country, *writings)}
    counts = Counter(key for key, _ in owners)
    assert [key for key, count in counts.items() if count > 1] == []
    assert "" not in counts


def test_countries_with_telephones_are_known() -> None:
    exceptions = {"AC", "TA"}  # Ascension and Tristan da Cunha: parts of SH in ISO 3166
    assert set(phonenumbers.SUPPORTED_REGIONS) - set(facts("country_names")) == exceptions


def generated_texts() -> Iterator[str]:
    seeded = random.Random(5)
    names = [name for writings in facts("country_names").values() for name in writings]
    for _ in range(2000):
        points = (seeded.choice([seeded.randrange(1, 0xD800), seeded.randrange(0xE000, 0x110000)]) for _ in range(12))
        yield "".join(map(chr, points))
        yield "".join(seeded.choices("USAGBDERF .-'", k=seeded.randint(0, 4)))
        yield seeded.choice(names).swapcase()
    for part in ("US", "a", " ", "\u00df", "\u0301", "\U0001f600"):
        yield part * (100_000 // len(part))


@pytest.mark.usefixtures("compiled")
def test_properties_on_generated_text(spark: SparkSession) -> None:
    df = spark.createDataFrame([(text,) for text in generated_texts()], "raw string")
    countries = df.withColumn("actual", standardize_country(F.col("raw"))).cache()
    assert countries.where(F.col("actual").isNotNull()).count() > 1000
    assert countries.where(~F.col("actual").rlike(r"\A[A-Z]{2}\z")).count() == 0
    again = standardize_country(F.col("actual"))
    assert countries.where(~again.eqNullSafe(F.col("actual"))).count() == 0
    spaced = standardize_country(F.concat(F.lit("\u00a0\t"), F.lower("raw"), F.lit("\u2003\n")))
    assert countries.where(F.col("actual").isNotNull() & ~spaced.eqNullSafe(F.col("actual"))).count() == 0
