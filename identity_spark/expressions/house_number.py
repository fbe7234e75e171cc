"""The number of the house in a canonical address, and the street: the transforms ``house_number`` and ``street``.

Flats, floors, blocks and the like go first. Of what is left, the first number that is no part of a name is the house's:
before the street in English and French order, behind it in the others. The words that tell are those of
``conf/address_words.yaml``.

A number that may be something else is none: a postcode (of five digits behind a name, of four where a town follows, in
front of town and street); one of two in front, unless they are a range (``12 14 high st``) or a flat and a house
(``4 123 main st``); the crossing street of Colombia; the blocks of Japan.
"""

from functools import cache

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.text import any_of
from identity_spark.reference import facts

END = r"(?: |\z)"
NUMBER = r"[0-9]++(?:½|bis|ter|quater|[a-np-z\p{IsCyrillic}])?+(?=[号號]| |\z)"  # 2o is an ordinal: 2º
WORD = r"[^0-9 ][^ ]*+"
FLAT = r"[0-9]{1,3}[a-z]?+"
YEAR = r"(?:1[6-9]|20)[0-9]{2}(?![0-9])"
CHINESE_WAY = "[^0-9 ]*[路街道巷弄段](?=[0-9])"  # 6号 follows
JAPANESE = r"[\p{IsHan}\p{IsHiragana}\p{IsKatakana}]"

ENGLISH_WAY = f"(?:st|ave|rd|dr|ln|ct|cts|cir|cres|cl|blvd|hwy|pkwy|way|ter|trl|pl|hl|sq){END}"
LATIN_WAY = "(?:r|c|v|vle|cso|pza|po|ctra|ave|blvd) "  # the name follows
EUROPEAN_WAY = "(?:[^ ]*(?:str|weg|gasse|gatan|gata|gade|katu|laan)|g|u|ut|cad|sok) "  # the number follows
LATER_WAY = f"{WORD} .*(?<= ){ENGLISH_WAY}"
NUMBERED_WAY = rf"(?:[0-9]++ (?:sok|cad|u)|\A[0-9]e(?= {WORD}))"  # 1234. Sokak, 2e Kerkstraat
BLOCK = rf"\Ablk [^ ]++ (?:{WORD} ){{1,4}}{ENGLISH_WAY}[0-9]++"  # Singapore: Blk 123 Bishan Street 13
BUILDING = rf"(?<=[^0-9 ] )bldg [0-9]++ (?:[0-9]++ )?{LATER_WAY}"  # Ziggurat Building, 60 Saffron Hill

TWO_PARTS = "(?:[0-9]{2} [0-9]{3}|[0-9]{3} [0-9]{2}|[0-9]{4} [0-9]{3}) "  # a postcode: 00-950, 112 01, 1000-205
ON_A_CORNER = f"(?:esq|esquina|entre|col|bis|bajo){END}"  # 1234 esq uruguay
OF_TOWN = rf"(?:[0-9]{{4}} (?!{ON_A_CORNER})|{TWO_PARTS})\p{{L}}{{2}}"
POSTCODE_BEHIND = rf"(?![0-9]{{4,5}} {LATER_WAY})(?:[0-9]{{5}}|{OF_TOWN}|[0-9]{{3}} [0-9]{{4}}\z)"

HIGHER = "|".join(rf"{digit}[0-9]* \k<same>[{digit + 1}-9]" for digit in range(9))
AS_LONG = "|".join(f"[0-9]{{{digits}}} [0-9]{{{digits}}}" for digits in range(1, 6))
LONGER = "|".join(f"[5-9][0-9]{{{digits}}} 1[0-9]{{{digits + 1}}}" for digits in range(4))
RANGE = rf"(?:(?=(?:{AS_LONG}){END})(?<same>[0-9]*)(?:{HIGHER})[0-9]*+|{LONGER}){END}"  # 414-424, 8-10
FLAT_IN_FRONT = f"(?:[0-9] (?=[0-9]{{3}})|[0-9]{{2}} (?=[0-9]{{4}}))(?!{NUMBER} {ENGLISH_WAY})"  # 4-123 main st
CROSSING = r"(?<=(?:\A| )(?:c|cra|diag|transv|ave) [0-9]{1,3} )"  # carrera 7 no. 71-21
UNSURE = rf"(?:(?<={JAPANESE}[0-9]{{0,4}} )|{CROSSING}|(?!{RANGE}(?!{NUMBER}))(?:\k<first>|(?=.* {ENGLISH_WAY})))"
ONE_OF_TWO = rf"(?={NUMBER} {NUMBER}(?! {ENGLISH_WAY})){UNSURE}|{NUMBER} [0-9]++{JAPANESE}"


def house_number(canonical: Column) -> Column:
    """The number of the house with its letter; null when there is none or none can be told."""
    return F.get(F.regexp_extract_all(_without_units(canonical), F.lit(_numbered()), F.lit(5)), F.lit(0))


