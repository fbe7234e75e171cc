"""Conflicts: which clusters break which limit."""

import pytest

from identity_spark.schemas import CONFLICTS, MEMBERS, OVERRIDE_LINKS, differences
from identity_spark.stages import guardrails

LIMITED = ("email", "card", "birth_date")
Held = dict[str, str | list[str]]  # values by identifier


def members(spark, records: list[tuple[int, str, int, int | None, Held]], config):
    """``MEMBERS`` of records: number, source, cluster, the group of an override, and values."""
    limited = {i.name for i in config.identifiers if i.max_values_per_profile} | {*config.guardrails.conflict_together}
    clusters = [cluster for _, _, cluster, *_ in records]
    smallest = {c: min(f"k:{n}" for n, _, other, *_ in records if other == c) for c in clusters}
    rows = []
    for n, source, cluster, group, held in records:
        values = [(i, v) for i in LIMITED if i in limited for v in texts(held.get(i))]
        of_cluster = (clusters.count(cluster), smallest[cluster])
        rows.append((n, f"k:{n}", source, True, cluster, clusters.count(cluster) > 1, group, values, *of_cluster))
    return spark.createDataFrame(rows, MEMBERS)


def texts(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


@pytest.fixture
def records():
    """Cluster 1: three records of crm with two cards and three e-mails; cluster 2: two sources, one card; 3: alone."""
    return [
        (0, "crm", 1, None, {"email": ["a", "b"], "card": "1"}),
        (1, "crm", 1, None, {"email": ["b"], "card": "2"}),
        (2, "crm", 1, None, {"email": ["c"]}),
        (3, "crm", 2, None, {"card": "9"}),
        (4, "shop", 2, None, {"email": ["d"], "card": "9"}),
        (5, "crm", 3, None, {"email": ["x", "y", "z"], "card": "5"}),
    ]


VALUES = "identifiers.{}.max_values_per_profile"
RECORDS = "guardrails.max_records_per_profile"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        (["identifiers.card.max_values_per_profile=1"], [(1, VALUES.format("card"), "card", "max_values_per_profile: 2 card values, at most 1")]),
        (
            ["identifiers.email.max_values_per_profile=2"],
            [(c, VALUES.format("email"), "email", "max_values_per_profile: 3 email values, at most 2") for c in (1, 3)],
        ),
        (["identifiers.email.max_values_per_profile=3"], []),
        (["guardrails.max_records_per_profile=2"], [(1, RECORDS, None, "max_records_per_profile: 3 records, at most 2")]),
        (["guardrails.max_records_per_profile=3"], []),
        (["sources.crm.max_records_per_profile=1"], [(1, "sources.crm.max_records_per_profile", None, "sources.max_records_per_profile: 3 records of crm, at most 1")]),
        (
            ["guardrails.max_records_per_profile=1", "identifiers.card.max_values_per_profile=1"],
            [
                (1, RECORDS, None, "max_records_per_profile: 3 records, at most 1"),
                (1, VALUES.format("card"), "card", "max_values_per_profile: 2 card values, at most 1"),
                (2, RECORDS, None, "max_records_per_profile: 2 records, at most 1"),
            ],
        ),
        (  # three e-mails in clusters 1 and 3, but cluster 3 has one card
            ["guardrails.conflict_together=[email, card]"],
            [
                (1, "guardrails.conflict_together", "email", "conflict_together: 3 email values, at most 1"),
                (1, "guardrails.conflict_together", "card", "conflict_together: 2 card values, at most 1"),
            ],
        ),
        (["guardrails.conflict_together=[email, card]", "identifiers.email.max_values_per_profile=3"], []),
    ],
)  # fmt: skip
def test_a_row_for_each_broken_limit(spark, records, make_config, changes, expected):
    config = make_config(*changes)
    found = guardrails.conflicts(members(spark, records, config), None, config)
    assert differences(found, CONFLICTS) == []
    sizes = {1: 3, 2: 2, 3: 1}
    assert sorted(map(tuple, found.collect()), key=str) == sorted(((*e, sizes[e[0]]) for e in expected), key=str)


DATES = [
    ("one date", ["1980-02-03"], False),
    ("a slip of a digit", ["1980-02-03", "1980-02-08"], False),
    ("day and month swapped", ["1980-02-03", "1980-03-02"], False),
    ("another date", ["1980-02-03", "1991-07-25"], True),
    ("a chain of slips whose ends contradict", ["1980-02-03", "1980-02-18", "1980-12-18"], True),
    ("all like the smallest, but not like one another", ["1980-02-03", "1980-02-14", "1980-11-03"], True),
]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("dates", "conflict"), [case[1:] for case in DATES], ids=[case[0] for case in DATES])
def test_a_tolerance_looks_at_every_two_values_whatever_their_order(spark, make_config, dates, conflict, order):
    tolerant = "identifiers.birth_date={type: date, conflict_tolerance: fuzzy_medium}"
    config = make_config(tolerant)
    rows = [(n, "crm", 1, None, {"birth_date": date}) for n, date in enumerate(dates[::order])]
    found = guardrails.conflicts(members(spark, rows, config), None, config).drop("record_count").collect()
    detail = f"max_values_per_profile: {len(dates)} birth_date values, at most 1"
    assert [tuple(r) for r in found] == ([(1, VALUES.format("birth_date"), "birth_date", detail)] if conflict else [])


def test_values_that_an_override_joins_count_as_one(spark, make_config):
    """Cards 1 and 2 are one person's by decision, so a third record may have either; a 3 is still another person's."""
    config = make_config("identifiers.card.max_values_per_profile=1")
    cards, groups = ["1", "2", "2", "1", "2", "3"], [7, 7, None, 8, 8, None]
    rows = [(n, "crm", 1 + n // 3, groups[n], {"card": card}) for n, card in enumerate(cards)]
    nobody = spark.createDataFrame([], OVERRIDE_LINKS)
    found = guardrails.conflicts(members(spark, rows, config), nobody, config)
    assert [tuple(r)[:3] for r in found.collect()] == [(2, VALUES.format("card"), "card")]


def test_what_an_override_keeps_apart_may_not_share_a_cluster(records, spark, make_config):
    apart = [("cannot_link", 0, 2, "k:0", "k:2", None, None), ("cannot_link", 2, 3, "k:2", "k:3", None, None)]
    config = make_config()
    cannot_links = spark.createDataFrame(apart, OVERRIDE_LINKS)
    found = guardrails.conflicts(members(spark, records, config), cannot_links, config).collect()
    assert [tuple(r) for r in found] == [(1, "cannot_link", None, "cannot_link: 1 pairs that overrides keep apart", 3)]
