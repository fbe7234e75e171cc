"""Text, id, number and domain: cases as people and systems write them, the folding table against ``unicodedata``."""

import unicodedata
from functools import partial

import pytest
from chispa import assert_column_equality
from properties import assert_standardizer_properties, standardized
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions import text
from identity_spark.reference import facts

SPACE = [
    ("  Ann ", "Ann"),
    ("\tAnn\r\n", "Ann"),
    ("\u00a0Ann\u3000", "Ann"),
    ("\u200b\ufeffAnn\u200e", "Ann"),
    ("\x00Ann\x7f\x85", "Ann"),
    ("Ann  Lee", "Ann  Lee"),
    (" \n ", ""),
    (None, None),
]
COLLAPSED = [
    ("Ann  Lee", "Ann Lee"),
    (" Ann\t\n\u2003Lee\u3000", "Ann Lee"),
    ("Ann\u00a0Lee", "Ann Lee"),
    ("Ann\u200bLee", "AnnLee"),
    ("Ann\x00Lee\x1f", "Ann Lee"),
    ("é  é", "é é"),
    ("Ann\n", "Ann"),
    ("", ""),
    (None, None),
]
ACCENTS = [
    ("Élodie Müller", "Elodie Muller"),
    ("E\u0301lodie", "Elodie"),
    ("Straße ẞ", "Strasse SS"),
    ("Ærø œuvre Þór", "AEro oeuvre THor"),
    ("Łódź Đorđe Øystein", "Lodz Dorde Oystein"),
    ("Ñandú ǽ ǿ", "Nandu ae o"),
    ("Άννα Οδυσσεύς", "Αννα Οδυσσευσ"),
    ("Фёдор Йовович Її", "Федор Иовович Іі"),
    ("Nguyễn Thị Hằng", "Nguyen Thi Hang"),
    ("ｆｕｌｌ－ｗｉｄｔｈ１", "full-width1"),
    ("ﬁn ĳs ǆ", "fin ijs dz"),
    ("ガギ हिन्दी שָׁלוֹם مُحَمَّد 한국", "ガギ हिन्दी שָׁלוֹם مُحَمَّد 한국"),
    ("😀 plain", "😀 plain"),
    (None, None),
]
TEXTS = [
    (" Gold  Member ", "gold member"),
    ("STRASSE", "strasse"),
    ("Straße", "strasse"),
    ("ÉCLAIR", "éclair"),
    ("A\x07B\u200bC", "a bc"),
    ("a\n", "a"),
    ("李小龍", "李小龍"),
    ("\u00a0", None),
    ("", None),
    (None, None),
]
NUMBERS = [
    ("7", "7"),
    ("007", "7"),
    ("+7", "7"),
    ("-7", "-7"),
    ("\u22127", "-7"),
    ("1.50", "1.5"),
    ("1.", "1"),
    (".5", "0.5"),
    ("-.50", "-0.5"),
    ("-0", "0"),
    ("-0.00", "0"),
    ("0", "0"),
    ("000", "0"),
    ("1,5", "1.5"),
    ("0,123", "0.123"),
    ("1234,500", "1234.5"),
    ("1,234", None),
    ("1.234", "1.234"),
    ("1,234.50", "1234.5"),
    ("1.234,50", "1234.5"),
    ("1,234,567", "1234567"),
    ("1.234.567", "1234567"),
    ("1 234 567,8", "1234567.8"),
    ("1\u00a0234", "1234"),
    ("1'234.5", "1234.5"),
    ("1’234", "1234"),
    ("12,34,567", None),
    ("1,234.567,8", None),
    ("1.2.3", None),
    ("1.0E7", "10000000"),
    ("1.2345678E7", "12345678"),
    ("1E-9", "0.000000001"),
    ("0E5", "0"),
    ("9E99", None),
    ("１２", "12"),
    ("٣٤", "34"),
    ("123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012345"),
    ("1 2", None),
    ("--1", None),
    ("12a", None),
    ("0x1F", None),
    ("NaN", None),
    ("Infinity", None),
    ("7\n", "7"),
    ("+", None),
    (".", None),
    ("", None),
    (None, None),
]
DOMAINS = [
    ("example.com", "example.com"),
    (" WWW.Example.COM. ", "example.com"),
    ("https://www.example.com/path?q=1#x", "example.com"),
    ("http://user:secret@shop.example.co.uk:8080/a", "shop.example.co.uk"),
    ("//cdn.example.com", "cdn.example.com"),
    ("ftp://example.com", "example.com"),
    ("ann@example.com", "example.com"),
    ("example.com:443", "example.com"),
    ("example.com?x=a@b.c", "example.com"),
    ("www.com", "www.com"),
    ("www.www.example.com", "example.com"),
    ("www2.example.com", "www2.example.com"),
    ("münchen.de", "münchen.de"),
    ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ("my_host.example.com", "my_host.example.com"),
    ("localhost", None),
    ("com.", None),
    ("192.168.0.1", None),
    ("exa mple.com", None),
    ("a..b", None),
    (".com", None),
    ("https://", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(
    ("standardize", "cases"),
    [
        (text.trim_space, SPACE),
        (text.collapse_space, COLLAPSED),
        (text.fold_accents, ACCENTS),
        (text.standardize_text, TEXTS),
        (text.standardize_id, TEXTS),
        (text.standardize_number, NUMBERS),
        (text.standardize_domain, DOMAINS),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_text_is_canonical_or_null(spark: SparkSession, standardize, cases) -> None:
    values = spark.createDataFrame(cases, "raw string, expected string")
    assert_column_equality(values.withColumn("actual", standardize(F.col("raw"))), "actual", "expected")


def test_options_keep_case_or_digits_alone(spark: SparkSession) -> None:
    raw = [" AbC-0123 x ", "0042", "٠١٢", "abc", None]
    keep_case = partial(text.standardize_id, case_sensitive=True)
    only_digits = partial(text.standardize_text, only_numeric=True)
    assert standardized(spark, keep_case, raw) == ["AbC-0123 x", "0042", "٠١٢", "abc", None]
    assert standardized(spark, only_digits, raw) == ["0123", "0042", "012", None, None]


@pytest.mark.parametrize(
    ("standardize", "samples", "case_matters"),
    [
        (text.standardize_text, ["Gold Member", "Straße"], False),
        (partial(text.standardize_id, case_sensitive=True), ["AB-12"], True),
        (partial(text.standardize_id, only_numeric=True), ["AB-12"], False),
        (text.standardize_number, ["1,234.50", "-0.5", "1.5E7", "1.234.567,8", "1 234"], False),
        (text.standardize_domain, ["https://www.Example.com/x", "ann@mail.example.org", "www.a.de:80"], False),
    ],
)
def test_standardizers_hold_the_properties(spark: SparkSession, standardize, samples, case_matters) -> None:
    assert_standardizer_properties(spark, standardize, samples=samples, case_matters=case_matters)


def bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if unicodedata.category(part) != "Mn")


def test_folding_table_agrees_with_unicodedata(spark: SparkSession) -> None:
    folding = facts("folding")
    by_hand = {*folding["strokes"]["from"], *folding["expansions"]}
    assert len(folding["letters"]["from"]) == len(folding["letters"]["to"]) > 1000
    assert len(folding["strokes"]["from"]) == len(folding["strokes"]["to"])
    plane = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code <= 0xDFFF]
    folded = dict(zip(plane, standardized(spark, text.fold_accents, plane), strict=True))
    assert {letter: folded[letter] for letter in folding["letters"]["from"]} == {
        letter: bare(letter) for letter in folding["letters"]["from"]
    }
    claimed = {*folding["letters"]["from"], *by_hand, *folding["marks"]}
    assert {letter for letter in plane if folded[letter] != letter} == claimed
    assert all(folded[mark] == "" for mark in folding["marks"])


def test_every_marked_letter_of_latin_greek_and_cyrillic_folds(spark: SparkSession) -> None:
    claimed = {
        *facts("folding")["letters"]["from"],
        *facts("folding")["strokes"]["from"],
        *facts("folding")["expansions"],
    }
    marked = {
        letter
        for letter in map(chr, range(0x80, 0x10000))
        if unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
        and unicodedata.category(letter) in ("Lu", "Ll", "Lt")
        and bare(letter) != letter
        and bare(letter).isascii()
    }
    assert len(marked) > 500
    assert marked <= claimed


def test_digits_of_other_scripts_are_ascii(spark: SparkSession) -> None:
    digits = [char for char in map(chr, range(0x10000)) if unicodedata.category(char) == "Nd"]
    assert standardized(spark, text.fold_digits, digits) == [str(unicodedata.decimal(char)) for char in digits]
