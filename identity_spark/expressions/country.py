"""Countries as ISO 3166 codes, by the names and codes of ``conf/country_names.yaml`` (from Unicode CLDR)."""

import unicodedata
from functools import cache, reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import lookup
from identity_spark.expressions.text import fold_accents, or_null
from identity_spark.reference import facts

NOT_COMPARED = r"[\p{P}\p{S}\p{Z}\p{C}]+"
NOT_NAMIBIA = r"#|N[\p{P}\p{S}\p{Z}]+A"


def standardize_country(raw: Column) -> Column:
    """ISO alpha-2 code in upper case, from a code or a name in English or a native language; null when unknown.

    Case, accents, space and punctuation do not matter, but N/A is not Namibia. ``England`` and its neighbours are GB.
    """
    name = F.upper(fold_accents(F.replace(raw, F.lit("&"), F.lit("and"))))
    return let(name, _code)


def _code(name: Column) -> Column:
    key = F.regexp_replace(name, NOT_COMPARED, "")
    return or_null(F.when((key != "NA") | ~name.rlike(NOT_NAMIBIA), lookup(codes_by_key(), key, F.lit(""))))


@cache
def codes_by_key() -> dict[str, str]:
    """Codes by comparable name."""
    return {key: code for code, names in facts("country_names").items() for key in map(comparable, (code, *names))}


def comparable(name: str) -> str:
    """The name as the expression compares it."""
    folding = facts("folding")
    sources, targets = (folding["letters"][side] + folding["strokes"][side] for side in ("from", "to"))
    expanded = reduce(lambda text, pair: text.replace(*pair), folding["expansions"].items(), name.replace("&", "and"))
    letters = expanded.translate(str.maketrans(sources, targets, folding["marks"])).upper()
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "PSZC")
