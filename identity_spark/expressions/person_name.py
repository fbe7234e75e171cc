"""Names of persons: the types ``first_name``, ``last_name`` and ``full_name``, generations and nicknames.

A canonical name is lower case, accents folded, letters of any script kept, words apart by one space: apostrophes are
dropped (O'Brien is ``obrien``), other punctuation, digits and symbols separate. Titles and suffixes are dropped as long
as a name is left; placeholders (unknown, test) are null. The words come from ``conf/name_words.yaml`` (hand-curated),
the nicknames from ``conf/nicknames.yaml`` (PyPI ``nicknames``, by ``scripts/facts/nicknames.py``).
"""

from collections.abc import Iterable
from functools import cache
from itertools import combinations_with_replacement
from zlib import crc32

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import listed, lookup
from identity_spark.expressions.text import (
    APOSTROPHES,
    INVISIBLE,
    SELECTORS,
    SPACES,
    any_of,
    folded_words,
    is_ascii,
    keep_if,
    or_null,
)
from identity_spark.reference import facts

NICKNAME_BUCKETS = 2048  # about three pairs of names in each
LONGEST = 200  # characters of a name that count; what follows is cut
PLAIN = r"\A[a-z]{1,99}(?: [a-z]{1,99})?\z"  # one or two ASCII words, as most names are
COMMAS = ",\uff0c\u3001\u060c"
SEPARATORS = SPACES + '!"#$%&()*+-./:;<=>?@[\\]^_{|}~\u2010\u2011\u2012\u2013\u2014\u2015'

LETTER = r"[\p{L}\p{M}]"
ORDINAL = rf"[2-4](?:nd|rd|th)(?!{LETTER})"
NO_LETTER = rf"(?:{ORDINAL}|[^\p{{L}}\p{{M}}]\p{{M}}*|\A\p{{M}}+)+"
NO_LETTER_NOR_COMMA = rf"(?:{ORDINAL}|[^\p{{L}}\p{{M}},]\p{{M}}*|\A\p{{M}}+)+"
PARTED = ("o", "d", "mc")  # O Brien, D Angelo, Mc Donald: joined as in O'Brien
JOINED = r"(?<!\p{L})(?<!(?<!\p{L})(?:o|d|mc) )(o|d|mc) (?=\p{L}{2})"


def standardize_first_name(raw: Column) -> Column:
    """The canonical first name or names, initials as letters (J. R. is ``j r``); null for no name or a placeholder."""
    return known_name(raw, without_affixes(words(folded_name(raw))))


def standardize_last_name(raw: Column) -> Column:
    """The canonical last name with its particles (``van der berg``, ``obrien``); null for no name or a placeholder."""
    joined = F.regexp_replace(words(folded_name(raw)), JOINED, "$1")
    return known_name(raw, without_affixes(joined), PARTED)


def standardize_full_name(raw: Column) -> Column:
    """The canonical name, first name first: "Smith, John Jr." is ``john smith``; null for no name or a placeholder."""
    written = F.when(raw.rlike(f"[{COMMAS}]"), first_name_first(raw)).otherwise(folded_name(raw))
    return known_name(raw, without_affixes(words(written)))


def first_name_first(raw: Column) -> Column:
    """A name written "Last, First" the other way round; a comma before a suffix is no such comma."""
    parts = F.trim(F.regexp_replace(folded_name(raw), NO_LETTER_NOR_COMMA, " "))
    without_suffixes = F.regexp_replace(parts, suffixes(r"(?<=[^ ,])", r"[ ,]+", r"[ ,]*(?:,|\z)"), "")
    without_titles = F.regexp_replace(without_suffixes, titles(r"(\A|, *)"), "$1")
    return F.regexp_replace(without_titles, r"\A([^,]*),([^,]*)", "$2 $1 ")


def generation(raw: Column) -> Column:
    """Which of the same name: ``jr``, ``sr``, ``ii``, ``iii`` or ``iv``, from a name as written; null when not said."""
    generations = facts("name_words")["generations"]
    parts = F.regexp_replace(folded_name(raw), r"[^\p{L}\p{M}0-9,]+", " ")
    credentials = any_of(facts("name_words")["credentials"])
    pattern = rf"(?<=[^ ,])[ ,]+({any_of(generations)})(?:[ ,]+{credentials})*(?=[ ,]*(?:,|\z))"
    written = F.regexp_extract(parts, pattern, 1)
    canonical = F.create_map(*(F.lit(word) for pair in generations.items() for word in pair))
    said = ~is_ascii(raw) | F.lower(raw).rlike(rf"[^a-z]{any_of(generations)}(?![a-z])")
    return F.when(said, F.try_element_at(canonical, written))


