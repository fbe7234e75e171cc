"""Phone numbers: a table of writings, properties on generated text, and the package phonenumbers as oracle."""

import random
import string
from collections import Counter
from collections.abc import Iterator
from functools import reduce

import phonenumbers
import pytest
from chispa.column_comparer import assert_column_equality
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions.phone import standardize_phone
from identity_spark.reference import facts

CASES = [
    # spaces, brackets, dashes, dots, slashes
    ("(212) 555-0123", "US", "+12125550123"),
    ("212-555-0123", "US", "+12125550123"),
    ("212.555.0123", "CA", "+12125550123"),
    ("2125550123", "US", "+12125550123"),
    ("2125550123.0", "US", "+12125550123"),
    ("1 212 555 0123", "US", "+12125550123"),
    (" 212  555  0123\t", "US", "+12125550123"),
    ("\u00a0212\u00a0555\u00a00123\n", "US", "+12125550123"),
    ("020 7946 0018", "GB", "+442079460018"),
    ("020/7946-0018", "GB", "+442079460018"),
    ("'020 7946 0018", "GB", "+442079460018"),
    ("20 7946 0018", "GB", "+442079460018"),
    ("06 12 34 56 78", "FR", "+33612345678"),
    ("612345678", "FR", "+33612345678"),
    ("0176/123 456 78", "DE", "+4917612345678"),
    ("0176\u2013123\u201345678", "DE", "+4917612345678"),
    ("030 \u2215 123456".replace("\u2215", "/"), "DE", "+4930123456"),
    # calling codes: +, 00, and what the country dials
    ("+12125550123", "FR", "+12125550123"),
    ("+1 (212) 555-0123", None, "+12125550123"),
    ("0044 20 7946 0018", "FR", "+442079460018"),
    ("0044 20 7946 0018", None, "+442079460018"),
    ("00 44 20 7946 0018", "US", "+442079460018"),
    ("011 44 20 7946 0018", "US", "+442079460018"),
    ("0011 44 20 7946 0018", "AU", "+442079460018"),
    ("010 44 20 7946 0018", "JP", "+442079460018"),
    ("8~10 44 20 7946 0018".replace("~", " "), "RU", "+442079460018"),
    ("44 20 7946 0018", "GB", "+442079460018"),
    ("4917612345678", "DE", "+4917612345678"),
    ("442079460018", "US", None),
    ("(+44) 20 7946 0018", "US", "+442079460018"),
    # trunk prefixes, after calling codes too
    ("+44 (0)20 7946 0018", "GB", "+442079460018"),
    ("+44 (0)20 7946 0018", "US", "+442079460018"),
    ("+44 020 7946 0018", None, "+442079460018"),
    ("0044 (0) 20 7946 0018", "DE", "+442079460018"),
    ("+1 (0)212 555 0123", "FR", "+12125550123"),
    ("+39 06 1234 5678", "IT", "+390612345678"),
    ("06 1234 5678", "IT", "+390612345678"),
    ("333 123 4567", "IT", "+393331234567"),
    ("8 (495) 123-45-67", "RU", "+74951234567"),
    ("+7 8 495 123 45 67", "RU", "+74951234567"),
    ("8 800 200 12 34", "RU", "+78002001234"),
    ("800 200 12 34", "RU", "+78002001234"),
    ("06 1 234 5678", "HU", "+3612345678"),
    ("+36 (06) 1 234 5678", "HU", "+3612345678"),
    ("8 017 200 12 34", "BY", "+375172001234"),
    ("8 612 34567", "LT", "+37061234567"),
    ("01 55 1234 5678", "MX", "+525512345678"),
    ("+52 1 55 1234 5678", "MX", "+525512345678"),
    ("011 15 4321-1234", "AR", "+5491143211234"),
    ("0 15 11 91234-5678", "BR", "+5511912345678"),
    ("464-1234", "AG", "+12684641234"),
    # other digits and punctuation
    ("\uff0b\uff14\uff14 \uff12\uff10 \uff17\uff19\uff14\uff16 \uff10\uff10\uff11\uff18", None, "+442079460018"),
    ("\u0660\u0662\u0660 \u0667\u0669\u0664\u0666 \u0660\u0660\u0661\u0668", "GB", "+442079460018"),
    ("\u200e+44 20 7946 0018\u202c", "US", "+442079460018"),
    ("\uff08\uff10\uff13\uff091234\u30fc5678", "JP", "+81312345678"),
    # labels, extensions, notes
    ("tel:+44-20-7946-0018", "US", "+442079460018"),
    ("Tel.: 020 7946 0018", "GB", "+442079460018"),
    ("(212) 555-0123 ext. 12", "US", "+12125550123"),
    ("(212) 555-0123 x12", "US", "+12125550123"),
    ("(212) 555-0123 #12", "US", "+12125550123"),
    ("(212) 555-0123, 12", "US", "+12125550123"),
    ("+12125550123;ext=12", "US", "+12125550123"),
    ("512 3456 x12", "EE", "+3725123456"),
    ("020 7946 0018 (home)", "GB", "+442079460018"),
    ("020 7946 0018 or 07700 900123", "GB", "+442079460018"),
    ("+44 20 7946 0018; +44 7700 900123", "GB", "+442079460018"),
    # letters of the keypad
    ("1-800-FLOWERS", "US", "+18003569377"),
    ("800 flowers", "US", "+18003569377"),
    ("+1 800 555 HELP", None, "+18005554357"),
    ("0800 REVERSE", "GB", "+448007383773"),
    # wrong
    ("555-0123", "US", None),
    ("12345", "US", None),
    ("212 555 01234", "US", None),
    ("212 555 0123", None, None),
    ("212 555 0123", "ZZ", None),
    ("020 7946 0018", "US", None),
    ("0000000000", "US", None),
    ("1111111111", "US", None),
    ("00000000000", "GB", None),
    ("+999 123456789", "US", None),
    ("+44", "GB", None),
    ("+", "GB", None),
    ("00", "GB", None),
    ("++--", "GB", None),
    ("unknown", "US", None),
    ("ann@x.io", "US", None),
    ("221b Baker Street", "GB", None),
    ("0", "US", None),
    ("", "US", None),
    ("   ", "US", None),
    (None, "US", None),
    (None, None, None),
]


