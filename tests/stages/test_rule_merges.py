"""The merges that no other rule makes, against components counted without each rule in turn."""

import random
from collections import Counter

import pytest
from outputs import connected
from pyspark.sql import functions as F
from stages_of_tests import clusters_of, stage, written

from identity_spark.errors import CheckError
from identity_spark.pipeline.counting import merges_only_here, rule_edges
from identity_spark.schemas import JUDGED_LINKS, PROFILES
from identity_spark.stages import rule_merges

COMPARED = ("email", "phone", "last_name", "card")  # one rule each
RULES = len(COMPARED)


def merges(groups) -> int:
    return sum(len(group) - 1 for group in connected(groups))


@pytest.mark.parametrize("most_in_a_row", [1000, 5, 0])
def test_merges_only_here_against_components(spark, make_config, monkeypatch, most_in_a_row: int):
    monkeypatch.setattr(rule_merges, "MOST_IN_A_ROW", most_in_a_row)
    rules = ", ".join(f"{{name: r{n}, criteria: [{{identifiers: {name}}}]}}" for n, name in enumerate(COMPARED))
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
    profiles = [(i, min(g), "matched", "id", None, len(g), i == min(g)) for g in found for i in g]
    profiles += [(2000, 2000, "unique", "id", None, 1, True), (2001, 2001, "unique", "id", None, 1, True)]
    profiles += [(i, 2002, "conflict", None, "id", 2, i == 2002) for i in (2002, 2003)]
    edge_rows = rule_merges.rule_edges(
        spark.createDataFrame(links, JUDGED_LINKS), spark.createDataFrame(profiles, PROFILES)
    )
    by_profile = rule_merges.held_by(edge_rows)
    copies = rule_merges.without_each_rule(edge_rows, by_profile, config)
    large = rule_merges.merges_of_large(by_profile, clusters_of(copies), config)
    actual = Counter()
    for rule, made in [*rule_merges.merges_of_small(edge_rows).collect(), *large.collect()]:
        actual[rule] += made
    assert edge_rows.where("crosses").count() == 0
    made = actual.pop(rule_merges.NONE)
    assert made == sum(not first for *_, first in profiles)
    rule_merges.require_components(made, made, 0)

    whole = merges([(a, b) for a, b, _ in edges])
    without = {rule: [(a, b) for a, b, r in edges if r != rule] for rule in (-1, *range(RULES))}
    assert dict(actual) == {rule: whole - merges(left) for rule, left in without.items()}
    assert len(set(actual.values())) > 2


LINKS = [(1, 2), (2, 3), (5, 6)]
WRONG = {
    "a pair crosses two clusters": {1: 1, 2: 1, 3: 3, 5: 5, 6: 5},
    "two components are one cluster": {1: 1, 2: 1, 3: 1, 5: 1, 6: 1},
    "a record that no pair holds is in a cluster": {1: 1, 2: 1, 3: 1, 5: 5, 6: 5, 7: 5},
    "records that no pair holds are a cluster": {1: 1, 2: 1, 3: 1, 5: 5, 6: 5, 7: 7, 8: 7},
    "the ends of a pair are by themselves": {1: 1, 2: 1, 3: 1, 5: 5, 6: 6},
}


@pytest.mark.parametrize("most_in_a_row", [50, 0])
@pytest.mark.parametrize("name", [None, *WRONG])
def test_clusters_that_are_no_components_are_refused(spark, make_config, monkeypatch, most_in_a_row, name):
    monkeypatch.setattr(rule_merges, "MOST_IN_A_ROW", most_in_a_row)
    of = WRONG.get(name, {1: 1, 2: 1, 3: 1, 5: 5, 6: 5, 9: 9})
    sizes = Counter(of.values())
    profiles = [(r, c, "matched", "id", None, sizes[c], r == c) for r, c in of.items()]
    resolved = written(spark.createDataFrame(profiles, PROFILES), clusters=F.count_if("first"))
    links = spark.createDataFrame([(0, a, b, "", "", [], None) for a, b in LINKS], JUDGED_LINKS)
    edges = rule_edges(links, resolved.frame, stage())
    of_small = rule_merges.merges_of_small(edges.frame).collect()
    if name is None:
        assert merges_only_here(edges, of_small, resolved, make_config(), stage()) == {0: 3}
    else:
        with pytest.raises(
            CheckError, match=r"they are not the connected components of the pairs; nothing was written"
        ):
            merges_only_here(edges, of_small, resolved, make_config(), stage())
