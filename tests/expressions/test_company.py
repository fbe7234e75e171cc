"""Company names as they are written around the world, and the table of legal forms."""

from functools import partial
from pathlib import Path

import pytest
from chispa import assert_column_equality
from properties import assert_standardizer_properties, standardized
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions.company import standardize_company
from identity_spark.reference import facts

NAMES = Path(__file__).resolve().parents[1] / "data" / "company_names.txt"
CASES = [
    ("Acme", "acme"),
    (" ACME\n", "acme"),
    ("Acme, Inc.", "acme"),
    ("Acme Incorporated", "acme"),
    ("Acme Ltd", "acme"),
    ("ACME LIMITED", "acme"),
    ("Acme Co., Ltd.", "acme"),
    ("Acme L.L.C.", "acme"),
    ("Acme L L C", "acme"),
    ("Acme Pty. Ltd.", "acme"),
    ("Acme (Pty) Ltd", "acme"),
    ("Acme Pvt. Ltd.", "acme"),
    ("Acme Pte Ltd", "acme"),
    ("Acme Sdn. Bhd.", "acme"),
    ("Müller GmbH", "muller"),
    ("Müller G.m.b.H.", "muller"),
    ("Müller GmbH & Co. KG", "muller"),
    ("Müller und Söhne OHG", "muller and sohne"),
    ("Muller & Sohne", "muller and sohne"),
    ("Dupont et Fils SARL", "dupont and fils"),
    ("Dupont S.A.R.L.", "dupont"),
    ("SARL Dupont", "dupont"),
    ("Nestlé S.A.", "nestle"),
    ("Nestle S. A.", "nestle"),
    ("NESTLE SA", "nestle"),
    ("Ferrari S.p.A.", "ferrari"),
    ("Rossi S.r.l.", "rossi"),
    ("Philips N.V.", "philips"),
    ("Heineken B.V.", "heineken"),
    ("Ørsted A/S", "orsted"),
    ("Volvo AB", "volvo"),
    ("Nokia Oyj", "nokia"),
    ("Kone Oy Ab", "kone"),
    ("Equinor ASA", "equinor"),
    ("Orlen Sp. z o.o.", "orlen"),
    ("Orlen spółka z o.o.", "orlen"),
    ("Škoda a.s.", "skoda"),
    ("Alza s.r.o.", "alza"),
    ("MOL Nyrt.", "mol"),
    ("Podravka d.d.", "podravka"),
    ("Sony K.K.", "sony"),
    ("株式会社ソニー", "ソニー"),
    ("トヨタ自動車株式会社", "トヨタ自動車"),
    ("（株）日立", "日立"),
    ("华为技术有限公司", "华为技术"),
    ("삼성전자 주식회사", "삼성전자"),
    ("ООО «Ромашка»", "ромашка"),
    ("ПАО Газпром", "газпром"),
    ("ТОВ Рошен", "рошен"),
    ("UAB Maxima", "maxima"),
    ("PT Astra International Tbk", "astra international"),
    ("Cemex S.A. de C.V.", "cemex"),
    ("Petrobras Ltda.", "petrobras"),
    ("Sonae SGPS, S.A.", "sonae"),
    ("The Home Depot, Inc.", "home depot"),
    ("The The Ltd", "the"),
    ("AT&T", "at and t"),
    ("& Sons", "and sons"),
    ("H & M", "h and m"),
    ("H and M", "h and m"),
    ("J.P. Morgan", "jp morgan"),
    ("J P Morgan & Co.", "jp morgan"),
    ("McDonald's", "mcdonalds"),
    ("McDonald’s Corp", "mcdonalds"),
    ("7-Eleven", "7 eleven"),
    ("3M", "3m"),
    ("3 M Company", "3m"),
    ("Amazon.com", "amazon com"),
    ("Ａｃｍｅ　Ｉｎｃ", "acme"),
    ("AG", "ag"),
    ("Ltd.", "ltd"),
    ("The Company", "the"),
    ("SAS Institute", "sas institute"),
    ("Acme Company, The", "acme"),
    ("Home Depot, The", "home depot"),
    ("Procter & Gamble Co., The", "procter and gamble"),
    ("S.C. Dacia S.R.L.", "dacia"),
    ("SIA Rimi Latvia", "rimi latvia"),
    ("LLC Romashka", "romashka"),
    ("شركة الراجحي", "الراجحي"),
    ("Day Spa", "day spa"),
    ("Hillside CC", "hillside cc"),
    ("Farmers Coop", "farmers coop"),
    ("Roe & Roe, P.C.", "roe and roe"),
    ("A.C.C.", "acc"),
    ("Delta Air UK", "delta air uk"),
    ("n/a", None),
    ("Unknown", None),
    ("Test Company", None),
    ("-", None),
    ("", None),
    (None, None),
]


def test_company_is_canonical_or_null(spark: SparkSession) -> None:
    values = spark.createDataFrame(CASES, "raw string, expected string")
    assert_column_equality(values.withColumn("actual", standardize_company(F.col("raw"))), "actual", "expected")


def test_names_of_many_countries(spark: SparkSession) -> None:
    """Held against names written by hand."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in lines if line and not line.startswith("#")]
    assert len(rows) >= 180
    names = spark.createDataFrame(rows, "country string, expected string, raw string")
    name = standardize_company(F.col("raw"), F.nullif("country", F.lit("-")))
    assert_column_equality(names.withColumn("actual", name), "actual", "expected")


@pytest.mark.parametrize("country", [None, "IT"])
def test_company_holds_the_properties(spark: SparkSession, country: str | None) -> None:
    form = partial(standardize_company, country=F.lit(country).cast("string"))
    assert_standardizer_properties(spark, form, samples=[raw for raw, expected in CASES if expected])


def test_legal_forms_in_any_order_and_number_leave_a_stable_name(spark: SparkSession) -> None:
    pieces = ["the ", "ooo ", "s.a. ", "s a ", "& co. ", "株式会社", "et ", "e t ", "ag ", "sp. z o.o. ", "a ", "x y "]
    values = [first + second + third for first in pieces for second in pieces for third in pieces]
    names = standardized(spark, standardize_company, values)
    assert all(names)
    assert standardized(spark, standardize_company, names) == names


def test_every_legal_form_is_dropped(spark: SparkSession) -> None:
    by_country = facts("legal_forms")["forms"]
    forms = sorted({form for terms in by_country.values() for form in terms.split(", ")})
    assert len(by_country) >= 30
    written = [f"Acme {form.upper()}" for form in forms]
    assert dict(zip(forms, standardized(spark, standardize_company, written), strict=True)) == dict.fromkeys(
        forms, "acme"
    )


@pytest.mark.parametrize(("name", "written"), [("somewhere", "acme {}"), ("somewhere_in_front", "{} acme")])
def test_a_word_is_a_legal_form_in_its_countries_alone(spark: SparkSession, name: str, written: str) -> None:
    by_form = facts("legal_forms")[name]
    pairs = [(written.format(form), country) for form, countries in by_form.items() for country in countries.split()]
    rows = spark.createDataFrame(
        [*pairs, *((name, other) for name, _ in pairs for other in ("XX", None))], "raw string, country string"
    )
    rows = rows.withColumn(
        "expected", F.when(F.coalesce("country", F.lit("XX")) == "XX", F.col("raw")).otherwise("acme")
    )
    assert_column_equality(
        rows.withColumn("actual", standardize_company(F.col("raw"), F.col("country"))), "actual", "expected"
    )
