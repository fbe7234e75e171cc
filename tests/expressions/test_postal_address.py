"""Postal addresses and codes: what people type, right and wrong."""

import re
from collections import Counter

import pytest
from properties import assert_standardizer_properties, generated, long_texts, standardized
from pyspark.sql import SparkSession

from identity_spark.expressions.house_number import house_number, street
from identity_spark.expressions.postal_address import (
    LONGEST,
    LOOKED_UP,
    SECTIONS,
    standardize_address,
    standardize_postal_code,
)
from identity_spark.reference import facts

ADDRESSES = [  # raw, canonical, house number, street
    ("12 Main Street", "12 main st", "12", "main st"),
    (" 12  MAIN ST. ", "12 main st", "12", "main st"),
    ("12, Main Str", "12 main st", "12", "main st"),
    ("\u300012 Main\u00a0Street\n", "12 main st", "12", "main st"),
    ("12 N. Main St., Apt. #4", "12 n main st apt 4", "12", "n main st"),
    ("12 North Main Street Unit 4", "12 n main st apt 4", "12", "n main st"),
    ("12 N Main St #4", "12 n main st apt 4", "12", "n main st"),
    ("12 N Main St # 4", "12 n main st apt 4", "12", "n main st"),
    ("12 N Main St Apartment No. 4", "12 n main st apt 4", "12", "n main st"),
    ("12 N Main St Flat 4", "12 n main st apt 4", "12", "n main st"),
    ("Apt 4, 12 Main Street", "apt 4 12 main st", "12", "main st"),
    ("Apt 4 B, 12 Main Street", "apt 4b 12 main st", "12", "main st"),
    ("Suite 300, 1 Elm Boulevard", "ste 300 1 elm blvd", "1", "elm blvd"),
    ("1 Elm Blvd 3rd Floor", "1 elm blvd 3rd fl", "1", "elm blvd"),
    ("1600 Pennsylvania Avenue NW", "1600 pennsylvania ave n w", "1600", "pennsylvania ave n w"),
    ("1600 Pennsylvania Ave N.W.", "1600 pennsylvania ave n w", "1600", "pennsylvania ave n w"),
    ("1600 Pennsylvania Ave Northwest", "1600 pennsylvania ave n w", "1600", "pennsylvania ave n w"),
    ("600 F St NW", "600 f st n w", "600", "f st n w"),
    ("100 Fifth Avenue", "100 5th ave", "100", "5th ave"),
    ("100 5th Ave", "100 5th ave", "100", "5th ave"),
    ("42nd Street", "42nd st", None, "42nd st"),
    ("221B Baker Street", "221b baker st", "221b", "baker st"),
    ("221 b Baker Street", "221b baker st", "221b", "baker st"),
    ("10 St. Mary's Road", "10 st marys rd", "10", "st marys rd"),
    ("10 Saint Marys Rd", "10 st marys rd", "10", "st marys rd"),
    ("5 Oak Lane", "5 oak ln", "5", "oak ln"),
    ("5 Oak Court", "5 oak ct", "5", "oak ct"),
    ("5 Oak Dr", "5 oak dr", "5", "oak dr"),
    ("5 Oak Parkway", "5 oak pkwy", "5", "oak pkwy"),
    ("5 Highway 66", "5 hwy 66", "5", "hwy 66"),
    ("P.O. Box 12", "po box 12", None, None),
    ("PO Box 12", "po box 12", None, None),
    ("Postfach 12", "po box 12", None, None),
    ("Hauptstraße 12 a", "hauptstr 12a", "12a", "hauptstr"),
    ("HAUPTSTRASSE 12A", "hauptstr 12a", "12a", "hauptstr"),
    ("Hauptstr. 12a", "hauptstr 12a", "12a", "hauptstr"),
    ("Berliner Straße 5", "berliner st 5", "5", "berliner st"),
    ("Berliner Str. 5", "berliner st 5", "5", "berliner st"),
    ("Marktplatz 3", "marktpl 3", "3", "marktpl"),
    ("Marktpl. Nr. 3", "marktpl 3", "3", "marktpl"),
    ("Lange Gasse 7, Whg. 2", "lange g 7 apt 2", "7", "lange g"),
    ("Platz der Republik 1", "pl der republik 1", "1", "pl der republik"),
    ("Kerkstraat 8", "kerkstr 8", "8", "kerkstr"),
    ("12bis, rue de la République", "12bis r de la republique", "12bis", "r de la republique"),
    ("12 bis R. de la Republique", "12bis r de la republique", "12bis", "r de la republique"),
    ("12 rue du 8 mai 1945", "12 r du 8 mai 1945", "12", "r du 8 mai 1945"),
    ("3, av. de l’Opéra", "3 ave de l opera", "3", "ave de l opera"),
    ("3 AVENUE DE L'OPERA", "3 ave de l opera", "3", "ave de l opera"),
    ("3 bd Saint-Germain", "3 blvd st germain", "3", "blvd st germain"),
    ("3 Boulevard St Germain", "3 blvd st germain", "3", "blvd st germain"),
    ("5 rue Ste Anne", "5 r ste anne", "5", "r ste anne"),
    ("5 rue Sainte-Anne", "5 r ste anne", "5", "r ste anne"),
    ("9 chemin des Prés", "9 ch des pres", "9", "ch des pres"),
    ("Calle Mayor 5", "c mayor 5", "5", "c mayor"),
    ("C/ Mayor, nº 5", "c mayor 5", "5", "c mayor"),
    ("Avda. de América 7", "ave de america 7", "7", "ave de america"),
    ("Plaza España 1", "pza espana 1", "1", "pza espana"),
    ("Pza. España 1", "pza espana 1", "1", "pza espana"),
    ("Paseo del Prado 2", "po del prado 2", "2", "po del prado"),
    ("Via Roma 12, int. 3", "v roma 12 apt 3", "12", "v roma"),
    ("Viale Europa 3", "vle europa 3", "3", "vle europa"),
    ("V.le Europa 3", "vle europa 3", "3", "vle europa"),
    ("Piazza Dante 4", "pza dante 4", "4", "pza dante"),
    ("P.za Dante 4", "pza dante 4", "4", "pza dante"),
    ("Corso Italia 6", "cso italia 6", "6", "cso italia"),
    ("C.so Italia 6", "cso italia 6", "6", "cso italia"),
    ("ул. Ленина 5", "ул ленина 5", "5", "ул ленина"),
    ("東京都 1-2", "東京都 1 2", None, "東京都 1 2"),
    ("12 \u1d37 Street", "12 k st", "12", "k st"),  # folds to a capital
    ("12-14 High Street", "12 14 high st", "12", "high st"),
    ("The Old Mill", "the old mill", None, "the old mill"),
    ("32 1/2 Main Street", "32½ main st", "32½", "main st"),
    ("32½ Main Street", "32½ main st", "32½", "main st"),
    ("1/3 Sample Street", "apt 1 3 sample st", "3", "sample st"),
    ("Unit 1, 3 Sample Street", "apt 1 3 sample st", "3", "sample st"),
    ("12 Calle Luna", "12 c luna", "12", "c luna"),
    ("12 C rue Monge", "12c r monge", "12c", "r monge"),
    ("C/ Mayor 5, 3º 2ª", "c mayor 5 3o 2o", "5", "c mayor"),
    ("Calle Mayor 5, 2º B", "c mayor 5 2o b", "5", "c mayor"),
    ("Calle Mayor n.º 5", "c mayor 5", "5", "c mayor"),
    ("Calle 5 de Mayo #12", "c 5 de mayo 12", "12", "c 5 de mayo"),
    ("Rua XV de Novembro, 100", "r xv de novembro 100", "100", "r xv de novembro"),
    ("R. XV de Novembro 100", "r xv de novembro 100", "100", "r xv de novembro"),
    ("ul. Marszałkowska 10/4", "marszalkowska 10 4", "10", "marszalkowska"),
    ("Marszałkowska 10 m. 4", "marszalkowska 10 4", "10", "marszalkowska"),
    ("Marszałkowska 10 a m. 4", "marszalkowska 10a 4", "10a", "marszalkowska"),
    ("Lhota č.p. 7", "lhota 7", "7", "lhota"),
    ("улица Ленина, дом 5 А", "ул ленина hse 5а", "5а", "ул ленина"),
    ("Storgatan 12 lgh 1101", "storgatan 12 apt 1101", "12", "storgatan"),
    ("Mannerheimintie 12 A 4", "mannerheimintie 12 a 4", "12", "mannerheimintie"),
    ("Mariahilfer Straße 12/3/14", "mariahilfer st 12 3 14", "12", "mariahilfer st"),
    ("Mariahilfer Straße 5, 1030 Wien", "mariahilfer st 5 1030 wien", "5", "mariahilfer st"),
    ("Hauptstr. 12 c/o Roe", "hauptstr 12 co roe", "12", "hauptstr"),
    ("Václavské náměstí 12/34", "vaclavske nam 12 34", "12", "vaclavske nam"),
    ("Wendenstr. 414-424", "wendenstr 414 424", "414", "wendenstr"),
    ("Kerkstraat 12-2", "kerkstr 12 2", "12", "kerkstr"),
    ("Leninova 5/12", "leninova 5 12", "5", "leninova"),
    ("Plot 12, Sector 5", "plot 12 sector 5", "12", None),
    ("Rose House, 12 Mill Lane", "rose hse 12 mill ln", "12", "rose mill ln"),
    ("香港东路6号", "香港东路6号", "6", "香港东路"),
    ("PO Box 1400", "po box 1400", None, None),
    ("POB 1400", "po box 1400", None, None),
    ("P.O.B. 1400", "po box 1400", None, None),
    ("P. O. Box 1400", "po box 1400", None, None),
    ("Post Office Box 1400", "po box 1400", None, None),
    ("B.P. 1400", "po box 1400", None, None),
    ("Apartado de Correos 1400", "po box 1400", None, None),
    ("Caixa Postal 1400", "po box 1400", None, None),
    ("а/я 1400", "po box 1400", None, None),
    ("12", "12", "12", None),
    ("No.", None, None, None),
    (" . , - ", None, None, None),
    (
        "Apt 4, Building 2, Floor 3, The Old Mill, 12 North Main Street, Suite No. 7",
        "apt 4 bldg 2 fl 3 the old mill 12 n main st ste 7",
        "12",
        "the old mill n main st",
    ),
    ("", None, None, None),
    (None, None, None, None),
]

