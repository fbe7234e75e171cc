"""Chains, bridges and weakest links of small graphs drawn by hand, and of many against plain counting."""

from itertools import combinations, pairwise, permutations
from random import Random

import pytest
from outputs import connected

from identity_spark.audit.profile_graph import LARGEST_KEY, Link, ProfileGraph, shared_keys

RULES = ("card", "email", "name")


def link(ends: str, rule: str = "email", similarity: float = 1.0) -> Link:
    return Link(*ends, rule, ({"identifier": "x", "match": "exact", "similarity": similarity},))


def graph(*links: Link, records: str = "") -> ProfileGraph:
    return ProfileGraph({*records, *(end for found in links for end in (found.left, found.right))}, links, RULES)


def ends(pairs) -> list[str] | None:
    return None if pairs is None else [pair.left + pair.right for pair in pairs]


# Two triangles, abc and def, joined by the pair cd.
TRIANGLES = [link("ab"), link("bc"), link("ac", "name"), link("cd", "name"), link("de"), link("ef"), link("df")]

CHAINS = {
    "the fewest": ([link("ab", "name"), link("ac", "card"), link("bc", "card")], "ab", ["ab"]),
    "then by rule": ([link("ab", "card"), link("bd", "name"), link("ac"), link("cd")], "ad", ["ac", "cd"]),
    "then by number of rules": ([link("ab"), link("bd"), link("ac"), link("ac", "name"), link("cd"), link("cd", "name")], "ad", ["ac", "cd"]),
    "then by similarity": ([link("ab", similarity=0.8), link("bd"), link("ac", similarity=0.9), link("cd", similarity=0.9)], "ad", ["ac", "cd"]),
    "the weakest counts, not the sum": ([link("ab", "card"), link("bd", "name"), link("ac"), link("cd", "email", 0.7)], "ad", ["ac", "cd"]),
    "over a bridge": (TRIANGLES, "af", ["ac", "cd", "df"]),
    "a rule that is gone is the weakest": ([link("ab", "gone"), link("bd"), link("ac", "name"), link("cd", "name")], "ad", ["ac", "cd"]),
    "none": ([link("ab"), link("cd")], "ad", None),
    "no such record": ([link("ab")], "az", None),
}  # fmt: skip


@pytest.mark.parametrize("name", CHAINS)
def test_best_chain(name):
    links, (start, end), expected = CHAINS[name]
    for seed in range(3):
        assert ends(graph(*Random(seed).sample(links, len(links))).chain(start, end)) == expected
    back = graph(*links).chain(end, start)
    assert sorted(ends(back) or []) == sorted(expected or [])


def test_what_is_left_without_the_weakest_link():
    square = graph(link("ab"), link("bc", "name"), link("cd"), link("ad"))
    chain = square.chain("a", "c")
    assert ends(chain) == ["ad", "cd"]
    weakest = square.weakest(chain)
    assert weakest.left + weakest.right == "cd"  # as strong as ad, and later by its keys
    assert ends(square.chain("a", "c", weakest)) == ["ab", "bc"]
    assert square.halves(weakest) is None

    triangles = graph(*TRIANGLES)
    weakest = triangles.weakest(triangles.chain("a", "f"))
    assert weakest.left + weakest.right == "cd"
    assert triangles.chain("a", "f", weakest) is None
    cut = triangles.halves(weakest)
    assert (cut.left_half, cut.right_half, cut.sizes) == (set("abc"), set("def"), (3, 3))


def test_bridges_and_the_weakest_link_needed():
    triangles = graph(*TRIANGLES, link("fg"))
    assert [(cut.pair.left + cut.pair.right, cut.sizes) for cut in triangles.bridges()] == [("cd", (4, 3)), ("fg", (6, 1))]  # fmt: skip
    assert ends([triangles.weakest_needed()]) == ["cd"]  # ac is as weak and not needed
    square = graph(link("ab"), link("bc", "name"), link("cd"), link("ad"))
    assert ends([square.weakest_needed()]) == ["cd"]  # without it bc would do, which is weaker
    assert graph(records="a").weakest_needed() is None
    assert graph(records="a").bridges() == []
    assert [pair.links[0].rule for pair in graph(link("ab", "name"), link("ab", "card")).pairs_of("b")] == ["card"]


def test_random_graphs_against_plain_search():
    random, several, records = Random(3), 0, "abcdef"

    def components(kept):
        return {frozenset(c) for c in connected([*records, *((x.left, x.right) for x in kept)])}

    for _ in range(100):
        links = [
            link(f"{x}{y}", random.choice(RULES), random.choice((0.8, 1.0)))
            for x, y in combinations(records, 2)
            if random.random() < 0.4
        ]
        found = graph(*links, records=records)
        order = {
            (x.left, x.right): n
            for n, x in enumerate(
                sorted(links, key=lambda x: (RULES.index(x.rule), -x.evidence[0]["similarity"], x.left, x.right))
            )
        }
        paths = [
            steps
            for length in range(5)
            for middle in permutations("bcde", length)
            for steps in [[tuple(sorted(two)) for two in pairwise(("a", *middle, "f"))]]
            if all(step in order for step in steps)
        ]
        best = min(((len(p), max(order[s] for s in p)) for p in paths), default=None)
        chain = found.chain("a", "f")
        assert (best is None) == (chain is None)
        if chain is not None:
            assert (len(chain), max(order[p.left, p.right] for p in chain)) == best
            several += len(paths) > 3

        whole = components(links)
        bridges = {x.left + x.right for x in links if components([y for y in links if y is not x]) != whole}
        assert set(ends([cut.pair for cut in found.bridges()])) == bridges
    assert several > 30


def test_records_that_share_a_key_are_paired_once():
    keys = {
        "a": {"email": ["k", "m"], "name": ["n"]},
        "b": {"email": ["k", "m"]},
        "c": {"email": ["k", "m"], "name": ["n"]},
        "d": {"email": None},
    }
    found = list(shared_keys(keys, {"email": ["mail"]}, [link("ab")]))
    assert [(x.left, x.right, x.rule, x.listed) for x in found] == [("a", "c", "email", False), ("b", "c", "email", False)]  # fmt: skip
    assert found[0].evidence == ({"identifier": "mail", "match": "exact", "left_value": "k", "right_value": "k", "similarity": 1.0},)  # fmt: skip
    (both,) = shared_keys({r: {"x": ["1|2"]} for r in "ab"}, {"x": ["p", "q"]}, [])
    assert [(e["identifier"], e["left_value"]) for e in both.evidence] == [("p", None), ("q", None)]
    crowd = {f"r{n}": {"email": ["k"]} for n in range(LARGEST_KEY + 1)}
    assert list(shared_keys(crowd, {"email": ["mail"]}, [])) == []
