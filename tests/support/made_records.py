"""Records of made people, standardized, and rules of every kind for them."""

import random

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

FIELDS = ("email", "phone", "first_name", "last_name", "birth_date", "card", "words")
COLUMNS = (
    "record_id long, record_key string, source string, email array<string>, phone string, first_name string, "
    "last_name string, birth_date string, card string, words array<string>"
)
RULES = """rules=[
 {name: card, criteria: [{identifiers: card, match: exact}]},
 {name: email, criteria: [
   {identifiers: email, match: exact}, {identifiers: first_name, match: fuzzy_medium, missing: pass},
   {identifiers: birth_date, match: fuzzy_medium, missing: pass}]},
 {name: phone, sources: [crm], criteria: [
   {identifiers: phone, match: exact}, {identifiers: [first_name, last_name], match: fuzzy_strong}]},
 {name: phone_strict, sources: [crm], criteria: [
   {identifiers: phone, match: exact}, {identifiers: last_name, match: fuzzy_medium, threshold: 0.5},
   {identifiers: birth_date, match: fuzzy_strong, missing: pass}]},
 {name: phone_and_date, sources: [crm], criteria: [
   {identifiers: phone, match: exact}, {identifiers: birth_date, match: fuzzy_strong, missing: pass}]},
 {name: name_and_date, criteria: [
   {identifiers: [last_name, birth_date], match: exact}, {identifiers: first_name, match: fuzzy_medium},
   {identifiers: card, match: exact, missing: pass}]},
 {name: date_and_words, criteria: [
   {identifiers: birth_date, match: exact}, {identifiers: words, match: fuzzy_strong, at_least: 2}]},
 {name: words, criteria: [
   {identifiers: words, match: exact, at_least: 2}, {identifiers: card, match: fuzzy_medium, missing: pass}]},
 {name: first_and_email, criteria: [
   {identifiers: first_name, match: exact}, {identifiers: email, match: fuzzy_medium}]},
 {name: first_and_phone, max_block_records: 12, criteria: [
   {identifiers: first_name, match: exact}, {identifiers: phone, match: fuzzy_medium, missing: pass}]}
]"""
WORDS = ("identifiers.words={from: last_name, transform: tokens}",)


def people(seed: int, count: int) -> list[tuple]:
    """Records of fewer people than records, with values that vary and go missing."""
    rng = random.Random(seed)
    firsts, lasts = (
        ["john", "jon", "bill", "william", "mary", "maria", "ann", "anna", "jo", "j"],
        ["smith", "smyth", "lee", "leigh", "garcia", "jones"],
    )
    towns = [start + end for start in ("berg", "hill", "stone", "field", "wood") for end in ("", "ton", "ham", "ley")]
    persons = [
        (
            [f"{rng.choice(firsts)}{n // 3}@x.io", f"{rng.choice(lasts)}{n // 4}@y.io"], f"+1415555{n // 3:04}",
            rng.choice(firsts), rng.choice(lasts), f"19{rng.randint(50, 54)}-0{rng.randint(1, 3)}-1{rng.randint(0, 2)}",
            f"c{n // 3:05}", rng.sample(towns, 3),
        )
        for n in range(count // 3)
    ]  # fmt: skip
    rows = []
    for n in range(count):
        email, phone, *texts, card, words = rng.choice(persons)
        values = [
            rng.sample(email, rng.randint(1, 2)), varied(rng, phone), *(varied(rng, text) for text in texts),
            varied(rng, card), rng.sample(words, rng.randint(1, 3)),
        ]  # fmt: skip
        source = rng.choice(["crm", "crm", "shop"])
        rows.append((n * 7 % count, f"{source}:{n:05}", source, *(v if rng.random() < 0.8 else None for v in values)))
    return rows


def varied(rng: random.Random, text: str) -> str:
    """Now and then a text with one character changed, two swapped, or one left out; dates keep their form."""
    if rng.random() < 0.75 or len(text) < 3:
        return text
    at = rng.randrange(len(text) - 1)
    if text[at] == "-" or text[at + 1] == "-" or at < 2:
        return text
    return rng.choice([text[:at] + text[at + 1] + text[at] + text[at + 2 :], text[:at] + "1" + text[at + 1 :]])


def as_records(rows) -> list[dict]:
    return [dict(zip(("record_id", "record_key", "source", *FIELDS), row, strict=True)) for row in rows]


def accepted(links: DataFrame) -> DataFrame:
    """``JUDGED_LINKS`` of ``LINKS`` that no guardrail refuses."""
    return links.withColumn("refused_by", F.lit(None).cast("string"))
