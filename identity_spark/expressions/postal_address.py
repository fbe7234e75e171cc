"""Postal addresses, their parts, and postal codes. Words and their short forms: ``conf/address_words.yaml``."""

from collections.abc import Sequence
from functools import cache, reduce
from itertools import accumulate

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import lookup
from identity_spark.expressions.text import (
    expand_letters,
    fold_case,
    fold_digits,
    fold_letters,
    is_ascii,
    keep_if,
)
from identity_spark.reference import facts

SECTIONS = ("ways", "directions", "units", "houses", "numbers")
OTHER_PUNCTUATION = r"[^\p{L}\p{M}\p{N}\x00-\x7f]+"
BETWEEN_WORDS = r"[\x00-/:-`{-\x7f]+"  # ASCII that is no lower-case letter or digit
LONGEST = 2000  # characters; longer text is no address
SAYS_NOTHING = "-"  # the short form of a word that may go; no word has a hyphen
LOOKED_UP = 5  # so many words are looked up one by one
LIST = "\n"  # starts the list of short forms
FREQUENT = "sardlcbnewtpfu"  # first letters of words, in the order of the list: what stands first is found sooner
NOT_STAIR = r"(?! [0-9]{1,3}(?:\z| [0-9]))"  # 12 a 4: flat 4 of stair a
NOT_CALLE = r"(?! (?!r |ave |blvd )[^0-9])"  # 12 c luna
LETTER = rf"(?:[abdf-h\u0430-\u0432]{NOT_STAIR}|c{NOT_STAIR}{NOT_CALLE}|bis|ter|quater)(?: |\z)"  # of a house number

SIGNS = ("#", "/", "post", "correos", "p.o.b", "b.p.")
ORDINAL_SIGN = r"(?<=[0-9]|\bn)\.?[ªº°]"
HALF = r"(?<=[0-9])[ -]?1/2(?![0-9/])"
NOTHING = r"\A[^\p{L}\p{N}#]*+"
FLAT_BEFORE_STROKE = NOTHING + r"(?:u(?:nit)? ?)?([0-9]+[a-z]?)/([0-9]+[a-z]?) (?=\p{L})"  # 1/3 sample street
CALLE = r"(?:calle|cll?|carrera|cra|kra?|av[a-z]*|diag[a-z]*|dg|transv[a-z]*)\b"  # their names may be numbers
SIGN_OF_HOUSE = rf"({NOTHING}(?:\p{{L}}[^0-9#]*+|{CALLE}[^#]*+|(?!# *[0-9]+[a-z]?[ ,-]+[0-9]+\b)))#"  # of no flat
POST_OFFICE_BOX = (
    rf"\b(?:post(?:al)?{BETWEEN_WORDS}office{BETWEEN_WORDS}box|post(?:{BETWEEN_WORDS})?box"
    rf"|(?:boite|case|casella|caixa|apartado){BETWEEN_WORDS}postale?|apartado{BETWEEN_WORDS}de{BETWEEN_WORDS}correos"
    r"|p\.o\.b\b|b\.p\.|\u0430/\u044f)"
)

DIGITS_ALONE = r"\A[0-9]{4,7}\z"  # this and the next two are most codes, and need no more than a look
ZIP_OF_9 = r"\A[0-9]{5}-[0-9]{4}\z"
BRITISH_OR_CANADIAN = r"(?i)\A(?:[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}|[a-z][0-9][a-z] ?[0-9][a-z][0-9])\z"
SPACE = r"[\p{IsWhite_Space}\p{Cc}\p{Cf}]++"
ZIP_PLUS_4 = r"\A((?:USA?[ -]{1,3})?[0-9]{5}) ?- ?[0-9]{4}\z"
COUNTRY_PREFIX = (
    r"\A(?:A|AT|AZ|B|BE|BG|CH|CY|CZ|D|DE|DK|E|EE|ES|F|FI|FIN|FL|FR|GR|HR|HU|I|IS|IT|L|LI|LT|LU|LV|MC|MD|ME|MK"
    r"|N|NL|NO|P|PL|PT|RO|RS|S|SE|SI|SK|SM|TR|UA|USA?)(?=[0-9]{4,}\z)"
)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
POSTAL_CODE = r"\A(?=.*[0-9])[A-Z0-9]{2,12}\z"


def standardize_address(raw: Column) -> Column:
    """Words in lower case without accents and punctuation, common ones in their short form; null when none is left.

    Null for more than ``LONGEST`` characters too. The first words, all that most addresses have, are looked up one by
    one, and the others found by a regular expression: a lambda over the words would be interpreted.
    """
    short = F.length(raw) <= LONGEST
    return let(
        F.split(_spelled(raw), BETWEEN_WORDS),
        lambda words: let(
            F.regexp_replace(_joined(words, short), _needless(), ""),
            lambda address: keep_if(address, short & (F.length(address) >= 1) & (F.length(address) <= LONGEST)),
        ),
    )


def standardize_postal_code(raw: Column) -> Column:
    """Letters and digits in upper case, without country prefix and ZIP+4; null without digit or over 12 characters."""
    return (
        F.when(raw.rlike(DIGITS_ALONE), raw)
        .when(raw.rlike(ZIP_OF_9), F.substring(raw, 1, 5))
        .when(raw.rlike(BRITISH_OR_CANADIAN), F.upper(F.replace(raw, F.lit(" "), F.lit(""))))
        .otherwise(F.get(F.regexp_extract_all(_bare_code(raw), F.lit(POSTAL_CODE), F.lit(0)), F.lit(0)))
    )