POSTAL_CODES = [
    ("12345", "12345"),
    ("12345-6789", "12345"),
    ("12345 - 6789", "12345"),
    ("US-12345-6789", "12345"),
    ("12345\u20136789", "12345"),
    ("123456789", "123456789"),
    ("12345 6789", "123456789"),
    ("02134", "02134"),
    ("2134", "2134"),
    (" 75 001\n", "75001"),
    ("75001.0", "75001"),
    ("sw1a 1aa", "SW1A1AA"),
    ("SW1A1AA", "SW1A1AA"),
    ("SW1", "SW1"),
    ("K1A 0B6", "K1A0B6"),
    ("k1a-0b6", "K1A0B6"),
    ("D02 AF30", "D02AF30"),
    ("e1 6an", "E16AN"),
    ("m1m1m1", "M1M1M1"),
    ("HM 12", "HM12"),
    ("VLT 1117", "VLT1117"),
    ("1012 AB", "1012AB"),
    ("D-10115", "10115"),
    ("D 10115", "10115"),
    ("D10115", "10115"),
    ("de-10115", "10115"),
    ("F-75001", "75001"),
    ("CH-8001", "8001"),
    ("A - 1010", "1010"),
    ("LV-1010", "1010"),
    ("SE-123 45", "12345"),
    ("00-950", "00950"),
    ("1000-205", "1000205"),
    ("01310-100", "01310100"),
    ("〒100-0001", "1000001"),
    ("100－0001", "1000001"),
    ("１００", "100"),
    ("\u00a010115\u200b", "10115"),
    ("n/a", None),
    ("unknown", None),
    ("-", None),
    ("1", None),
    ("1234567890123", None),
    ("", None),
    (None, None),
]


