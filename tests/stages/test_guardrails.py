"""Conflicts: which clusters break which limit."""

import pytest

from identity_spark.schemas import CONFLICTS, MEMBERS, OVERRIDE_LINKS, differences
from identity_spark.stages import guardrails

USABLE = "record_id long, email array<string>, card string"


@pytest.fixture
def frames(spark):
    """Cluster 1: three records of crm with two cards and three e-mails; cluster 2: two sources, one card; 3: alone."""
    members = [
        (n, f"k:{n}", s, True, c, c != 3, None)
        for n, s, c in [(0, "crm", 1), (1, "crm", 1), (2, "crm", 1), (3, "crm", 2), (4, "shop", 2), (5, "crm", 3)]
    ]
    usable = [
        (0, ["a", "b"], "1"),
        (1, ["b"], "2"),
        (2, ["c"], None),
        (3, None, "9"),
        (4, ["d"], "9"),
        (5, ["x", "y", "z"], "5"),
    ]
    return spark.createDataFrame(members, MEMBERS), spark.createDataFrame(usable, USABLE)


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
def test_a_row_for_each_broken_limit(frames, make_config, changes, expected):
    found = guardrails.conflicts(*frames, None, make_config(*changes))
    assert differences(found, CONFLICTS) == []
    assert sorted((tuple(r) for r in found.collect()), key=str) == sorted(expected, key=str)


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
    members = spark.createDataFrame([(n, f"k:{n}", "crm", True, 1, True, None) for n in range(len(dates))], MEMBERS)
    usable = spark.createDataFrame(list(enumerate(dates[::order])), "record_id long, birth_date string")
    found = guardrails.conflicts(members, usable, None, make_config(tolerant)).collect()
    detail = f"max_values_per_profile: {len(dates)} birth_date values, at most 1"
    assert [tuple(r) for r in found] == ([(1, VALUES.format("birth_date"), "birth_date", detail)] if conflict else [])


def test_values_that_an_override_joins_count_as_one(spark, make_config):
    """Cards 1 and 2 are one person's by decision, so a third record may have either; a 3 is still another person's."""
    config = make_config("identifiers.card.max_values_per_profile=1")
    members = [
        (n, f"k:{n}", "crm", True, c, True, 7 if n in (0, 1, 3, 4) else None) for n, c in enumerate([1, 1, 1, 2, 2, 2])
    ]
    usable = [(0, None, "1"), (1, None, "2"), (2, None, "2"), (3, None, "1"), (4, None, "2"), (5, None, "3")]
    members[3] = (*members[3][:6], 8)
    members[4] = (*members[4][:6], 8)
    nobody = spark.createDataFrame([], OVERRIDE_LINKS)
    found = guardrails.conflicts(
        spark.createDataFrame(members, MEMBERS), spark.createDataFrame(usable, USABLE), nobody, config
    )
    assert [tuple(r)[:3] for r in found.collect()] == [(2, VALUES.format("card"), "card")]


def test_what_an_override_keeps_apart_may_not_share_a_cluster(frames, spark, make_config):
    apart = [("cannot_link", 0, 2, "k:0", "k:2", None, None), ("cannot_link", 2, 3, "k:2", "k:3", None, None)]
    found = guardrails.conflicts(*frames, spark.createDataFrame(apart, OVERRIDE_LINKS), make_config()).collect()
    assert [tuple(r) for r in found] == [(1, "cannot_link", None, "cannot_link: 1 pairs that overrides keep apart")]