def _spelled(raw: Column) -> Column:
    """The text in the letters of words: lower case without accents, in ASCII punctuation, signs said in words.

    The same for any writing in upper or lower case. ASCII without signs, nearly all there is, takes a short path.
    """
    ordinals = F.regexp_replace(F.replace(fold_case(raw), F.lit("č.p."), F.lit("no ")), ORDINAL_SIGN, "o")
    lower = F.lower(fold_letters(expand_letters(ordinals)))  # some letters fold to a capital
    letters = F.replace(F.replace(lower, F.lit("\u03c2"), F.lit("\u03c3")), F.lit("\u2019"), F.lit("'"))
    said = _said(F.regexp_replace(letters, OTHER_PUNCTUATION, " "))
    signs = reduce(Column.__or__, (F.contains(F.lower(raw), F.lit(sign)) for sign in SIGNS))
    spelled = F.when(is_ascii(raw) & ~signs, F.lower(raw)).otherwise(said)
    return F.replace(spelled, F.lit("'s "), F.lit("s "))


def _said(text: Column) -> Column:
    """Signs and phrases as words: ½, the flat before a stroke, number signs, post office boxes."""
    steps = [
        (HALF, "½"),
        (r"\bc/o\b", "co"),
        (FLAT_BEFORE_STROKE, "apt $1 $2 "),
        (SIGN_OF_HOUSE, "$1 "),
        ("#", " apt "),
        (POST_OFFICE_BOX, " pobox "),
    ]
    return reduce(lambda words, step: F.regexp_replace(words, *step), steps, text)


def _joined(words: Column, short: Column) -> Column:
    """The words in their short form, one space between them; all but the first ones where the text is ``short``."""
    first = F.array(*(_short_form(F.get(words, F.lit(place))) for place in range(LOOKED_UP)))
    others = F.array_join(F.slice(words, LOOKED_UP + 1, LONGEST), " ")
    more = F.when((F.size(words) > LOOKED_UP) & short, _shortened(others))
    said = F.array_join(F.array_remove(F.array_remove(first, SAYS_NOTHING), ""), " ")
    return F.trim(F.concat_ws(" ", said, more))


def _short_form(word: Column) -> Column:
    """The short form of a common word; other words as they are."""
    forms = {word: SAYS_NOTHING if short is None else short for word, short in _short_forms().items()}
    return lookup(forms, word, word)


def _shortened(words: Column) -> Column:
    """The words, one space between them, in their short form; may be ""."""
    pattern, short_list = _common_words()
    return F.trim(F.regexp_replace(F.concat(F.lit(" "), words, F.lit(" " + short_list)), pattern, "$1"))


@cache
def _common_words() -> tuple[str, str]:
    """A pattern for a common word or the list of short forms, its group the short form; and that list.

    A regular expression has one replacement for all that it finds. So the list follows the text, and a word looks
    ahead to its short form there: in the part of the word's first letter, which is the one capital that stands before
    it, after so many characters. " main street " with the list "S st, s,A ave," becomes " main st ".
    """
    branches, parts = [], []
    for letter, endings in _common_endings().items():
        places = accumulate((len(short) + 1 for short in endings), initial=0)
        mark = letter.upper()
        found = (f"{_either(ws)} [^{mark}]*{mark}.{{{at}}}" for ws, at in zip(endings.values(), places, strict=False))
        branches.append(f"{letter}(?:{'|'.join(found)})")
        parts.append(mark + "".join(f"{short}," for short in endings))
    return rf" (?=(?:{'|'.join(branches)})([^,]*))[^ ]*|{LIST}.*", LIST + "".join(parts)


def _common_endings() -> dict[str, dict[str, list[str]]]:
    """The words by first letter and short form, each without that letter; a space before the short form, if any."""
    found: dict[str, dict[str, list[str]]] = {letter: {} for letter in FREQUENT}
    for word, short in _short_forms().items():
        found.setdefault(word[0], {}).setdefault(f" {short}" if short else "", []).append(word[1:])
    return {letter: endings for letter, endings in found.items() if endings}


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"


def _short_forms() -> dict[str, str | None]:
    """Each common word with its short form, null for a word that says nothing; the most frequent first."""
    words = facts("address_words")
    pairs = ((writing, short) for section in SECTIONS for short, ws in words[section].items() for writing in ws)
    return {**dict(pairs), **dict.fromkeys(words["dropped"])}


def _needless() -> str:
    """A pattern for what may go from joined words; it looks at spaces and the letter a: nothing else starts one."""
    words = facts("address_words")
    long_ends = [
        f"{end[len(short) + 1 :]}(?<={end})(?= |\\z)" for short, ends in words["endings"].items() for end in ends
    ]
    apart = [f"(?={word[1:]}(?: |\\z))(?<=(?<![^ ]){word[0]} )" for word in words["joined"]]
    twice = r"pt (?<=(?<![^ ])(?:apt|ste|rm|fl) apt )"  # apt #4
    letter = rf"(?={LETTER}(?!(?:st|ave|n|s|e|w)(?: |\z)))(?<=[0-9] )"  # 12 b, but 5 d st
    flats = "|".join(words["flats"])
    flat = rf"(?:{flats})(?= [0-9])(?<=[0-9] ?[a-z]? (?:{flats}))"
    return f" (?:{'|'.join([letter, flat, '(?=½)', *apart])})|a(?:{'|'.join([*long_ends, twice])})"


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
