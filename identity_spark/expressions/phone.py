"""Telephone numbers in E.164, by the facts of ``conf/phone_countries.yaml`` (from libphonenumber's metadata).

A number passes three forms: what was written, its digits, and its digits behind a calling code: ``=44`` as dialled
from abroad, ``=44~`` as dialled at home. A regular expression made from the facts then tells possible numbers; it is a
tree of prefixes, so its cost does not grow with the number of countries. A short one drops trunk prefixes. Two, since
Spark compares the text of a regular expression for every row where it replaces, but not where it only tests.

Facts on the country are looked up in a constant; of a constant country nothing but constants is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import lookup
from identity_spark.expressions.text import INVISIBLE, SPACES, fold_digits
from identity_spark.reference import facts

DIGITS_ALONE = r"\A\+?[0-9]{4,25}\z"
USUAL_WRITING = r"\A[ (]{0,4}\+?[ (]{0,4}[0-9][0-9 ().\-/]{3,40}\z"
PUNCTUATION = "-()[].:/\\_'\"`=<>{}|" + "‐‑‒–—―‘’⁃−ー－（）．／［］"  # noqa: RUF001
FULL_WIDTH_PLUS = "\uff0b"

EXTENSION = r"(?<=[0-9])[;,]{0,3}(?:[x#~;,]|e?xtn?|ext|extension|доб|int|anexo|poste|ramal|dw)[0-9]{1,7}\z"
LABEL = r"\A[^0-9+]+"
NOTE = r"(?s)(?<=[0-9]{8})[^0-9+].*\z"
"""What follows eight digits or more: "home", a second number."""
KEYPAD_NUMBER = (
    r"(?:(?=\+?1?[0-9a-z]{10}\z)(?:\+?1)?[2-9][0-9]{2}|(?:00|0|\+[0-9]{1,3})?[138]00)"
    r"[0-9]{0,4}[a-z]{3,7}[0-9]{0,4}"
)
"""North American numbers and freephone numbers of others, such as 1-800-FLOWERS."""
KEYPAD = ("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")

ALL_DIGITS = "0123456789"
FACTS = ("code", "coded_digits", "idd_start", "idd", "rewrite", "rewritten")
NONE = "-"  # no number begins with it, and no country has it as a fact


def standardize_phone(raw: Column, country: Column) -> Column:
    """E.164 from any common writing, extension dropped; null when it is not a possible number.

    ``country`` (ISO alpha-2, upper case) says how numbers are written at home; where it is null or unknown, only
    numbers with + or 00 before the calling code are understood.
    """
    return dialled_number(raw, dialling(country))


def dialled_number(raw: Column, dialling: Column) -> Column:
    """The same by the facts of ``dialling``: looked up once for all numbers of a record."""
    return let(
        written_digits(raw),
        lambda written: let(behind_calling_code(written, dialling), _number),
    )


def _number(coded: Column) -> Column:
    is_possible = coded.isNotNull() & coded.rlike(possible_number())  # names `coded` twice: so Spark computes it once
    return F.when(is_possible, F.regexp_replace(coded, *before_number()))


def written_digits(raw: Column) -> Column:
    """The digits of a number, after a + if there is one; null or "" when there is more than one number can hold.

    Without the ".0" of a number that some tool read as a floating-point one.
    """
    return (
        F.when(raw.rlike(DIGITS_ALONE), raw)
        .when(raw.rlike(USUAL_WRITING), F.regexp_replace(raw, r"(?<=[0-9]{7})\.0\z|[ ().\-/]+", ""))
        .otherwise(unusual_writing(raw))
    )


def unusual_writing(raw: Column) -> Column:
    """The same for what else people write: other scripts and punctuation, labels, extensions, keypad letters."""
    dropped = SPACES + INVISIBLE + PUNCTUATION
    bare = F.translate(F.lower(fold_digits(raw)), FULL_WIDTH_PLUS + dropped, "+")
    number = F.regexp_replace(F.regexp_replace(bare, EXTENSION, ""), LABEL, "")
    possible = F.regexp_extract(F.regexp_replace(number, NOTE, ""), rf"\A(?:\+?[0-9]{{4,25}}|{KEYPAD_NUMBER})\z", 0)
    return F.translate(possible, *KEYPAD)


def behind_calling_code(written: Column, dialling: Column) -> Column:
    """``=`` and the digits of a number that names its calling code; else ``=``, the country's code, ``~``, digits."""
    code, coded_digits, idd_start, idd, rewrite, rewritten = (F.get(dialling, F.lit(n)) for n in range(len(FACTS)))
    at_home = F.when(rewrite != NONE, F.regexp_replace(written, rewrite, rewritten)).otherwise(written)
    return (
        F.when(written.isNull() | (F.length(written) < 4), None)  # names `written` twice, as above
        .when(F.startswith(written, F.lit("+")), F.concat(F.lit("="), F.substring(written, 2, 30)))
        .when(F.startswith(written, idd_start) & F.rlike(written, idd), F.regexp_replace(written, idd, F.lit("=")))
        .when(F.startswith(written, F.lit("00")), F.concat(F.lit("="), F.substring(written, 3, 30)))
        .when(F.startswith(written, code) & F.rlike(written, coded_digits), F.concat(F.lit("="), written))
        .otherwise(F.concat(F.lit("="), code, F.lit("~"), at_home))
    )


