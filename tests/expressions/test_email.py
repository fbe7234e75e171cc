"""E-mail addresses: what people type, right and wrong."""

import random

import pytest
from properties import assert_standardizer_properties, generated, standardized
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions.email import PLAIN, standardize_email, tidy_email
from identity_spark.reference import facts

SAME = "tidy and canonical are the same"

CASES = [  # raw, tidy, canonical
    ("ann@x.io", "ann@x.io", SAME),
    (" Ann@X.io\t", "ann@x.io", SAME),
    ("\u00a0ann@x.io\u3000", "ann@x.io", SAME),
    ("\u200bann@x.io\ufeff", "ann@x.io", SAME),
    ("ann@x.io\n", "ann@x.io", SAME),
    ("ann@x.io/", "ann@x.io", SAME),
    ("ann @ x . io", "ann@x.io", SAME),
    ("ANN.LEE@EXAMPLE.CO.UK", "ann.lee@example.co.uk", SAME),
    ("ann.lee@acme.com", "ann.lee@acme.com", SAME),
    ("ann-lee_1@acme-corp.com", "ann-lee_1@acme-corp.com", SAME),
    ("o'neil@x.io", "o'neil@x.io", SAME),
    ("ann!#$%&*/=?^`{|}~x@x.io", "ann!#$%&*/=?^`{|}~x@x.io", SAME),
    # tags, dots and providers
    ("ann+news@x.io", "ann+news@x.io", "ann@x.io"),
    ("ann+a+b@x.io", "ann+a+b@x.io", "ann@x.io"),
    ("Ann.Lee+x@Googlemail.com", "ann.lee+x@googlemail.com", "annlee@gmail.com"),
    ("a.n.n.lee@gmail.com", "a.n.n.lee@gmail.com", "annlee@gmail.com"),
    ("ann.lee@gmail.com.br", "ann.lee@gmail.com.br", SAME),
    ("ann.lee@notgmail.com", "ann.lee@notgmail.com", SAME),
    ("ann.lee@hotmail.com", "ann.lee@hotmail.com", SAME),
    ("ann@live.com", "ann@live.com", SAME),
    ("ann@outlook.com", "ann@outlook.com", SAME),
    ("ann-shop@yahoo.fr", "ann-shop@yahoo.fr", "ann@yahoo.fr"),
    ("ann.lee@yahoo.com", "ann.lee@yahoo.com", SAME),
    ("ann-shop@gmail.com", "ann-shop@gmail.com", SAME),
    ("ann@me.com", "ann@me.com", "ann@icloud.com"),
    ("ann@pm.me", "ann@pm.me", "ann@proton.me"),
    ("ann@ya.ru", "ann@ya.ru", "ann@yandex.ru"),
    # wrapping
    ("<ann@x.io>", "ann@x.io", SAME),
    ("Ann Lee <ann@x.io>", "ann@x.io", SAME),
    ('"Lee, Ann" <Ann.Lee+x@gmail.com>', "ann.lee+x@gmail.com", "annlee@gmail.com"),
    ("ann@home <ann@x.io>", "ann@x.io", SAME),
    ("Ann <ann@x.io", "ann@x.io", SAME),
    ("Ann Lee <mailto:ann@x.io>", "ann@x.io", SAME),
    ("mailto:ann@x.io", "ann@x.io", SAME),
    ("MAILTO: ann@x.io?subject=Hi&cc=bob@y.io", "ann@x.io", SAME),
    ("e-mail: ann@x.io", "ann@x.io", SAME),
    ("SMTP:ann@x.io", "ann@x.io", SAME),
    ("mailto:'ann@x.io'", "ann@x.io", SAME),
    ("'ann@x.io'", "ann@x.io", SAME),
    ('"ann@x.io"', "ann@x.io", SAME),
    ("ann@x.io (work)", "ann@x.io", SAME),
    ("[ann@x.io]", "ann@x.io", SAME),
    ("ann@x.io.", "ann@x.io", SAME),
    ("ann@x.io,", "ann@x.io", SAME),
    (" ann@x.io ; ", "ann@x.io", SAME),
    ("ann@x.io!!", "ann@x.io", SAME),
    # other scripts
    ("ann\uff20x.io", "ann@x.io", SAME),
    ("ann\ufe6bx.io", "ann@x.io", SAME),
    ("ＡＮＮ＠ｘ．ｉｏ", "ann@x.io", SAME),
    ("ann@例子。公司", "ann@例子.公司", SAME),
    ("用户@例子.公司", "用户@例子.公司", SAME),
    ("Ünì@Bücher.de", "ünì@bücher.de", SAME),
    ("иван@почта.рф", "иван@почта.рф", SAME),
    ("γιώργος@x.gr", "γιώργος@x.gr", "γιώργοσ@x.gr"),
    ("straße@x.de", "straße@x.de", "strasse@x.de"),
    ("ann@xn--bcher-kva.de", "ann@xn--bcher-kva.de", SAME),
    ("x" * 64 + "@x.io", "x" * 64 + "@x.io", SAME),
]

