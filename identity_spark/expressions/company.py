"""Names of companies: the type ``company``.

A canonical name is lower case, accents folded, words apart by one space, single letters joined (J. P. Morgan is
``jp morgan``), without legal form and "the" at either end; ``&``, ``und`` and ``et`` are ``and``. The legal forms come
from ``conf/legal_forms.yaml`` (PyPI ``cleanco`` with additions, by ``scripts/facts/legal_forms.py``). A word that is
one in some countries alone goes where the record's country is one of those: a Spa is a bath, but in Italy a company.
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


ROMANIAN = r"\Asc (?=[^ |]+(?: [^|]*)? (?:srl|sa|snc|scs|sca)\|)"  # S.C. Dacia S.R.L.


def standardize_company(raw: Column, country: Column | None = None) -> Column:
    """The canonical name without legal form; null when no name or a placeholder is left (a company AG is ``ag``).

    ``country`` is the record's, alpha-2.
    """
    lower = F.lower(raw)
    placeholders = [word.strip() for word in facts("legal_forms")["placeholders"].split(",")]
    name = F.when(lower.rlike(ONE_WORD), lower).otherwise(without_legal_forms(company_words(raw), country))
    return let(name, lambda name: keep_if(name, ~listed(["", *placeholders], name)))


def company_words(raw: Column) -> Column:
    """The words of a company name, apart by one space; without a legal form that dots alone tell from a word."""
    table = dict.fromkeys(SEPARATORS, " ") | dict.fromkeys(APOSTROPHES + INVISIBLE + SELECTORS, "")
    written = F.substring(F.trim(folded_words(raw, table)), 1, LONGEST)
    spaced = F.regexp_replace(written, any_of(["&", *facts("legal_forms")["unspaced"].split()]), " $0 ")
    words = F.trim(F.regexp_replace(spaced, NO_WORD, " "))
    plain = F.regexp_replace(words, rf"(?<=[\p{{L}}\p{{M}}\p{{Nd}}]{{2}}) {any_of(_terms('apart'))}\z", "")
    return F.regexp_replace(F.regexp_replace(plain, APART, "$1"), "&|(?<= )(?:und|et)(?= )", "and")


def without_legal_forms(name: Column, country: Column | None = None) -> Column:
    """The words without legal forms and "the" at the end and the start; one word at least."""
    forms = any_of({"the", *(form for terms in facts("legal_forms")["forms"].values() for form in _split(terms))})
    at_end = rf"{ROMANIAN}|(?: (?:and )?(?:{forms}|{_somewhere('somewhere')})(?=[ |]))*(\|.*)\z"
    in_front = rf"(?:the|{any_of(_terms('in_front'))}|{_somewhere('somewhere_in_front')}) "
    behind = F.lit("") if country is None else F.coalesce(country, F.lit(""))
    with_country = F.concat(name, F.lit("|"), behind)  # so that a pattern can ask for it
    ended = F.regexp_replace(with_country, at_end, "$1")
    return F.regexp_replace(ended, rf"\A(?:{in_front})+(?=[^ |])|\|.*\z", "")


def _terms(name: str) -> list[str]:
    return _split(facts("legal_forms")[name])


def _split(terms: str) -> list[str]:
    return [term.strip() for term in terms.split(",")]


def _somewhere(name: str) -> str:
    """A pattern for the forms of some countries, where the country behind the name is one of them."""
    by_country: dict[str, list[str]] = {}
    for form, countries in facts("legal_forms")[name].items():
        by_country.setdefault(countries, []).append(form)
    return "|".join(
        rf"{any_of(forms)}(?=[ |].*(?<=\|)(?:{countries.replace(' ', '|')})\z)"
        for countries, forms in by_country.items()
    )
