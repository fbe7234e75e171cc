"""Conflicts: which clusters break which limit."""

import pytest

from identity_spark.stages import guardrails

MEMBERS = "record_id long, record_key string, source string, applicable boolean, cluster_id long, linked boolean"
USABLE = "record_id long, email array<string>, card string"


@pytest.fixture
def frames(spark):
    """Cluster 1: three records of crm with two cards and three e-mails; cluster 2: two sources, one card; 3: alone."""
    members = [
        (n, f"k:{n}", s, True, c, c != 3)
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


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        (["identifiers.card.max_values_per_profile=1"], [(1, "card", "max_values_per_profile: 2 card values, at most 1")]),
        (
            ["identifiers.email.max_values_per_profile=2"],
            [(1, "email", "max_values_per_profile: 3 email values, at most 2"), (3, "email", "max_values_per_profile: 3 email values, at most 2")],
        ),
        (["identifiers.email.max_values_per_profile=3"], []),
        (["guardrails.max_records_per_profile=2"], [(1, None, "max_records_per_profile: 3 records, at most 2")]),
        (["guardrails.max_records_per_profile=3"], []),
        (["sources.crm.max_records_per_profile=1"], [(1, None, "sources.max_records_per_profile: 3 records of crm, at most 1")]),
        (
            ["guardrails.max_records_per_profile=1", "identifiers.card.max_values_per_profile=1"],
            [
                (1, None, "max_records_per_profile: 3 records, at most 1"),
                (1, "card", "max_values_per_profile: 2 card values, at most 1"),
                (2, None, "max_records_per_profile: 2 records, at most 1"),
            ],
        ),
    ],
)  # fmt: skip
def test_a_row_for_each_broken_limit(frames, make_config, changes, expected):
    found = guardrails.conflicts(*frames, make_config(*changes)).collect()
    assert sorted((tuple(r) for r in found), key=str) == sorted(expected, key=str)