def street(canonical: Column) -> Column:
    """The address without house number and units, and without what follows a number behind it; null for no letter."""
    words = F.trim(F.regexp_replace(_without_units(canonical), _numbered(), "$2"))
    return F.get(F.regexp_extract_all(words, F.lit(r"\A(?=.*\p{L}).+\z"), F.lit(0)), F.lit(0))


def _without_units(canonical: Column) -> Column:
    return F.regexp_replace(canonical, _units(), "")


@cache
def _units() -> str:
    """A pattern for parts of buildings: 3rd fl, 2 fl (not 3 fl 2), apt 4b, po box 10 12, km 12 300."""
    floor = r"(?:[0-9]++(?:st|nd|rd|th|ere?|e|eme|o)|ground|top|upper|lower) fl|[0-9]++[a-z]?+ fl(?! [0-9])"
    box = r"(?:(?:po )?box|[bc] ?p|poczt)(?: [0-9]++)+(?=\z)|rr [0-9]++|km [0-9]++(?: [0-9]{3}(?![0-9]))?"
    two = rf" [0-9]++(?:(?=\z)|(?= [0-9]++ (?!{ENGLISH_WAY})[^0-9]))"  # apt 1 2 12 argyle st
    other = rf"(?:(?!b)|(?!{BLOCK}|{BUILDING}))"
    unit = rf"{other}{any_of(facts('address_words')['units'])} (?:[a-z]?[0-9][^ ]*+(?:{two})?|[a-z])"
    quick = rf"(?=[^ ]++ (?:fl|box|[a-z]?+(?:[0-9]|{END})))"  # few words are followed so
    return rf"(?<![^ ]){quick}(?:{floor}|{box}|{unit}){END}"


@cache
def _numbered() -> str:
    """A pattern for an address up to its number (group 5) and what goes with it; group 2 stands before the number.

    Groups 1 and 3 are there, and empty, where the number comes first: alone, or with others behind it. Group 4 is what
    both numbers of a range begin with.
    """
    house = f"(?:{any_of(facts('address_words')['houses'])} )?+"
    alone = rf"(?<alone>)(?=[0-9]{{1,5}}+[^0-9]*+\z)(?!{NUMBERED_WAY}|[0-9]++ de )"
    word = f"(?!{house}{NUMBER}|{CHINESE_WAY})[^ ]++"
    before = f"((?:(?:{_named()}|{word}){END})++(?:{CHINESE_WAY})?+|{CHINESE_WAY})"
    behind = f"(?:{_postcode()})?+{before}(?!{house}(?:{POSTCODE_BEHIND}))"
    in_front = f"(?:{FLAT_IN_FRONT})?+(?<first>)(?!{house}(?:{_no_house()}))"
    rest = rf"[号號]?(?: {NUMBER}(?! {ENGLISH_WAY}))*+{END}?(?:\k<alone>|\k<first>|(?={LATER_WAY})|.*)"
    return rf"\A(?:{alone}|(?:{behind}|{in_front}){house}(?!{ONE_OF_TWO}))({NUMBER}){rest}"


def _no_house() -> str:
    """A number in front that is part of a name, or a postcode as far as one can tell."""
    sure = f"(?:{any_of(facts('address_words')['numbered'])}|rd|dr|ln|ct|cir|blvd|pkwy|way|ter|trl|n|s|e|w) "
    unsure = rf"[0-9]{{4,5}} (?=.* (?!{sure}){WORD} {FLAT}\z)"
    return rf"[0-9]{{6}}|{NUMBERED_WAY}{END}|{_day()}|{unsure}"


def _named() -> str:
    """Numbers in names: 25 de mayo, hwy 66, c 5 at the start."""
    words = facts("address_words")
    return "|".join(
        [
            rf"{_day()}(?: (?:de )?{YEAR})?",
            rf"(?!\A[0-9]++ {WORD}(?! .*[0-9]))[0-9]++ {any_of(words['months'])}(?: {YEAR})?",  # 12 marco st is a house
            rf"{any_of(words['numbered'])} [0-9]++[a-z]?",
            rf"(?:\A|(?<= esq )){any_of(words['ways'])} [0-9]++[a-z]?",
            rf"\A[a-z] [0-9]++(?= {NUMBER})",  # Mannheim: Q 7, 24
            rf"(?:diag|transv|jl) [0-9]++[a-z]?(?= {NUMBER})",
            BLOCK,
            NUMBERED_WAY,
            rf"(?:des|dos|los|las|dei) [0-9]++(?= {WORD} )",
        ]
    )


def _day() -> str:
    return rf"[0-9]++ de {any_of(facts('address_words')['months'])}"


def _postcode() -> str:
    """A postcode in front of a town and a street with its number."""
    town = "(?:[^0-9 ][^ ]{2,} ){1,4}?"
    latin = rf"{FLAT} {LATIN_WAY}{WORD}|(?!ave|blvd){LATIN_WAY}{WORD} .*{FLAT}\z"
    return rf"[0-9]{{6,}} |{TWO_PARTS}(?=.* {WORD} {FLAT}\z)|[0-9]{{4,5}} (?={town}(?:{latin}|{EUROPEAN_WAY}[0-9]))"