def standardized(phones: DataFrame) -> DataFrame:
    return phones.withColumn("actual", standardize_phone(F.col("raw"), F.col("country")))


def test_phone_is_e164_or_null(spark: SparkSession) -> None:
    df = spark.createDataFrame(CASES, "raw string, country string, expected string")
    assert_column_equality(standardized(df), "actual", "expected")


@pytest.mark.parametrize("country", ["US", "GB", "RU", "AR", None])
def test_constant_country_gives_the_same(spark: SparkSession, country: str | None) -> None:
    df = spark.createDataFrame(CASES, "raw string, country string, expected string")
    same = df.where(F.col("country").eqNullSafe(F.lit(country)))
    constant = standardize_phone(F.col("raw"), F.lit(country).cast("string"))
    assert_column_equality(same.withColumn("actual", constant), "actual", "expected")


# Properties


def generated_texts() -> Iterator[str]:
    """Text of any characters, text that looks like numbers, and very long text."""
    seeded = random.Random(7)
    alphabets = ["0123456789", "0123456789 ()-.+/", "0123456789 ()+-xX#;,ext", string.printable]
    starts = ["", "+1", "+44", "+39 0", "00", "0", "8", "(0", "+81 (0)", "1-800-"]
    for _ in range(4000):
        yield seeded.choice(starts) + "".join(seeded.choices(string.digits, k=seeded.randint(4, 13)))
        yield "".join(seeded.choices(seeded.choice(alphabets), k=seeded.randint(0, 20)))
    for _ in range(1000):
        points = (
            seeded.choice([seeded.randrange(0x20, 0xD800), seeded.randrange(0xE000, 0x110000)]) for _ in range(20)
        )
        yield "".join(map(chr, points))
    for part in ("1", "0", "+", "x", "a", "é", "٣", " ", "(", "1x", "0 ", "800abc", "\u00a0", "\U0001f600"):
        yield part * (100_000 // len(part))


def generated_phones(spark: SparkSession) -> DataFrame:
    seeded = random.Random(8)
    countries = [*sorted(facts("phone_countries")["countries"]), None]
    rows = [(text, seeded.choice(countries)) for text in generated_texts()]
    return standardized(spark.createDataFrame(rows, "raw string, country string")).cache()


@pytest.mark.usefixtures("compiled")
def test_properties_on_generated_text(spark: SparkSession) -> None:
    phones = generated_phones(spark)
    assert phones.where(F.col("actual").isNotNull()).count() > 300
    assert phones.where(~F.col("actual").rlike(r"\A\+[1-9][0-9]{4,18}\z")).count() == 0
    others = [F.col("country"), F.lit("US"), F.lit("JP"), F.lit(None).cast("string")]
    space = F.lit("\u3000\t\u00a0 \u2009\r\n")
    again = [standardize_phone(F.col("actual"), other) for other in others]
    spaced = standardize_phone(F.concat(space, "raw", space), F.col("country"))
    same = [form.eqNullSafe(F.col("actual")) for form in [*again, spaced]]
    assert phones.where(~reduce(Column.__and__, same)).collect() == []


# Oracle

LEAST_RIGHT = 0.995
VARIANTS = 4
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)