def test_an_address_is_canonical_or_null(spark: SparkSession) -> None:
    actual = standardized(spark, standardize_address, [case[0] for case in ADDRESSES])
    assert list(zip(actual, strict=True)) == [(case[1],) for case in ADDRESSES]


def test_every_word_has_its_short_form_wherever_it_stands(spark: SparkSession) -> None:
    """The first words are looked up, later ones found by a regular expression: they agree on every word of the file."""
    words = facts("address_words")
    pairs = [(writing, short) for section in SECTIONS for short, ws in words[section].items() for writing in ws]
    pairs += [(writing, "") for writing in words["dropped"]]
    filler = "xx " * LOOKED_UP
    for before in ("xx", filler + "xx"):
        expected = [" ".join(f"{before} {short} yy".split()) for _, short in pairs]
        assert standardized(spark, standardize_address, [f"{before} {word} yy" for word, _ in pairs]) == expected


def test_what_is_too_long_is_no_address(spark: SparkSession) -> None:
    longest = "x" * LONGEST
    grown = "bp " * (LONGEST // 3)  # each becomes "po box"
    assert standardized(spark, standardize_address, [longest, longest + "x", grown]) == [longest, None, None]


def test_parts_of_an_address(spark: SparkSession) -> None:
    canonical = [case[1] for case in ADDRESSES]
    numbers, streets = standardized(spark, house_number, canonical), standardized(spark, street, canonical)
    assert list(zip(canonical, numbers, streets, strict=True)) == [case[1:] for case in ADDRESSES]


def test_a_postal_code_is_canonical_or_null(spark: SparkSession) -> None:
    raw = [case[0] for case in POSTAL_CODES]
    assert list(zip(raw, standardized(spark, standardize_postal_code, raw), strict=True)) == POSTAL_CODES


SAMPLES = [case[0] for case in ADDRESSES if case[1]]


def test_properties_of_addresses(spark: SparkSession) -> None:
    assert_standardizer_properties(spark, standardize_address, samples=SAMPLES)


def test_properties_of_postal_codes(spark: SparkSession) -> None:
    codes = [raw for raw, canonical in POSTAL_CODES if raw and canonical]
    assert_standardizer_properties(spark, standardize_postal_code, samples=codes)


@pytest.mark.parametrize("part", [house_number, street])
def test_parts_are_never_empty_and_never_fail(spark: SparkSession, part) -> None:  # type: ignore[no-untyped-def]
    parts = standardized(spark, part, [*generated(5, SAMPLES), *long_texts(), "", None])
    assert any(parts)
    assert "" not in parts
    assert parts[-2:] == [None, None]


def test_address_words() -> None:
    """Each writing has one short form; a short form is no writing of another, so that twice is the same as once."""
    words = facts("address_words")
    assert set(words) == {*SECTIONS, "joined", "dropped", "endings", "flats", "numbered", "months"}
    shorts = [short for section in SECTIONS for short in words[section]]
    writings = [w for section in SECTIONS for ws in words[section].values() for w in ws] + words["dropped"]
    repeated = [word for word, count in Counter([*shorts, *writings]).items() if count > 1]
    assert not repeated
    assert not {part for short in shorts for part in short.split()} & set(writings)
    assert all(re.fullmatch(r"[^\W\d_]+", writing) for writing in writings)
    assert all(re.fullmatch(r"[^\W_]+( [^\W_]+)*", short) for short in shorts)
    assert all(
        end.startswith(short) and end[len(short)] == "a" for short, ends in words["endings"].items() for end in ends
    )
