"""When two values match: tables of cases, and generated pairs against a plain Python oracle."""

import random
import string
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import product

import pytest
from chispa import assert_column_equality
from plain_matcher import NAMES, NUMBERS, matches, values_match
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions.similarity import agrees, best_pair, similarity, values_agree
from identity_spark.reference import facts

LEVELS = ("exact", "fuzzy_strong", "fuzzy_medium")
FIRST_NAMES = [  # left, right, and whether they match exactly, strongly, medium
    ("john", "john", True, True, True),
    ("j", "j", True, True, True),
    ("john", "joan", False, False, True),
    ("john", "jon", False, True, True),  # both are nicknames of jonathan
    ("steve", "steven", False, True, True),
    ("peter", "petre", False, True, True),  # moved
    ("maria", "marta", False, True, True),
    ("john", "jhon", False, True, True),  # moved
    ("ann", "nan", False, True, True),  # moved
    ("al", "la", False, True, True),  # moved
    ("ann", "anna", False, True, True),  # a nickname
    ("ann", "ans", False, False, False),
    ("john", "hojn", False, True, True),  # the h moved
    ("abcd", "badc", False, False, False),  # moved twice: four letters replaced
    ("abcd", "dcba", False, False, False),
    ("bill", "william", False, True, True),
    ("bob", "rob", False, True, True),
    ("bill", "robert", False, False, False),
    ("j", "john", False, False, True),
    ("j", "k", False, False, False),
    ("j", "mary", False, False, False),
    ("h", "john", False, False, False),
    ("mary ann", "mary anne", False, True, True),
    ("mary ann", "mary", False, False, False),
    ("katharine", "katherine", False, True, True),
    ("xiomara", "bartholomew", False, False, False),
    ("a", "a" * 300, False, False, True),  # an initial
    ("a" * 300, "b" * 300, False, False, False),
    ("ирина", "ирнна", False, True, True),
    ("ирина", "ирнн", False, False, False),
    ("李小龍", "小李龍", False, True, True),
    ("𐐨𐐩𐐪𐐫", "𐐨𐐩𐐪𐐬", False, False, True),  # four characters, one edit
    ("𐐨𐐩𐐪𐐫", "𐐩𐐨𐐪𐐫", False, True, True),
    ("𐐨", "𐐨𐐩𐐪𐐫", False, False, True),
    ("𐐨", "𐐩𐐨𐐪𐐫", False, False, False),
    ("john", None, None, None, None),
    (None, "j", None, None, None),
    (None, None, None, None, None),
]
LAST_NAMES = [
    ("smith", "smith", True, True, True),
    ("smith", "smyth", False, True, True),
    ("bill", "william", False, False, False),
    ("s", "smith", False, False, True),
    ("ng", "gn", False, True, True),
    ("lee", "lea", False, False, False),
    ("van der berg", "vander berg", False, True, True),
    ("smith", None, None, None, None),
]
FULL_NAMES = [
    ("john smith", "john smith", True, True, True),
    ("john smith", "jon smith", False, True, True),
    ("bill smith", "william smith", False, True, True),
    ("bill smith", "william jones", False, False, False),
    ("bill smith", "william s", False, False, False),
    ("bill", "william", False, True, True),
    ("smith bill", "smith william", False, False, False),
    ("w smith", "william smith", False, False, True),
    ("w", "william", False, False, True),
    ("w smith", "bill smith", False, False, False),
    ("w smithson", "william jones", False, False, False),
    ("r john smithson", "robert john smithson", False, False, True),
    ("abcdefghij klmnopqrs", "abcdefghij klmno", False, True, True),  # 4 edits in 20: .80
    ("abcdefghij klmnopqrs", "abcdefghij klmn", False, False, True),  # 5 in 20: .75
    ("abcdefghij klmnopqrs", "abcdefghij klm", False, False, False),
    (None, "john smith", None, None, None),
]
DATES = [
    ("1990-03-05", "1990-03-05", True, True, True),
    ("1990-03-05", "1990-03-06", False, True, True),
    ("1990-03-05", "1990-03-16", False, False, True),
    ("1990-03-05", "1991-04-06", False, False, False),
    ("1990-03-05", "1990-05-03", False, True, True),
    ("1990-10-12", "1990-12-10", False, True, True),
    ("1990-03-05", "1991-05-03", False, False, False),
    ("1990-11-12", "1990-12-11", False, True, True),
    ("1990-03-05", "1991-05-04", False, False, False),
    ("2000-01-12", "2000-12-01", False, True, True),
    ("2000-01-12", "2001-12-01", False, False, False),
    ("1990-03-05", None, None, None, None),
]
EMAILS = [
    ("ann@example.com", "ann@example.com", True, True, True),
    ("ann@example.com", "anm@example.com", False, True, True),
    ("ann@example.com", "amm@example.com", False, False, True),
    ("ann@example.com", "bob@example.com", False, False, False),
    ("jo@x.io", "ja@x.io", False, False, True),
    ("jo@x.i", "ja@x.i", False, False, False),  # 1 edit in 6
    ("jo@x.io", "oj@x.io", False, False, False),  # moved letters are for names
    ("abcdefghij@example.i", "abcdefg@example.i", False, False, True),  # 3 in 20: .85
    ("abcdefghij@example.i", "abcdef@example.i", False, False, False),
    ("abcdefghij@abcdefghi.abcd", "abcdefghij@abcdefghi.ab", False, True, True),  # 2 in 25: .92
    ("abcdefghij@abcdefghi.abcd", "abcdefghij@abcdefghi.a", False, False, True),
    ("ann@example.com", None, None, None, None),
]
IDS = [
    ("123456789", "123456789", True, None, True),
    ("123456789", "123456780", False, None, True),
    ("123456789", "12345678", False, None, True),
    ("123456789", "123456700", False, None, False),
    ("123456789", "213456789", False, None, True),
    ("123456789", "923456781", False, None, True),
    ("123456789", "234567891", False, None, True),  # the 1 moved to the end
    ("123456789", "214356789", False, None, False),
    ("12", "21", False, None, True),
    ("1", "2", False, None, True),
    ("1", "22", False, None, False),
    ("123456789", None, None, None, None),
]
TABLES = {
    "first_name": FIRST_NAMES,
    "last_name": LAST_NAMES,
    "full_name": FULL_NAMES,
    "date": DATES,
    **dict.fromkeys(("email", "company", "address", "text"), EMAILS),
    **dict.fromkeys(NUMBERS, IDS),
}
THRESHOLDS = [  # type, degree, threshold, left, right, whether they match
    ("email", "fuzzy_medium", 0.9, "abcde@x.io", "abcdf@x.io", True),
    ("email", "fuzzy_medium", 0.91, "abcde@x.io", "abcdf@x.io", False),
    ("email", "fuzzy_strong", 0.5, "abcde@x.io", "fghij@x.io", True),
    ("email", "fuzzy_strong", 0.51, "abcde@x.io", "fghij@x.io", False),
    ("email", "fuzzy_strong", 1.0, "abcde@x.io", "abcde@x.io", True),
    ("email", "fuzzy_strong", 1.0, "abcde@x.io", "abcdf@x.io", False),
    ("email", "fuzzy_strong", 0.0, "abc", "xyz", True),
    ("email", "fuzzy_strong", 0.0, "abc", None, None),
    ("email", "fuzzy_strong", 0.6666666, "abc", "abd", True),  # counts to six decimals
    ("email", "fuzzy_strong", 0.6667, "abc", "abd", False),
    ("first_name", "fuzzy_strong", 1.0, "john", "jhon", True),
    ("first_name", "fuzzy_strong", 1.0, "bill", "william", True),
    ("first_name", "fuzzy_strong", 1.0, "john", "joan", False),
    ("first_name", "fuzzy_strong", 0.75, "john", "joan", True),
    ("first_name", "fuzzy_strong", 0.75, "j", "john", False),
    ("first_name", "fuzzy_medium", 1.0, "j", "john", True),
    ("date", "fuzzy_strong", 0.7, "1990-03-05", "1991-04-06", True),
    ("date", "fuzzy_medium", 0.95, "1990-03-05", "1990-03-06", False),
    ("date", "fuzzy_medium", 0.95, "1990-11-12", "1990-12-11", True),
    ("phone", "fuzzy_medium", 0.7, "1234567890", "1234567000", True),
    ("phone", "fuzzy_medium", 0.95, "1234567890", "1234567891", False),
    ("phone", "fuzzy_medium", 0.95, "1234567890", "2134567890", True),
]
SIMILARITIES = [
    ("john", "john", 1.0),
    ("john", "joan", 0.75),
    ("abcdefghijklmnopqrst", "abcdefghijklmnopq", 0.85),
    ("𐐨𐐩", "𐐨𐐪", 0.5),
    ("ab", "xyz", 0.0),
    ("", "", 1.0),
    ("", "a", 0.0),
    ("a", None, None),
    (None, None, None),
]
BEST = [
    (["ann"], ["ann"], ("ann", "ann", 1.0)),
    (["ann", "bob"], ["rob", "zoe"], ("bob", "rob", 2 / 3)),
    (["b", "a"], ["d", "c"], ("a", "c", 0.0)),  # a tie: the smaller ones
    (["abc", "xyz"], ["ayz", "xbc"], ("abc", "xbc", 2 / 3)),  # the left decides first
    (["ann", "bob"], ["bob", "ann"], ("ann", "ann", 1.0)),
    (["john"], ["joan", "jahn"], ("john", "jahn", 0.75)),
    ([], ["ann"], None),
    (["ann"], [], None),
    (None, ["ann"], None),
    (["ann"], None, None),
]
VALUES = [  # at least, lefts, rights, exact, fuzzy_medium
    (1, ["steve"], ["steve"], True, True),
    (1, ["steve"], ["steven"], False, True),
    (1, ["steve"], ["maria"], False, False),
    (1, ["maria", "steve"], ["zoe", "steven"], False, True),
    (1, ["maria", "steve"], ["steve", "zoe"], True, True),
    (1, ["maria", "steve"], ["zoe"], False, False),
    (1, ["maria", "steve"], ["steven"], False, True),
    (2, ["maria", "steve"], ["maria", "steve"], True, True),
    (2, ["maria", "steve"], ["marta", "steven"], False, True),
    (2, ["maria", "steve"], ["marta", "zoe"], False, False),
    (2, ["steve", "steven"], ["stevens", "zoe"], False, False),  # two of the left, one of the right
    (2, ["stevens", "zoe"], ["steve", "steven"], False, False),
    (2, ["steve"], ["steve"], False, False),
    (2, ["steve", "steve"], ["steve", "steve"], False, False),  # one value twice
    (3, ["a b", "c d", "e f"], ["e f", "c d", "a b"], True, True),
    *((n, *sides, None, None) for n in (1, 2) for sides in (([], ["a"]), (["a"], []), (None, ["a"]), (["a"], None), ([], []))),
]  # fmt: skip
LETTERS = "abcdeстéя𐐨龍"
Pair = tuple[str | None, str | None]
Comparison = Callable[[Column, Column], Column]
PAIR = "left string, right string"