def dialling(country: Column) -> Column:
    """array: the facts on dialling in a country, as ``FACTS`` names them; null for a null country."""
    unknown = " ".join(NONE for _ in FACTS)
    return F.split(lookup(facts_by_country(), country, F.lit(unknown)), " ")


@cache
def facts_by_country() -> dict[str, str]:
    """The facts on dialling in each country, in the order of ``FACTS``, apart by a space; NONE for what it lacks."""
    known = {country: dialling_in(rules) for country, rules in facts("phone_countries")["countries"].items()}
    texts = {country: " ".join(found.get(fact, NONE) for fact in FACTS) for country, found in known.items()}
    return {country: text.removesuffix(2 * f" {NONE}").removesuffix(2 * f" {NONE}") for country, text in texts.items()}


def dialling_in(rules: Mapping[str, Any]) -> dict[str, str]:
    """Facts on dialling in one country."""
    code, numbering = rules["code"], facts("phone_countries")["calling_codes"][rules["code"]]
    own = "|".join(digits(low, high) for low, high in ranges(rules.get("own", ())))
    not_own = rf"(?!(?:{own})\z)" if own else ""
    known = {"code": code, "coded_digits": rf"\A{not_own}{code}{after_code(numbering)}"}
    if "idd" in rules:
        idd = rules["idd"]
        known["idd"] = rf"\A(?!00{code})(?:{idd})(?=[1-9])"
        known["idd_start"] = idd[: len(idd) - len(idd.lstrip(ALL_DIGITS))]
    if "rewrite" in rules:
        known["rewrite"], known["rewritten"] = rf"\A(?:{rules['rewrite'][0]})\z", rules["rewrite"][1]
    return known


@cache
def possible_number() -> str:
    """A regular expression for all digits behind a calling code that may be a number."""
    codes = facts("phone_countries")["calling_codes"]
    return rf"\A={prefix_tree({code: after_code(rules) for code, rules in codes.items()})}"


@cache
def before_number() -> tuple[str, str]:
    """A regular expression for what stands before the first digit of a possible number, and the beginning of E.164.

    Calling codes are grouped by what may be skipped after them; only one group has matched, the others add nothing.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for code, rules in facts("phone_countries")["calling_codes"].items():
        groups[skipped(rules)].append(code)
    matched = (f"({prefix_tree(dict.fromkeys(codes, ''))}){skip}" for skip, codes in groups.items())
    return rf"\A=(?:{'|'.join(matched)})", "+" + "".join(f"${group + 1}" for group in range(len(groups)))


def after_code(rules: Mapping[str, Any]) -> str:
    return skipped(rules) + national_number(rules)


def skipped(rules: Mapping[str, Any]) -> str:
    """What may stand between calling code and number: the trunk prefix; from abroad a 0 that no number begins with."""
    trunk, first = rules.get("trunk", ""), rules.get("first", ALL_DIGITS[1:])
    if trunk == "0":
        return "~?0?"
    if trunk and trunk[0] in first:  # a trunk prefix only where a number follows it
        trunk += rf"(?={national_number(rules)})"
    dialled = ["~?" + trunk] if trunk else []
    return "~?" if "0" in first else f"(?:{'|'.join([*dialled, '~', '0'])})?"


def national_number(rules: Mapping[str, Any]) -> str:
    """A first digit and as many more as the lengths allow, to the end."""
    more = [digits(low - 1, high - 1) for low, high in ranges(rules["lengths"])]
    return rf"{one_of(rules['first']) if 'first' in rules else '[1-9]'}{any_of(more)}\z"


def prefix_tree(leaves: Mapping[str, str]) -> str:
    """A regular expression that takes one of the keys, then its value, looking at each digit once."""
    if list(leaves) == [""]:
        return leaves[""]
    ordered = groupby(sorted(leaves.items()), key=lambda leaf: leaf[0][0])
    branches = [digit + prefix_tree({key[1:]: value for key, value in below}) for digit, below in ordered]
    return any_of(branches)


def any_of(alternatives: Sequence[str]) -> str:
    return alternatives[0] if len(alternatives) == 1 else f"(?:{'|'.join(alternatives)})"


def one_of(allowed: str) -> str:
    """One of the digits, which are in order."""
    runs = [
        f"{low}-{high}" if high > low + 1 else "".join(map(str, range(low, high + 1)))
        for low, high in ranges(map(int, allowed))
    ]
    return r"\d" if allowed == ALL_DIGITS else f"[{''.join(runs)}]"


def digits(low: int, high: int) -> str:
    return rf"\d{{{low}}}" if low == high else rf"\d{{{low},{high}}}"


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as (first, last)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        follows = found and found[-1][1] == number - 1
        found[-1:] = [(found[-1][0], number)] if follows else [*found[-1:], (number, number)]
    return found
