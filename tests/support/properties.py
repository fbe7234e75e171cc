"""Properties that every standardizer holds, on seeded generated text; each test of a type reuses them."""

import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from itertools import accumulate

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from sessions import compiled

Standardize = Callable[[Column], Column]

OUTER_SPACE = [
    " ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u2028",
    "\x00",
    "\x1f",
    "\u200b",
    "\ufeff",
    "\u0085",
]
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789+-().,/#@: ",
    "éÉèüÜßẞñÑøØłŁæÆœŒþŞşİıçžŽőŐđĐŉǆΐǰﬁ",
    "αβγάΆςσΣΩώᾳΪ",
    "абвгдеёЁжзийЙїґЯ",
    "李小龍山田김민준अमित محمد שרה สมชาย",
    "e\u0301a\u0308u\u030a\u0345 ",
    "ＡＢｃ１２３＠．　",
    "".join(OUTER_SPACE) + "ab",
    "'’`\"-–—_.,;!?&|\\$^*[]{}<>~\u00ad\u200d\u2060",
    "😀👩‍👩‍👧🇫🇷𝐀𐐀𐐨",
    "a \n",
]
EMPTY = [None, "", " ", "\u3000\t"]
LONG = 100_000
FEW = 1000  # values that are not worth the code that Spark makes
LONG_PIECES = [
    "a",
    " ",
    "0",
    ".",
    "-",
    "@",
    ",",
    "/",
    "dr ",
    "a.",
    "jr ",
    "é",
    "a\u0301",
    "\u3000",
    "李",
    "1,",
    "ab c\t",
    "+1",
    "o'",
    "😀",
]


def generated(seed: int, samples: Sequence[str], count: int = 400) -> list[str]:
    """Seeded text: characters of one to three alphabets, any Unicode, and the samples with random edits."""
    chance = random.Random(seed)
    mixed = ["".join(chance.choices("".join(chance.sample(ALPHABETS, 1 + n % 3)), k=n % 23)) for n in range(count)]
    anything = ["".join(any_character(chance) for _ in range(n % 12)) for n in range(count // 4)]
    return [*mixed, *anything, *(edited(chance, chance.choice(samples)) for _ in range(count if samples else 0))]


def any_character(chance: random.Random) -> str:
    """Any code point but a surrogate, which no UTF-8 text holds."""
    return chr(chance.choice([chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)]))


def edited(chance: random.Random, text: str) -> str:
    """The text with up to two characters dropped, doubled or put in."""
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(text) + 1)
        put_in = chance.choice(["", text[at : at + 1] * 2, chance.choice(chance.choice(ALPHABETS))])
        text = text[:at] + put_in + text[at + 1 :]
    return text


def long_texts() -> list[str]:
    """Texts of 100 KB: one piece all over, alone and with another at the end."""
    whole = [piece * (LONG // len(piece)) for piece in LONG_PIECES]
    return [*whole, *(text + "z" for text in whole), *("x" + text + "\n" for text in whole)]


def standardized(spark: SparkSession, standardize: Standardize, values: Sequence[str | None]) -> list[str | None]:
    """What the standardizer makes of each value, in order."""
    rows = spark.createDataFrame(list(enumerate(values)), "place int, raw string")
    with compiled(spark) if len(values) > FEW else nullcontext():
        results = rows.select("place", standardize(F.col("raw")).alias("value")).collect()
    return [row["value"] for row in sorted(results, key=lambda row: row["place"])]


def recased(spark: SparkSession, change: Standardize, values: Sequence[str]) -> list[str]:
    return [value or "" for value in standardized(spark, change, values)]


def assert_agree(
    what: str, values: Sequence[str | None], left: Sequence[str | None], right: Sequence[str | None]
) -> None:
    """Fails with the first values whose two results differ, in ASCII and shortened."""
    cases = zip(values, left, right, strict=True)
    found = [tuple(ascii(text)[:99] for text in (value, a, b)) for value, a, b in cases if a != b]
    assert not found, f"{what}: {found[:5]}"


def assert_standardizer_properties(
    spark: SparkSession,
    standardize: Standardize,
    seeds: Iterable[int] = range(2),
    samples: Sequence[str] = (),
    case_matters: bool = False,
) -> None:
    """Canonical or null, never "", stable when repeated, blind to case and outer space, safe on any text.

    ``samples`` are good values of the type: they are tried as they are and with random edits.
    """
    values = [*samples, *(value for seed in seeds for value in generated(seed, samples))]
    padded = [space + value + space for value, space in zip(values, OUTER_SPACE * len(values), strict=False)]
    cases = [] if case_matters else [recased(spark, change, values) for change in (F.upper, F.lower)]
    # Everything in one query: planning and compiling a standardizer costs more than some thousand rows.
    texts = [values, EMPTY, padded, *cases, long_texts()]
    together = standardized(spark, standardize, [text for some in texts for text in some])
    ends = list(accumulate(map(len, texts)))
    results, nothing, of_padded, *of_cases, of_long = (
        together[end - len(some) : end] for some, end in zip(texts, ends, strict=True)
    )
    assert any(results), "no generated value has a canonical form: give samples"
    assert all(results[: len(samples)]), f"samples without canonical form: {list(zip(samples, results, strict=False))}"
    assert nothing == [None] * len(EMPTY)
    assert "" not in together
    assert_agree("outer space matters", padded, results, of_padded)
    for changed, of_changed in zip(cases, of_cases, strict=True):
        assert_agree("case matters", changed, results, of_changed)
    again = standardized(spark, standardize, [*results, *of_long])
    assert_agree("not stable", results, results, again[: len(results)])
    assert_agree("long text", of_long, of_long, again[len(results) :])