def results(spark: SparkSession, pairs: Sequence[Pair], comparisons: Sequence[Comparison]) -> list[list]:
    """What each comparison makes of each pair, in order: with left and right as they are, then the other way round."""
    rows = spark.createDataFrame([(n, *pair) for n, pair in enumerate(pairs)], f"place int, {PAIR}")
    sides = ((F.col("left"), F.col("right")), (F.col("right"), F.col("left")))
    values = F.array(*(compare(*pair) for pair in sides for compare in comparisons))
    return [row.found for row in sorted(rows.select("place", values.alias("found")).collect())]


def differences(cases: Sequence, expected: Sequence, found: Sequence) -> list[tuple]:
    """The first cases that came out otherwise."""
    return [case for case in zip(cases, expected, found, strict=True) if case[1] != case[2]][:5]


@pytest.mark.parametrize("kind", TABLES)
def test_a_match_to_each_degree(spark: SparkSession, kind: str) -> None:
    levels = [level for level in LEVELS if kind not in NUMBERS or level != "fuzzy_strong"]
    pairs = [(left, right) for left, right, *_ in TABLES[kind]]
    found = results(spark, pairs, [partial(agrees, kind, level, None) for level in levels])
    expected = [[case[2 + LEVELS.index(level)] for level in levels] * 2 for case in TABLES[kind]]
    assert differences(pairs, expected, found) == []


