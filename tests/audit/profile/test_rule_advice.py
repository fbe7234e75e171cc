"""Counts of blocks and values against plain Python, and the advice on people whose chance pairs are known."""

import random
from collections import Counter
from itertools import accumulate

import pytest
from outputs import combinations

from identity_spark.audit.profile.rules import rule_blocks, value_pairs
from identity_spark.audit.profile.rules_text import BlockCounts, ValueCounts, chance_pairs, growth, rule_advice_text

COLUMNS = (
    "record_id long, source string, email array<string>, phone string, first_name string, last_name string, "
    "birth_date string, card string, words array<string>"
)
NAMES = [column.split()[0] for column in COLUMNS.split(", ")]
RULES = """rules=[
 {name: card, criteria: [{identifiers: card}]},
 {name: email_and_last, criteria: [{identifiers: [email, last_name]}]},
 {name: phone, sources: [crm], max_block_records: 6, criteria: [
   {identifiers: phone}, {identifiers: last_name, match: fuzzy_medium}]},
 {name: phone_wide, sources: [crm], max_block_records: 8, criteria: [
   {identifiers: phone}, {identifiers: first_name, match: fuzzy_medium}]},
 {name: phone_everywhere, max_block_records: 9, criteria: [
   {identifiers: phone}, {identifiers: first_name, match: fuzzy_medium}]},
 {name: email_and_words, max_block_records: 3, criteria: [
   {identifiers: email}, {identifiers: words, at_least: 2}, {identifiers: last_name, match: fuzzy_medium}]},
 {name: nobody, criteria: [{identifiers: birth_date}, {identifiers: last_name, match: fuzzy_medium}]}
]"""
WORDS = "identifiers.words={from: last_name, transform: tokens}"


def mixed_records() -> list[tuple]:
    """Records with several e-mails and words, values missing here and there, and no birth date at all."""
    rng = random.Random(7)
    emails, words = [f"e{n}@x.io" for n in range(60)], ["north", "south", "east", "west"]

    def or_none(value):
        return value if rng.random() < 0.8 else None

    return [
        (
            n, rng.choice(["crm", "crm", "shop"]), or_none(rng.sample(emails, rng.randint(1, 3))),
            or_none(f"+{rng.randint(1, 40)}"), or_none(rng.choice(["ann", "bob"])), or_none(rng.choice(["lee", "ray"])),
            None, or_none(f"c{rng.randint(1, 200)}"), or_none(rng.sample(words, rng.randint(1, 3))),
        )
        for n in range(400)
    ]  # fmt: skip


def keys_of(rows, rule) -> list[list[tuple]]:
    """The keys of every record of the rule's sources that has one."""
    records = [dict(zip(NAMES, row, strict=True)) for row in rows]
    found = [
        combinations([r[i] for i in rule.anchor]) for r in records if r["source"] in (rule.sources or {"crm", "shop"})
    ]
    return [keys for keys in found if keys]


