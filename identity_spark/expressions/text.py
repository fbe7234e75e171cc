"""Plain text: space, accents, case, and the types ``text``, ``id``, ``number`` and ``domain``.

Every standardizer gives canonical text or null, never "". ``conf/folding.yaml`` holds the accents that fold
(made from Python's ``unicodedata`` by ``scripts/facts/folding.py``).

Three facts shape the expressions. Plain ASCII values, nearly all of them, take a short path, so that the large tables
are looked up for the rest alone. Spark computes a sub-expression once only where it is needed on every path, so each
long path uses its input once. And ``lower(upper(x))`` is simplified to ``lower(x)``, so something stands between.
"""

from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.reference import facts

SPACES = "".join(
    map(chr, (*range(0x21), *range(0x7F, 0xA1), 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)
"""Every Unicode space, line separator and control character."""
INVISIBLE = "".join(
    map(chr, (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
)
"""Format characters that no one sees: soft hyphen, zero-width, direction and byte order marks."""
APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2018\u2019\u201b\u2032"
SELECTORS = "".join(map(chr, range(0xFE00, 0xFE10)))  # variation selectors, as after emoji

UNTIDY = r"[^ -~]|  |\A | \z"  # anything but single plain spaces between visible ASCII characters
LONGEST_URL = 2048
HOST = r"(?U)\A(?=.{1,253}\z)[\w-]+(?:\.[\w-]+)*\.(?!\d+\z)[\w-]+\z"

PLAIN_NUMBER = r"\A[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)\z"  # possessive: linear on text of any length
COMMA_DECIMAL = r"\A[+-]?(?![1-9][0-9]{0,2},[0-9]{3}\z)[0-9]*+,[0-9]++\z"  # 1,234 may be either, so it is neither
COMMA_GROUPS = r"\A[+-]?[0-9]{1,3}(?:(?:,[0-9]{3}){2,12}|(?:([, '])[0-9]{3})(?:\1[0-9]{3}){0,12}\.[0-9]*)\z"
POINT_GROUPS = r"\A[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3}){2,12}|(?:([. '])[0-9]{3})(?:\1[0-9]{3}){0,12},[0-9]+)\z"
SPACE_GROUPS = r"\A[+-]?[0-9]{1,3}(?:([ '])[0-9]{3})(?:\1[0-9]{3}){0,12}\z"
EXPONENT = r"\A[+-]?[0-9](?:\.[0-9]{1,17})?[eE][+-]?[0-9]{1,2}\z"  # as Spark writes large doubles: 1.2345678E7


def is_ascii(text: Column) -> Column:
    """True when every character is ASCII: one byte each."""
    return F.length(text) == F.octet_length(text)


def or_null(text: Column) -> Column:
    """The text, null when it is ""."""
    return let(text, lambda text: F.nullif(text, F.lit("")))


def keep_if(value: Column, condition: Column) -> Column:
    """The value where the condition is true, else null; both may use ``value``, which Spark computes once.

    ``F.when(condition, value)`` computes it twice, for one of the two uses is conditional.
    """
    return F.get(F.array(value), F.when(condition, 0).otherwise(1))


def any_of(alternatives: Iterable[str]) -> str:
    """A regular expression for any of the words, the longer ones first; by first letter, so that few are tried."""
    endings: dict[str, list[str]] = {}
    for word in sorted(alternatives, key=lambda word: (-len(word), word)):
        endings.setdefault(word[0], []).append(word[1:])
    branches = (f"{letter}(?:{'|'.join(ends)})" for letter, ends in endings.items())
    return f"(?:{'|'.join(branches)})"


def trim_space(raw: Column) -> Column:
    """The text without Unicode space, control and invisible characters at both ends; may be ""."""
    return F.btrim(raw, F.lit(SPACES + INVISIBLE))


def tidy_text(raw: Column) -> Column:
    """The text as written without spare space, as a golden record shows it; null when nothing is left."""
    return or_null(collapse_space(raw))


def plain_space(raw: Column) -> Column:
    """Every space and control character as one plain space, invisible characters dropped."""
    return F.translate(raw, SPACES + INVISIBLE, " " * len(SPACES))


def single_space(text: Column) -> Column:
    """The text trimmed, runs of plain spaces as one; other space is left."""
    return F.trim(F.regexp_replace(text, " {2,}", " "))


def collapse_space(raw: Column) -> Column:
    """The text trimmed, every run of Unicode space and control characters as one plain space; may be ""."""
    return F.when(raw.rlike(UNTIDY), single_space(plain_space(raw))).otherwise(raw)


def fold_case(text: Column) -> Column:
    """Lower case, and the same for any two writings that differ in case alone (ß and SS)."""
    upper = F.replace(F.upper(text), F.lit("ẞ"), F.lit("SS"))
    return F.when(is_ascii(text), F.lower(text)).otherwise(F.lower(upper))


def fold_accents(raw: Column) -> Column:
    """Latin, Greek and Cyrillic letters without accents (ß is ss), full-width ASCII as ASCII; other letters stay."""
    return (
        F.when(is_ascii(raw), raw)
        .when(has_expansions(raw), fold_letters(expand_letters(raw)))
        .otherwise(fold_letters(raw))
    )


def expand_letters(text: Column, expansions: Mapping[str, str] | None = None) -> Column:
    """Letters that fold to several: æ to ae, ß to ss."""
    pairs = (facts("folding")["expansions"] if expansions is None else expansions).items()
    return reduce(lambda folded, pair: F.replace(folded, F.lit(pair[0]), F.lit(pair[1])), pairs, text)


def fold_letters(text: Column) -> Column:
    """Letters that fold to one, by table; combining marks dropped."""
    return translated(text, folding_table())


def folding_table() -> dict[str, str]:
    """What each character folds to: a letter, or "" for a combining mark."""
    folding = facts("folding")
    singles = (folding["letters"], folding["strokes"])
    letters = {source: target for pair in singles for source, target in zip(pair["from"], pair["to"], strict=True)}
    return letters | dict.fromkeys(folding["marks"], "")


def translated(text: Column, table: dict[str, str]) -> Column:
    """Each character of the table as another one, or dropped where that is ""."""
    kept = {source: target for source, target in table.items() if target}
    dropped = "".join(source for source, target in table.items() if not target)
    return F.translate(text, "".join(kept) + dropped, "".join(kept.values()))


def folded_words(raw: Column, table: dict[str, str]) -> Column:
    """Lower case without accents, then ``table`` for what separates words (a space) and what is dropped ("")."""
    ascii_table = {source: target for source, target in table.items() if source.isascii()}
    letters = {source: table.get(target.lower(), target.lower()) for source, target in folding_table().items()}
    expansions = {source: target for source, target in facts("folding")["expansions"].items() if target.islower()}
    lower = F.lower(F.replace(F.upper(raw), F.lit("ẞ"), F.lit("SS")))
    expanded = F.when(has_expansions(raw), expand_letters(lower, expansions)).otherwise(lower)
    return F.when(is_ascii(raw), translated(F.lower(raw), ascii_table)).otherwise(translated(expanded, letters | table))


def has_expansions(text: Column) -> Column:
    """True when some letter folds to several."""
    return text.rlike(f"[{''.join(facts('folding')['expansions'])}]")


def fold_digits(text: Column) -> Column:
    """Decimal digits of every script as ASCII digits."""
    return F.translate(text, facts("folding")["digits"]["from"], facts("folding")["digits"]["to"])


def digits_alone(raw: Column) -> Column:
    """The digits of the text, of any script, as ASCII; may be ""."""
    return F.when(raw.rlike(r"\A[0-9]+\z"), raw).otherwise(F.regexp_replace(fold_digits(raw), "[^0-9]+", ""))


def standardize_text(raw: Column, case_sensitive: bool = False, only_numeric: bool = False) -> Column:
    """Trimmed text in lower case, spaces collapsed, control characters gone; null when nothing is left.

    ``case_sensitive`` keeps the case; ``only_numeric`` keeps the digits alone.
    """
    if only_numeric:
        return or_null(digits_alone(raw))
    text = collapse_space(raw)
    return or_null(text if case_sensitive else fold_case(text))


def standardize_id(raw: Column, case_sensitive: bool = False, only_numeric: bool = False) -> Column:
    """An identifier as text: trimmed, lower case, spaces collapsed; null when nothing is left."""
    return standardize_text(raw, case_sensitive=case_sensitive, only_numeric=only_numeric)


def standardize_number(raw: Column) -> Column:
    """The canonical decimal (7, -1.5) of a number with point or comma and any digits; null when it is not one.

    Separators of thousands are taken where they can be nothing else; ``1,234`` may be two numbers and is null.
    """
    return let(F.trim(translated(raw, number_table())), lambda text: let(_decimal(text), canonical_decimal))


def _decimal(text: Column) -> Column:
    """The number with a point and no other separator; null when it is not one."""
    large = F.when(text.rlike(EXPONENT), text.try_cast("decimal(38, 18)").cast("string"))
    return (
        F.when(text.rlike(PLAIN_NUMBER), text)
        .when(text.rlike(COMMA_DECIMAL), F.translate(text, ",", "."))
        .when(text.rlike(COMMA_GROUPS), F.translate(text, ", '", ""))
        .when(text.rlike(POINT_GROUPS), F.translate(text, ",. '", "."))
        .when(text.rlike(SPACE_GROUPS), F.translate(text, " '", ""))
        .otherwise(large)
    )


def number_table() -> dict[str, str]:
    """Digits, signs and separators of other scripts as ASCII, every space as a plain one."""
    digits = facts("folding")["digits"]
    signs = dict(zip("\u2212\u2019\u066b\uff0b\uff0d\uff0c\uff0e", "-'.+-,.", strict=True))
    spaces = dict.fromkeys(SPACES, " ") | dict.fromkeys(INVISIBLE, "")
    return dict(zip(digits["from"], digits["to"], strict=True)) | signs | spaces


def canonical_decimal(decimal: Column) -> Column:
    """A plain decimal without needless zeros, point or sign: 007. is 7, -0.50 is -0.5, -0 is 0."""
    leading = F.regexp_replace(decimal, r"\A([+-]?)0*(?=[0-9])", "$1")
    whole = F.regexp_replace(leading, r"\A([+-]?)(?=\.)", "$10")
    tail = F.rtrim(F.rtrim(whole, F.lit("0")), F.lit("."))
    return F.regexp_replace(F.when(F.contains(whole, F.lit(".")), tail).otherwise(whole), r"\A\+|\A-(?=0\z)", "")


def standardize_domain(raw: Column) -> Column:
    """The host of an address, a URL or an e-mail in lower case without ``www.``; null unless dotted."""
    url = F.trim(fold_case(plain_space(raw)))
    without_scheme = F.regexp_replace(url, r"\A(?:[a-z][a-z0-9+.-]*:)?/{2,}", "")
    authority = F.regexp_replace(without_scheme, r"(?s)[/?#\\].*\z", "")
    server = F.regexp_replace(F.substring_index(authority, "@", -1), r":[0-9]*\z", "")
    host = F.regexp_replace(F.rtrim(server, F.lit(".")), r"\A(?:www\.)+(?=[^.]+\.)", "")
    return keep_if(host, (F.length(raw) <= LONGEST_URL) & host.rlike(HOST))