def test_a_threshold_replaces_similarity_and_edits(spark: SparkSession) -> None:
    pairs = [(left, right) for *_, left, right, _ in THRESHOLDS]
    found = results(spark, pairs, [partial(agrees, *case[:3]) for case in THRESHOLDS])
    of_own = [[row[n], row[n + len(THRESHOLDS)]] for n, row in enumerate(found)]
    assert differences(THRESHOLDS, [[case[-1]] * 2 for case in THRESHOLDS], of_own) == []


@pytest.mark.parametrize("kind", ["postal_code", "country", "domain"])
def test_other_types_are_compared_exactly(spark: SparkSession, kind: str) -> None:
    found = results(spark, [("a", "a"), ("a", "b"), ("a", None)], [partial(agrees, kind, "exact", None)])
    assert found == [[True, True], [False, False], [None, None]]
    for match in ("fuzzy_strong", "fuzzy_medium"):
        with pytest.raises(ValueError, match=f"'{match}' is not defined for values of type '{kind}'"):
            agrees(kind, match, None, F.col("left"), F.col("right"))


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_have_no_strong_match(spark: SparkSession, kind: str) -> None:
    with pytest.raises(ValueError, match=f"'fuzzy_strong' is not defined for values of type '{kind}'"):
        agrees(kind, "fuzzy_strong", None, F.col("left"), F.col("right"))


