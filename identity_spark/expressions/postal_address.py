"""Postal addresses, their parts, and postal codes. Words and their short forms: ``conf/address_words.yaml``."""

from functools import reduce
from itertools import chain

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.text import expand_letters, fold_case, fold_digits, fold_letters, is_ascii, or_null
from identity_spark.reference import facts

SECTIONS = ("ways", "directions", "units", "numbers")
OTHER_PUNCTUATION = r"[^\p{L}\p{M}\p{N}\x00-\x7f]+"
BETWEEN_WORDS = r"[\x00-\"$-/:-`{-\x7f]+"  # ASCII that is no lower-case letter, digit or #
NUMBER = "[0-9]+(?:[a-z]|bis|ter|quater)?(?= |\\z)"
FIRST_OR_LAST_NUMBER = rf"\A(?:(?!{NUMBER})(.* ))?({NUMBER})"  # 12 rue du 8 mai 1945; hauptstr 12

SPACE = r"[\p{IsWhite_Space}\p{Cc}\p{Cf}]++"
ZIP_PLUS_4 = r"\A((?:USA?[ -]{1,3})?[0-9]{5}) ?- ?[0-9]{4}\z"
COUNTRY_PREFIX = (
    r"\A(?:A|AT|AZ|B|BE|BG|CH|CY|CZ|D|DE|DK|E|EE|ES|F|FI|FIN|FL|FR|GR|HR|HU|I|IS|IT|L|LI|LT|LU|LV|MC|MD|ME|MK"
    r"|N|NL|NO|P|PL|PT|RO|RS|S|SE|SI|SK|SM|TR|UA|USA?)(?=[0-9]{4,}\z)"
)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
POSTAL_CODE = r"\A(?=.*[0-9])[A-Z0-9]{2,12}\z"


def standardize_address(raw: Column) -> Column:
    """Words in lower case without accents and punctuation, common ones in their short form; null when none is left."""
    text = F.replace(_folded(raw), F.lit("'s "), F.lit("s "))
    words = F.transform(F.split(F.replace(text, F.lit("#"), F.lit(" # ")), BETWEEN_WORDS), _short)
    return or_null(F.regexp_replace(F.array_join(words, " "), _needless(), ""))


def house_number(canonical: Column) -> Column:
    """The number that starts the address, else its last that is no unit's, with its letter; null when there is none."""
    return F.get(F.regexp_extract_all(_without_units(canonical), F.lit(FIRST_OR_LAST_NUMBER), F.lit(2)), F.lit(0))


def street(canonical: Column) -> Column:
    """The address without house number and units; null when no letter is left."""
    unnumbered = F.regexp_replace(_without_units(canonical), FIRST_OR_LAST_NUMBER, "$1")
    words = F.trim(F.regexp_replace(unnumbered, " {2,}", " "))
    return F.get(F.regexp_extract_all(words, F.lit(r"\A(?=.*\p{L}).+\z"), F.lit(0)), F.lit(0))


def standardize_postal_code(raw: Column) -> Column:
    """Letters and digits in upper case, without country prefix and ZIP+4; null without digit or over 12 characters."""
    text = F.trim(F.upper(raw))
    code = F.when(text.rlike(r"\A[0-9]{4,7}\z"), text).otherwise(_bare_code(raw))
    return F.get(F.regexp_extract_all(code, F.lit(POSTAL_CODE), F.lit(0)), F.lit(0))


def _folded(raw: Column) -> Column:
    """Lower case without accents, in ASCII punctuation; the same for any writing in upper or lower case."""
    letters = F.replace(fold_letters(expand_letters(fold_case(raw))), F.lit("\u03c2"), F.lit("\u03c3"))
    apostrophes = F.replace(letters, F.lit("\u2019"), F.lit("'"))
    return F.when(is_ascii(raw), F.lower(raw)).otherwise(F.regexp_replace(apostrophes, OTHER_PUNCTUATION, " "))


def _short(word: Column) -> Column:
    """The short form of a common word, null for a word that says nothing; other words as they are."""
    short_forms = _short_forms()
    pairs = chain.from_iterable((F.lit(writing), F.lit(short).cast("string")) for writing, short in short_forms.items())
    return F.when(word.isin(list(short_forms)), F.try_element_at(F.create_map(*pairs), word)).otherwise(word)


def _short_forms() -> dict[str, str | None]:
    """Each writing with its short form, in the order of the file: Spark looks from the first to the last."""
    words = facts("address_words")
    pairs = ((writing, short) for section in SECTIONS for short, ws in words[section].items() for writing in ws)
    return {**dict(pairs), **dict.fromkeys(["", *words["dropped"]])}


def _needless() -> str:
    """A pattern for what may go from joined words; it looks at spaces and the letter a: nothing else starts one."""
    words = facts("address_words")
    long_ends = [f"{end[len(short) :]}(?<={end})(?= |\\z)" for short, ends in words["endings"].items() for end in ends]
    apart = [f" (?={word[1:]}(?: |\\z))(?<=(?<![^ ]){word[0]} )" for word in words["joined"]]
    twice = r"apt (?<=(?<![^ ])apt apt )"  # apt #4
    letter = r" (?=(?:[a-df-h]|bis|ter|quater)(?: |\z)(?!(?:st|ave|n|s|e|w)(?: |\z)))(?<=[0-9] )"  # 12 b, but 5 d st
    return f"(?=[ a])(?:{'|'.join([*long_ends, *apart, twice, letter])})"


def _without_units(canonical: Column) -> Column:
    units = "|".join(sorted(facts("address_words")["units"], key=len, reverse=True))
    return F.regexp_replace(canonical, rf"(?<![^ ])(?:{units}) (?:[a-z]?[0-9][^ ]*+|[a-z])(?: |\z)", "")


def _bare_code(raw: Column) -> Column:
    """The code without what surrounds it: other dashes, country, the route of ZIP+4, and ".0" from a spreadsheet."""
    upper = F.upper(F.replace(raw, F.lit("\u1e9e"), F.lit("SS")))  # as every other ß in upper case
    dashed = F.translate(fold_digits(F.regexp_replace(upper, SPACE, " ")), DASHES, "-" * len(DASHES))
    steps = [
        (r"\A([0-9]+)\.0+\z", "$1"),
        (ZIP_PLUS_4, "$1"),
        (r"[^\p{L}\p{M}\p{N}]+", ""),
        (COUNTRY_PREFIX, ""),
    ]
    return reduce(lambda code, step: F.regexp_replace(code, *step), steps, F.trim(dashed))
