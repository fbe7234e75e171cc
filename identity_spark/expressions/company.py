"""Names of companies: the type ``company``.

A canonical name is lower case, accents folded, words apart by one space, single letters joined (J. P. Morgan is
``jp morgan``), without legal form and leading "the"; ``&``, ``und`` and ``et`` are ``and``. The legal forms come from
``conf/legal_forms.yaml`` (PyPI ``cleanco`` with additions, by ``scripts/facts/legal_forms.py``).
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import listed
from identity_spark.expressions.text import APOSTROPHES, INVISIBLE, SELECTORS, SPACES, any_of, folded_words, keep_if
from identity_spark.reference import facts

LONGEST = 300  # characters of a name that count; what follows is cut
ONE_WORD = rf"\A[a-z]{{2,{LONGEST}}}\z"  # nothing to drop
SEPARATORS = SPACES + '!"#$%()*+,-./:;<=>?@[\\]^_{|}~\u2010\u2011\u2012\u2013\u2014\u2015'
NO_WORD = r"(?:\A\p{M}+|[^\p{L}\p{M}\p{Nd}&]+\p{M}*)(?:[^\p{L}\p{M}\p{Nd}&]+\p{M}*)*"
SINGLE = r"[\p{L}\p{Nd}]"
APART = rf"(?<![\p{{L}}\p{{M}}\p{{Nd}}])({SINGLE}) (?={SINGLE}(?![\p{{L}}\p{{M}}\p{{Nd}}]))"  # S A, J P


def standardize_company(raw: Column) -> Column:
    """The canonical name without legal form; null when no name or a placeholder is left (a company AG is ``ag``)."""
    lower = F.lower(raw)
    placeholders = [word.strip() for word in facts("legal_forms")["placeholders"].split(",")]
    name = F.when(lower.rlike(ONE_WORD), lower).otherwise(without_legal_forms(company_words(raw)))
    return let(name, lambda name: keep_if(name, ~listed(["", *placeholders], name)))


def company_words(raw: Column) -> Column:
    """The words of a company name, apart by one space."""
    table = dict.fromkeys(SEPARATORS, " ") | dict.fromkeys(APOSTROPHES + INVISIBLE + SELECTORS, "")
    written = F.substring(F.trim(folded_words(raw, table)), 1, LONGEST)
    spaced = F.regexp_replace(written, any_of(["&", *facts("legal_forms")["unspaced"].split()]), " $0 ")
    joined = F.regexp_replace(F.trim(F.regexp_replace(spaced, NO_WORD, " ")), APART, "$1")
    return F.regexp_replace(joined, "&|(?<= )(?:und|et)(?= )", "and")


def without_legal_forms(name: Column) -> Column:
    """The words without legal forms at the end, "the" and legal forms at the start; one word at least."""
    forms = any_of({form.strip() for terms in facts("legal_forms")["forms"].values() for form in terms.split(",")})
    in_front = any_of(["the", *facts("legal_forms")["in_front"].split()])
    return F.regexp_replace(
        F.regexp_replace(name, rf"(?: (?:and )?{forms})+\z", ""), rf"\A(?:{in_front} )+(?=[^ ])", ""
    )