def test_similarity_is_a_share_of_the_longer_length(spark: SparkSession) -> None:
    pairs = [(left, right) for left, right, _ in SIMILARITIES]
    assert results(spark, pairs, [similarity]) == [[expected] * 2 for *_, expected in SIMILARITIES]


def test_best_pair_is_the_most_similar_one(spark: SparkSession) -> None:
    schema = "lefts array<string>, rights array<string>, expected struct<left string, right string, similarity double>"
    cases = spark.createDataFrame(BEST, schema).withColumn("actual", best_pair(F.col("lefts"), F.col("rights")))
    assert cases.schema["actual"].dataType.simpleString() == "struct<left:string,right:string,similarity:double>"
    assert_column_equality(cases, "actual", "expected")


@pytest.mark.parametrize("match", ["exact", "fuzzy_medium"])
def test_so_many_values_of_each_side_match(spark: SparkSession, match: str) -> None:
    schema = "at_least int, lefts array<string>, rights array<string>, exact boolean, fuzzy_medium boolean"
    cases = spark.createDataFrame(VALUES, schema)
    for at_least, sides in product((1, 2, 3), (("lefts", "rights"), ("rights", "lefts"))):
        actual = values_agree("first_name", match, None, at_least, *map(F.col, sides))
        chosen = cases.where(F.col("at_least") == at_least).withColumn("actual", actual)
        assert_column_equality(chosen, "actual", match)


# Generated pairs: what people type, with edits, moved letters and so on.


def word(chance: random.Random, alphabet: str, shortest: int = 1, longest: int = 12) -> str:
    return "".join(chance.choices(alphabet, k=chance.randint(shortest, longest)))


def first_name(chance: random.Random) -> str:
    formal = facts("nicknames")["formal"]
    nickname = chance.choice(sorted(formal))
    return chance.choice(
        [nickname, *formal[nickname].split(), word(chance, LETTERS), word(chance, string.ascii_lowercase)]
    )


def generated(chance: random.Random, kind: str) -> str:
    if kind == "first_name":
        return first_name(chance)
    if kind == "full_name":
        return f"{first_name(chance)} {word(chance, LETTERS, 1, 5)}"[: None if chance.random() < 0.9 else -2].strip()
    if kind == "date":
        return f"{chance.randint(1990, 1992)}-{chance.randint(1, 12):02}-{chance.randint(1, 12):02}"
    alphabet = {"last_name": LETTERS, "phone": "0123456789"}.get(kind, LETTERS + "@.")
    return word(chance, alphabet, 1, 40 if kind in ("email", "text") else 12)


def changed(chance: random.Random, kind: str, text: str) -> str:
    """The text with some edits, with a letter moved, shortened to an initial, or as a nickname or other day."""
    first, space, rest = text.partition(" ")
    alphabet = "0123456789" if kind in ("date", "phone") else LETTERS
    at, to = (chance.randrange(len(text)) for _ in range(2))
    year_month_day = text.split("-")
    how = chance.randrange(7)
    if how == 0 and kind == "date":
        return "-".join([year_month_day[0], *year_month_day[:0:-1]])
    if how == 0 and kind in NAMES:
        return first[0] + space + rest
    if how == 1 and kind in ("first_name", "full_name"):
        return chance.choice(facts("nicknames")["formal"].get(first, first).split()) + space + rest
    if how in (2, 3) and kind != "date":
        without = text[:at] + text[at + 1 :]
        return (without[:to] + text[at] + without[to:]).strip()
    for _ in range(chance.randint(1, 4 if kind not in ("email", "text") else 8)):
        at = chance.randrange(len(text) + 1)
        if kind == "date" and chance.random() < 0.7:
            at = chance.choice([3, 5, 6, 8, 9])
            text = text[:at] + (text[at] if text[at] == "-" else chance.choice("0129")) + text[at + 1 :]
        elif kind != "date":
            text = text[:at] + chance.choice(["", chance.choice(alphabet)]) + text[at + chance.randrange(2) :]
    return text.strip() or "a"


