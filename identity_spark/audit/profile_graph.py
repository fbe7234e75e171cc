"""The pairs of one profile as a graph: what holds it together, and where it would fall apart."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import networkx as nx

LARGEST_KEY = 200  # records that share a key are paired with one another up to so many

Evidence = Mapping[str, Any]  # identifier, match, left_value, right_value, similarity


@dataclass(frozen=True)
class Link:
    """Two records, ``left`` the smaller key, and a rule that joins them; ``listed``: ``match_pairs`` has the row."""

    left: str
    right: str
    rule: str
    evidence: tuple[Evidence, ...] = field(hash=False)
    listed: bool = True


@dataclass(frozen=True)
class Pair:
    """Two records and every rule that joins them, the strongest first."""

    left: str
    right: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Cut:
    """A pair that is refused, and the records on both sides of it then; ``left_half`` holds the left one."""

    pair: Pair
    left_half: frozenset[str]
    right_half: frozenset[str]

    @property
    def sizes(self) -> tuple[int, int]:
        """The larger half first."""
        return tuple(sorted(map(len, (self.left_half, self.right_half)), reverse=True))  # type: ignore[return-value]


class ProfileGraph:
    """Records joined by ``links``; ``rules`` is their order, the strongest first, and unknown ones are the weakest.

    A pair is as strong as its strongest rule, then as the number of its rules (as guardrails peel), then as the least
    similar identifier of the evidence; keys decide between equals.
    """

    def __init__(self, records: Iterable[str], links: Iterable[Link], rules: Sequence[str]) -> None:
        self._places = {rule: n for n, rule in enumerate(rules)}
        by_pair: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in links:
            by_pair[link.left, link.right].append(link)
        pairs = [Pair(*ends, tuple(sorted(found, key=self._of_rule))) for ends, found in by_pair.items()]
        self._graph = nx.Graph()
        self._graph.add_nodes_from(sorted(records))
        for rank, pair in enumerate(sorted(pairs, key=self._strength)):  # 0 is the strongest
            self._graph.add_edge(pair.left, pair.right, pair=pair, rank=rank)

    def pairs(self) -> list[Pair]:
        """Every pair, the strongest first."""
        return [data["pair"] for *_, data in sorted(self._graph.edges(data=True), key=lambda edge: edge[2]["rank"])]

    def pairs_of(self, record: str) -> list[Pair]:
        """The pairs that hold ``record``, the strongest first."""
        edges = self._graph.edges(record, data=True) if record in self._graph else ()
        return [data["pair"] for *_, data in sorted(edges, key=lambda edge: edge[2]["rank"])]

    def bridges(self) -> list[Cut]:
        """The pairs whose removal splits the profile: those that cut off most first, then the weakest."""
        rest = self._graph.copy()
        cuts = []
        for left, right in nx.bridges(self._graph):
            cuts.append((self._rank(left, right), self._cut(rest, left, right)))
        return [cut for rank, cut in sorted(cuts, key=lambda found: (-found[1].sizes[1], -found[0]))]

    def weakest_needed(self) -> Pair | None:
        """The weakest of the strongest pairs that hold the profile; None for a profile of one record.

        It need not be a bridge: others as weak as that may hold the same records.
        """
        tree = list(nx.minimum_spanning_edges(self._graph, weight="rank"))
        return max(tree, key=lambda edge: edge[2]["rank"])[2]["pair"] if tree else None

    def chain(self, start: str, end: str, without: Pair | None = None) -> list[Pair] | None:
        """The best chain of pairs: the fewest, and of those the one whose weakest is strongest; None if there is none.

        ``without``: as if this pair were refused.
        """
        graph = self._graph.copy()
        if without is not None:
            graph.remove_edge(without.left, without.right)
        if start not in graph or end not in graph or not nx.has_path(graph, start, end):
            return None
        fewest = nx.shortest_path_length(graph, start, end)
        ranks = sorted(rank for *_, rank in graph.edges(data="rank"))
        enough = bisect_left(ranks, True, key=lambda most: _reaches(_up_to(graph, most), start, end, fewest))
        records = nx.shortest_path(_up_to(graph, ranks[enough]), start, end)
        return [graph.edges[two]["pair"] for two in pairwise(records)]

    def weakest(self, chain: Sequence[Pair]) -> Pair:
        return max(chain, key=lambda pair: self._rank(pair.left, pair.right))

    def halves(self, pair: Pair) -> Cut | None:
        """What the profile falls apart into without ``pair``; None where it does not."""
        cut = self._cut(self._graph.copy(), pair.left, pair.right)
        return None if pair.right in cut.left_half else cut

    def _cut(self, graph: nx.Graph, left: str, right: str) -> Cut:
        pair = self._graph.edges[left, right]["pair"]
        graph.remove_edge(left, right)
        halves = (frozenset(nx.node_connected_component(graph, end)) for end in (pair.left, pair.right))
        cut = Cut(pair, *halves)
        graph.add_edge(left, right)
        return cut

    def _rank(self, left: str, right: str) -> int:
        return int(self._graph.edges[left, right]["rank"])

    def _strength(self, pair: Pair) -> tuple[Any, ...]:
        strongest = pair.links[0]
        return (self._of_rule(strongest)[0], -len(pair.links), -_least_similar(strongest), pair.left, pair.right)

    def _of_rule(self, link: Link) -> tuple[int, str]:
        return self._places.get(link.rule, len(self._places)), link.rule


def shared_keys(
    keys: Mapping[str, Mapping[str, Collection[str]]],
    anchors: Mapping[str, Sequence[str]],
    listed: Iterable[Link],
) -> Iterator[Link]:
    """What ``match_pairs: spanning`` leaves out: the further pairs of records that share a key of an exact rule.

    ``keys`` are the keys of each record under each rule, ``anchors`` the identifiers of each exact rule. A key of more
    than ``LARGEST_KEY`` records keeps the star that is listed.
    """
    known = {(link.left, link.right, link.rule) for link in listed}
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in sorted(keys):
        for rule in anchors:
            for key in keys[record].get(rule) or ():
                holders[rule, key].append(record)
    for (rule, key), records in holders.items():
        if len(records) <= LARGEST_KEY:
            for left, right in combinations(records, 2):
                if (left, right, rule) not in known:
                    known.add((left, right, rule))
                    yield Link(left, right, rule, _of_key(anchors[rule], key), listed=False)


def _of_key(anchor: Sequence[str], key: str) -> tuple[Evidence, ...]:
    """Evidence of a shared key; a key of several identifiers does not show which value is whose."""
    value = key if len(anchor) == 1 else None
    entry = {"match": "exact", "left_value": value, "right_value": value, "similarity": 1.0}
    return tuple({"identifier": name, **entry} for name in anchor)


def _up_to(graph: nx.Graph, rank: int) -> nx.Graph:
    """``graph`` less its weaker pairs; records come in order, so that no path depends on chance."""
    kept = nx.Graph()
    kept.add_nodes_from(graph)
    kept.add_edges_from((left, right) for left, right, found in graph.edges(data="rank") if found <= rank)
    return kept


def _reaches(graph: nx.Graph, start: str, end: str, length: int) -> bool:
    return bool(nx.has_path(graph, start, end)) and nx.shortest_path_length(graph, start, end) == length


def _least_similar(link: Link) -> float:
    return min((e["similarity"] for e in link.evidence if e["similarity"] is not None), default=1.0)
