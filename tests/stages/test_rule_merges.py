"""The merges that no other rule makes, against components counted without each rule in turn."""

import random

import pytest
from outputs import connected

from identity_spark.schemas import JUDGED_LINKS, PROFILES
from identity_spark.stages import clusters, rule_merges

RULES = 4


def merges(groups) -> int:
    return sum(len(group) - 1 for group in connected(groups))


@pytest.mark.parametrize("most_in_a_row", [1000, 5, 0])
def test_merges_only_here_against_components(spark, make_config, monkeypatch, most_in_a_row: int):
    monkeypatch.setattr(rule_merges, "MOST_IN_A_ROW", most_in_a_row)
    rules = ", ".join(f"{{name: r{n}, criteria: [{{identifiers: email}}]}}" for n in range(RULES))
    config = make_config(f"rules=[{rules}]")
    randomly = random.Random(7)
    ends = [
        (randomly.randrange(400), randomly.randrange(400), randomly.choice([0, 0, 1, 2, 3, -1])) for _ in range(330)
    ]
    ends += [(1000, 1001, 0), (1000, 1001, 1)]
    edges = sorted({(min(a, b), max(a, b), rule) for a, b, rule in ends if a != b})
    refused = [(2000, 2001, 0, "cannot_link"), (2002, 2003, 1, None)]  # in parts; of a profile in conflict
    found = connected([(a, b) for a, b, _ in edges])
    held = [{r for a, b, r in edges if a in group} for group in found]
    assert any(len(r) > 2 and len(g) > 3 for r, g in zip(held, found, strict=True))
    assert any(len(r) == 2 and len(g) == 2 for r, g in zip(held, found, strict=True))

    links = [(r, a, b, "", "", [], None) for a, b, r in edges] + [(r, a, b, "", "", [], by) for a, b, r, by in refused]
    profiles = [(i, min(g), "matched", "id", None, len(g)) for g in found for i in g]
    profiles += [(2000, 2000, "unique", "id", None, 1), (2002, 2002, "conflict", None, "id", 2)]
    edge_rows = rule_merges.rule_edges(
        spark.createDataFrame(links, JUDGED_LINKS), spark.createDataFrame(profiles, PROFILES)
    )
    by_profile = rule_merges.held_by(edge_rows)
    copies = rule_merges.without_each_rule(edge_rows, by_profile, config)
    components = clusters.connect(copies, "dataframe", lambda _, frame: frame.localCheckpoint())
    large = rule_merges.merges_of_large(by_profile, components, config)
    actual = dict(rule_merges.merges_only_here(rule_merges.merges_of_small(edge_rows), large).collect())

    whole = merges([(a, b) for a, b, _ in edges])
    without = {rule: [(a, b) for a, b, r in edges if r != rule] for rule in (-1, *range(RULES))}
    assert actual == {rule: whole - merges(left) for rule, left in without.items()}
    assert len(set(actual.values())) > 2