def expected_counts(rows, rule) -> BlockCounts:
    keys = keys_of(rows, rule)
    sizes = list(Counter(key for each in keys for key in each).values())
    within = [size for size in sizes if size <= rule.max_block_records]
    over = [size for size in sizes if size > rule.max_block_records]
    every, compared = (sum(size * (size - 1) // 2 for size in some) for some in (sizes, within))
    return BlockCounts(len(keys), len(sizes), sum(sizes), max(sizes, default=0), every, compared, len(over), sum(over))


def counted(usable, config) -> tuple[list[BlockCounts], dict[str, ValueCounts]]:
    blocks = sorted(tuple(row) for row in rule_blocks(usable, config).collect())
    assert [index for index, *_ in blocks] == list(range(len(config.rules)))
    values = {name: ValueCounts(*counts) for name, *counts in value_pairs(usable, config).collect()}
    return [BlockCounts(*counts) for _, *counts in blocks], values


@pytest.mark.parametrize("match_pairs", ["spanning", "all"])
def test_every_count_is_that_of_plain_python(spark, make_config, match_pairs):
    config, rows = make_config(WORDS, RULES, f"match_pairs={match_pairs}"), mixed_records()
    expected = {rule.name: expected_counts(rows, rule) for rule in config.rules}
    assert all(0 < counts.skipped_blocks < counts.keys for name, counts in expected.items() if "phone" in name)
    assert expected["email_and_words"].held > expected["email_and_words"].records, "records have several keys"
    assert expected["phone"].records < expected["phone_everywhere"].records
    blocks, values = counted(spark.createDataFrame(rows, COLUMNS), config)
    assert dict(zip(expected, blocks, strict=True)) == expected
    assert values == {
        name: expected_values(rows, name) for name in ("card", "email", "last_name", "phone", "words", "birth_date")
    }


def expected_values(rows, name) -> ValueCounts:
    held = [value if isinstance(value, list) else [value] for row in rows if (value := row[NAMES.index(name)])]
    return ValueCounts(len(held), sum(c * (c - 1) // 2 for c in Counter(v for values in held for v in values).values()))


PEOPLE_RULES = """rules=[
 {name: names, criteria: [{identifiers: [first_name, last_name]}]},
 {name: names_compared, criteria: [
   {identifiers: [first_name, last_name]}, {identifiers: birth_date, match: fuzzy_medium}]},
 {name: sound, criteria: [{identifiers: [first_name, last_name, last_sound]}]},
 {name: last_and_date, criteria: [{identifiers: [last_name, birth_date]}, {identifiers: first_name, match: fuzzy_medium}]},
 {name: last_and_phone, criteria: [{identifiers: [last_name, phone]}]},
 {name: last_and_email, criteria: [{identifiers: [last_name, email]}]}
]"""
PEOPLE = ["record_id", "source", "email", "phone", "first_name", "last_name", "birth_date", "last_sound"]
CHANCE = ["names", "names_compared", "sound"]


def people(persons: int) -> list[tuple]:
    """Twice as many records as persons, and who each is; names are as unequal as those of a country."""
    rng = random.Random(11)
    firsts, lasts = (list(accumulate(1 / (n + 12) for n in range(count))) for count in (200, 400))
    drawn = [
        (
            f"{n}@x.io", f"+{n}", rng.choices(range(200), cum_weights=firsts)[0], rng.choices(range(400), cum_weights=lasts)[0],
            f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        )
        for n in range(persons)
    ]  # fmt: skip
    return [
        (n, "crm", [email], phone, f"f{first}", f"l{last}", born if n % 3 else None, f"S{last // 3}")
        for n, (email, phone, first, last, born) in enumerate(rng.choices(drawn, k=2 * persons))
    ]


def pairs_by(rows, *names) -> int:
    """Pairs of records that share every one of ``names``."""
    at = [PEOPLE.index(name) for name in names]
    keys = Counter(tuple(str(row[i]) for i in at) for row in rows if all(row[i] for i in at))
    return sum(size * (size - 1) // 2 for size in keys.values())


@pytest.fixture(scope="module")
def few():
    return people(4000)


@pytest.fixture
def advised(spark, make_config, few):
    config = make_config(PEOPLE_RULES)
    usable = spark.createDataFrame(few, COLUMNS.replace("card string, words array<string>", "last_sound string"))
    return config, *counted(usable, config)


def test_a_key_of_names_alone_is_warned_of(advised, few):
    strangers = 1 - pairs_by(few, "first_name", "last_name", "phone") / pairs_by(few, "first_name", "last_name")
    assert strangers > 0.2, "many pairs of the names are of two people"
    assert pairs_by(few, "last_name", "birth_date", "phone") > 0.9 * pairs_by(few, "last_name", "birth_date")
    config, blocks, values = advised
    warnings = [line for line in rule_advice_text(blocks, values, config).split("\n") if line.startswith("warning")]
    assert [line.split()[2] for line in warnings] == [f"{name}:" for name in CHANCE]


def test_the_estimates_are_near_what_the_truth_and_ten_times_the_records_say(advised, few):
    config, blocks, values = advised
    rule, counts = config.rules[0], blocks[0]
    chance = chance_pairs(rule, counts, values, config)
    strangers = counts.pairs - pairs_by(few, "first_name", "last_name", "phone")
    assert chance == pytest.approx(strangers, rel=0.1)
    assert chance_pairs(config.rules[2], blocks[2], values, config) == pytest.approx(chance, rel=0.01)
    many = pairs_by(people(40_000), "first_name", "last_name")
    assert growth(counts, chance) == pytest.approx(many / counts.pairs, rel=0.15)
    assert growth(counts, chance) > 25
