"""Countries as ISO 3166 codes, by the names and codes of ``conf/country_names.yaml`` (from Unicode CLDR)."""

import json
import unicodedata
import zlib
from functools import cache, reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.text import fold_accents
from identity_spark.reference import facts

NOT_COMPARED = r"[\p{P}\p{S}\p{Z}\p{C}]+"
NOT_NAMIBIA = r"#|N[\p{P}\p{S}\p{Z}]+A"
BUCKETS = 512


def standardize_country(raw: Column) -> Column:
    """ISO alpha-2 code in upper case, from a code or a name in English or a native language; null when unknown.

    Case, accents, space and punctuation do not matter, but N/A is not Namibia. ``England`` and its neighbours are GB.
    """
    name = F.upper(fold_accents(F.replace(raw, F.lit("&"), F.lit("and"))))
    key = F.regexp_replace(name, NOT_COMPARED, "")
    buckets = F.from_json(F.lit(json.dumps(codes_by_key())), "array<map<string, string>>")
    bucket = F.get(buckets, F.pmod(F.crc32(key), F.lit(BUCKETS)).cast("int"))
    return F.when((key != "NA") | ~name.rlike(NOT_NAMIBIA), bucket[key])


@cache
def codes_by_key() -> list[dict[str, str]]:
    """Codes by comparable name, in buckets by checksum: Spark searches a constant map from the start."""
    buckets: list[dict[str, str]] = [{} for _ in range(BUCKETS)]
    for country, names in facts("country_names").items():
        for key in map(comparable, (country, *names)):
            buckets[zlib.crc32(key.encode()) % BUCKETS][key] = country
    return buckets


def comparable(name: str) -> str:
    """The name as the expression compares it."""
    folding = facts("folding")
    sources, targets = (folding["letters"][side] + folding["strokes"][side] for side in ("from", "to"))
    expanded = reduce(lambda text, pair: text.replace(*pair), folding["expansions"].items(), name.replace("&", "and"))
    letters = expanded.translate(str.maketrans(sources, targets, folding["marks"])).upper()
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "PSZC")