NO_ADDRESS = [
    None, "", " ", "ann", "ann at x.io", "ann@", "@x.io", "@", "ann@x", "ann@localhost", "ann@b@x.io", "ann@@x.io",
    "ann@.x.io", "ann@x..io", "ann@..", "ann@-x.io", "ann@x-.io", "ann@y.-x.io", "ann@x_y.io", "ann@x/y.io",
    "ann@127.0.0.1", "ann@x.123", "...@gmail.com", "+tag@gmail.com", ".+tag@gmail.com", "-tag@yahoo.com", "n/a", "none",
    "ann@x.io, bob@y.io", "ann@x.io; bob@y.io", "ann@x.io/bob@y.io", "Ann <ann@x.io>, Bob <bob@y.io>", "<>", "mailto:",
    "mailto:mailto:ann@x.io", "www.x.io", "https://x.io/a", "a,nn@x.io", 'a"nn@x.io', "x" * 250 + "@x.io",
    "ann@" + "x" * 250 + ".io", "😀", "ann@😀.io",
]  # fmt: skip


def test_an_address_is_tidied_and_canonical(spark: SparkSession) -> None:
    raw = [case[0] for case in CASES]
    canonical = [tidy if form is SAME else form for _, tidy, form in CASES]
    assert standardized(spark, tidy_email, raw) == [case[1] for case in CASES]
    assert standardized(spark, standardize_email, raw) == canonical


def test_what_is_no_address_is_null(spark: SparkSession) -> None:
    nothing = [None] * len(NO_ADDRESS)
    assert list(zip(NO_ADDRESS, standardized(spark, tidy_email, NO_ADDRESS), strict=True)) == list(
        zip(NO_ADDRESS, nothing, strict=True)
    )
    assert standardized(spark, standardize_email, NO_ADDRESS) == nothing


def test_tidying_first_changes_no_canonical_form(spark: SparkSession) -> None:
    values = [*(case[0] for case in CASES), *generated(7, [case[0] for case in CASES], 1000)]
    tidied = standardized(spark, tidy_email, values)
    assert sum(value is not None for value in tidied) > 400
    assert standardized(spark, standardize_email, tidied) == standardized(spark, standardize_email, values)


def test_the_short_path_says_what_the_long_one_says(spark: SparkSession) -> None:
    """A plain address in brackets is cleaned at length; the result is that of the plain one."""
    chance = random.Random(11)
    edits = [random_address(chance) for _ in range(2000)]
    plain = standardized(spark, lambda raw: F.when(raw.rlike(PLAIN), raw), edits)
    values = [value for value in plain if value]
    assert 500 < len(values) < 1900
    assert standardized(spark, standardize_email, values) == standardized(
        spark, standardize_email, [f"<{value}>" for value in values]
    )
    assert None not in standardized(spark, tidy_email, [f"<{value}>" for value in values])


def random_address(chance: random.Random) -> str:
    name = "".join(chance.choices("ab1._+-", weights=[9, 9, 3, 1, 1, 1, 1], k=chance.randint(1, 9)))
    domain = chance.choice(["gmail.com", "yahoo.de", "me.com", "".join(chance.choices("ab1..-", k=6)) + ".co"])
    return f"{name}@{domain}"


@pytest.mark.parametrize("standardize", [standardize_email, tidy_email])
def test_properties(spark: SparkSession, standardize) -> None:  # type: ignore[no-untyped-def]
    samples = ["ann.lee@gmail.com", "Ann Lee <ann+x@x.io>", "mailto:ann-b@yahoo.com", "иван@почта.рф"]
    assert_standardizer_properties(spark, standardize, samples=samples, case_matters=standardize is tidy_email)


def test_provider_facts() -> None:
    providers = facts("email_providers")
    keys = ("aliases", "same_habits")
    domains = [d for p in providers for d in [p["domain"], *(alias for key in keys for alias in p.get(key, ()))]]
    assert len(domains) == len(set(domains))
    assert all(domain == domain.lower() and "." in domain for domain in domains)
    assert {mark for p in providers for key in ("ignored", "tags") for mark in p.get(key, ())} <= {".", "-"}
    assert {key for p in providers for key in p} <= {"domain", "aliases", "same_habits", "ignored", "tags"}