def generated_pairs(kind: str, count: int = 2000) -> list[tuple[str, str]]:
    chance = random.Random(f"pairs of {kind}")
    lefts = [generated(chance, kind) for _ in range(count)]
    return [(left, changed(chance, kind, left) if n % 8 else chance.choice(lefts)) for n, left in enumerate(lefts)]


REASONS = {  # besides being similar
    "first_name": "moved nickname initial",
    "last_name": "moved initial",
    "full_name": "moved nickname initial",
    "date": "swapped",
    "phone": "moved",
    "email": "",
    "text": "",
}


@pytest.mark.parametrize("kind", REASONS)
def test_generated_pairs_match_as_the_oracle_says(spark: SparkSession, kind: str) -> None:
    pairs = generated_pairs(kind)
    levels = [level for level in LEVELS[1:] if kind not in NUMBERS or level != "fuzzy_strong"]
    settings = list(product(levels, (None, 0.7, 0.9)))
    reasons = [[matches(kind, *setting, *pair) for setting in settings] for pair in pairs]
    for setting, found in zip(settings, zip(*reasons, strict=True), strict=True):
        assert_reached(kind, setting[0], found)
    expected = [[bool(found) for found in case] * 2 for case in reasons]
    found = results(spark, pairs, [partial(agrees, kind, *setting) for setting in settings])
    assert differences(list(zip(pairs, reasons, strict=True)), expected, found) == []


def assert_reached(kind: str, match: str, reasons: Sequence[set[str]]) -> None:
    """Each reason is the only one of some pairs, and other pairs do not match."""
    alone = Counter(reason for found in reasons if len(found) == 1 for reason in found)
    wanted = {"similar", *REASONS[kind].split()} - ({"initial"} if match == "fuzzy_strong" else set())
    assert all(alone[reason] > 20 for reason in wanted), f"too few matches for one reason alone: {alone}"
    assert sum(not found for found in reasons) > 50


def test_a_value_at_the_border_matches(spark: SparkSession) -> None:
    """Every length up to 50 with every number of edits: the exact share decides, and the similarity shown agrees."""
    thresholds = (0.0, 0.01, 0.1, 0.3, 0.55, 0.7, 0.8, 0.85, 0.92, 0.99, 0.999999, 1.0)
    lengths = [(length, edits) for length in range(1, 51) for edits in range(length + 1)]
    pairs = [("a" * length, "a" * (length - edits) + "b" * edits) for length, edits in lengths]
    expected = [[1 - Fraction(k, n) >= Fraction(str(threshold)) for threshold in thresholds] * 2 for n, k in lengths]
    borders = [(n, k) for n, k in lengths for threshold in thresholds if 1 - Fraction(k, n) == Fraction(str(threshold))]
    assert len(borders) > 100
    by_match = [partial(agrees, "text", "fuzzy_medium", threshold) for threshold in thresholds]
    assert differences(lengths, expected, results(spark, pairs, by_match)) == []
    by_value = [partial(at_least_as_similar, threshold) for threshold in thresholds]
    assert differences(lengths, expected, results(spark, pairs, by_value)) == []


def at_least_as_similar(threshold: float, left: Column, right: Column) -> Column:
    return similarity(left, right) >= threshold


@pytest.mark.parametrize("at_least", [1, 2])
def test_generated_values_match_as_the_oracle_says(spark: SparkSession, at_least: int) -> None:
    chance = random.Random(5)
    names = ["bill", "william", "b", "will", "bob", "robert", "rob", "john", "jhon", "joan", "zoe"]
    cases = [tuple(tuple(sorted(chance.sample(names, chance.randint(1, 4)))) for _ in range(2)) for _ in range(1000)]
    answers = [values_match("first_name", "fuzzy_medium", None, at_least, *case) for case in cases]
    assert min(Counter(answers).values()) > 100
    rows = spark.createDataFrame(
        [(n, *map(list, case)) for n, case in enumerate(cases)], "place int, l array<string>, r array<string>"
    )
    sides = ((F.col("l"), F.col("r")), (F.col("r"), F.col("l")))
    actual = F.array(*(values_agree("first_name", "fuzzy_medium", None, at_least, *pair) for pair in sides))
    found = [row.found for row in sorted(rows.select("place", actual.alias("found")).collect())]
    assert differences(cases, [[answer] * 2 for answer in answers], found) == []