def first_token(canonical_name: Column) -> Column:
    """The first word of a canonical name: the first name of a full name."""
    first = F.substring_index(canonical_name, " ", 1)
    return keep_if(first, first != "")


def last_token(canonical_name: Column) -> Column:
    """The last word of a canonical full name with its particles (``van gogh``); null when there is one word alone."""
    particles = any_of(facts("name_words")["particles"].split())
    return or_null(F.regexp_extract(canonical_name, rf"(?<= )(?:{particles} )*[^ ]+\z", 0))


def nickname_root(canonical_first_name: Column) -> Column:
    """The formal name that a nickname most often stands for (``bill`` is ``william``), else the name itself."""
    return lookup(facts("nicknames")["root"], canonical_first_name, canonical_first_name)


def nickname_equal(left: Column, right: Column) -> Column:
    """True when one canonical first name is a nickname of the other or both are of the same formal name; never null."""
    pair = F.when(left < right, F.concat(left, F.lit(" "), right)).otherwise(F.concat(right, F.lit(" "), left))
    bucket = F.get(F.split(F.lit(nickname_pairs()), "\n"), F.crc32(pair) % NICKNAME_BUCKETS)
    return F.coalesce(F.find_in_set(pair, bucket) > 0, F.lit(False))


@cache
def nickname_pairs() -> str:
    """Every two names that are equal as nicknames, a line for each hash: Spark searches a map from its start."""
    formal = {name: set(names.split()) for name, names in with_formal_names().items()}
    buckets: list[list[str]] = [[] for _ in range(NICKNAME_BUCKETS)]
    for left, right in combinations_with_replacement(sorted(formal), 2):
        if formal[left] & formal[right]:
            buckets[crc32(f"{left} {right}".encode()) % NICKNAME_BUCKETS].append(f"{left} {right}")
    return "\n".join(",".join(pairs) for pairs in buckets)


def folded_name(raw: Column) -> Column:
    """Lower case without accents and apostrophes, punctuation as space, commas as they are; cut at ``LONGEST``."""
    table = dict.fromkeys(SEPARATORS, " ") | dict.fromkeys(COMMAS, ",")
    return F.substring(
        F.trim(folded_words(raw, table | dict.fromkeys(APOSTROPHES + INVISIBLE + SELECTORS, ""))), 1, LONGEST
    )


def words(name: Column) -> Column:
    """The words of letters, apart by one space; digits and "2nd" dropped."""
    return F.trim(F.regexp_replace(name, NO_LETTER, " "))


def without_affixes(name: Column) -> Column:
    """The words without suffixes at the end and titles at the start, one word at least."""
    return F.regexp_replace(F.regexp_replace(name, suffixes("", " ", r"\z"), ""), titles(r"(\A)"), "")


def known_name(raw: Column, name: Column, prefixes: Iterable[str] = ()) -> Column:
    """The raw value in lower case when that is canonical already, else ``name``; null for a placeholder."""
    lower = F.lower(raw)
    nothing_to_drop = (
        lower.rlike(PLAIN)
        & ~listed([*known_titles(), *prefixes], F.substring_index(lower, " ", 1))
        & ~listed(known_suffixes(), F.substring_index(lower, " ", -1))
    )
    placeholders = [word.strip() for word in facts("name_words")["placeholders"].split(",")]
    return let(
        F.when(nothing_to_drop, lower).otherwise(name),
        lambda value: keep_if(value, ~listed(["", *placeholders], value)),
    )


def known_suffixes() -> list[str]:
    """Generations and credentials."""
    return [*facts("name_words")["generations"], *facts("name_words")["credentials"]]


def known_titles() -> list[str]:
    return [word for group in facts("name_words")["titles"].values() for word in group.split()]


def suffixes(before: str, separator: str, end: str) -> str:
    """A regular expression for suffixes after a name."""
    return rf"{before}(?:{separator}{any_of(known_suffixes())})+(?={end})"


def titles(start: str) -> str:
    """A regular expression for titles before a name, two people's too: mr and mrs."""
    known = any_of([*known_titles(), *facts("name_words")["title_phrases"]])
    return rf"{start}(?:{known}(?: (?:and|und|et))? )+(?=[^ ,])"


def with_formal_names() -> dict[str, str]:
    """Every formal name and nickname with the formal names it may stand for, its own among them."""
    formal: dict[str, str] = facts("nicknames")["formal"]
    names = {*formal, *(name for names in formal.values() for name in names.split())}
    return {name: f"{name} {formal.get(name, '')}".strip() for name in names}
