"""Names in a catalog: their parts, and how SQL gets to read them."""

import pytest

from identity_spark.config import name_parts, quoted

NAMES = [
    ("users", ["users"]),
    ("main.app.users", ["main", "app", "users"]),
    ("2 people's.app-2.ünïcode", ["2 people's", "app-2", "ünïcode"]),
    ("`a.b`.`c``d`.e", ["a.b", "c`d", "e"]),
    ("", []),
    ("a..b", []),
    (".a", []),
    ("a.", []),
    ("`a", []),
    ("a`b", []),
    ("`a`b", []),
]


@pytest.mark.parametrize(("name", "parts"), NAMES)
def test_the_parts_of_a_name_in_a_catalog(name, parts):
    assert name_parts(name) == parts


def test_every_part_is_quoted_for_sql():
    assert quoted("main.`a.b`.`c``d`") == "`main`.`a.b`.`c``d`"


def test_bad_names_are_problems_of_the_configuration(problems):
    assert problems("output={schema: a.b.c}", "sources.app.table=a..b") == [
        "sources.app.table: 'a..b' is no name in a catalog; write one like catalog.schema.name, odd parts in `backticks`",
        "output.schema: 'a.b.c' is no name in a catalog; write one like catalog.schema, odd parts in `backticks`",
    ]