def valid_numbers(country: str, seeded: random.Random) -> Iterator[phonenumbers.PhoneNumber]:
    """Fixed and mobile numbers of the country: examples with other last digits, as far as they stay valid."""
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(country, kind)
        if example is None:
            continue
        yield example
        text = phonenumbers.national_significant_number(example)
        for _ in range(VARIANTS):
            digits = text[:-4] + "".join(seeded.choices(string.digits, k=4))
            number = phonenumbers.parse(f"+{example.country_code}{digits}")
            if phonenumbers.is_valid_number_for_region(number, country):
                yield number


def writings(number: phonenumbers.PhoneNumber, country: str, seeded: random.Random) -> dict[str, str]:
    """The number as people write it."""
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    code, digits = str(number.country_code), phonenumbers.national_significant_number(number)
    trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
    abroad = phonenumbers.PhoneMetadata.metadata_for_region(country).international_prefix
    dialled = {"011": "011", "810": "810", "0011": "0011", "010": "010"}.get(abroad, "00")
    dotted = national.replace(" ", seeded.choice(".-/")) if national.replace(" ", "").isdigit() else national
    written = {
        "e164": e164,
        "international": international,
        "national": national,
        "national digits": "".join(filter(str.isdigit, national)),
        "without trunk": digits,
        "punctuated": dotted,
        "00": f"00{code} {digits}",
        "idd": f"{dialled} {code} {digits[:3]}-{digits[3:]}",
        "extension": national + seeded.choice([" ext. 12", " x12", " #123"]),
        "code and digits": code + digits,
        "wide": e164.translate({ord(d): 0xFF10 + int(d) for d in string.digits}),
        "uri": f"tel:{e164};ext=7",
    }
    if trunk:
        written["(0)"] = f"+{code} ({trunk}){digits}"
    return written


def oracle_rows() -> list[tuple[str, str, str, str, str | None]]:
    seeded = random.Random(9)
    rows = []
    for country in sorted(facts("phone_countries")["countries"]):
        for number in valid_numbers(country, seeded):
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            for name, text in writings(number, country, seeded).items():
                rows.append((name, text, country, e164, e164_by_oracle(text, country)))
    return rows


def e164_by_oracle(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    number.extension = None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if valid else None


def is_valid(e164: str | None) -> bool:
    return e164 is not None and phonenumbers.is_valid_number(phonenumbers.parse(e164))


@pytest.mark.usefixtures("compiled")
def test_generated_numbers_of_all_countries_agree_with_phonenumbers(spark: SparkSession) -> None:
    schema = "writing string, raw string, country string, expected string, oracle string"
    rows = standardized(spark.createDataFrame(oracle_rows(), schema)).collect()
    countries = {row.country for row in rows}
    assert len(countries) == len(facts("phone_countries")["countries"]) >= 60
    assert min(Counter((row.expected, row.country) for row in rows).values()) >= 8
    wrong = [row for row in rows if row.actual != row.expected]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(rows)
    assert [row for row in wrong if is_valid(row.actual) and row.actual != row.oracle] == []
