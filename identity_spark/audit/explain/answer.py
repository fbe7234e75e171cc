"""Answers of ``jobs/explain.py`` as plain data: what ``--json`` prints, and what the text is made of.

Identifier values are in an answer only where they are asked for: without ``show``, evidence and values set apart keep
their names, reasons and similarities.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity_spark.audit.profile_graph import Cut, Evidence, Pair, ProfileGraph
from identity_spark.config import Config

SHOWN = 20  # of each list that grows with a profile; its count stands beside it
VALUES = ("left_value", "right_value", "value")
DUPLICATE = "duplicate_primary_key"

Row = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """A profile, or the records that would have been one.

    Not ``complete`` where it is too large to be looked at: then ``records`` is empty and ``graph`` holds the pairs of
    the records asked about alone.
    """

    cluster_id: str
    record_count: int
    records: Mapping[str, Row]  # rows of identity_lookup
    graph: ProfileGraph
    complete: bool


@dataclass(frozen=True)
class Asked:
    """A record asked about: its row of ``identity_lookup``, those of ``identity_unresolved_records``, its cluster."""

    row: Row
    unresolved: Sequence[Row]
    cluster: Cluster

    @property
    def key(self) -> str:
        return str(self.row["record_key"])


def one_record(asked: Asked, refused: Sequence[Row], config: Config, show: bool) -> Answer:
    """``record``, ``profile``, ``pairs`` that hold the record and ``refused`` ones of it."""
    pairs = asked.cluster.graph.pairs_of(asked.key)
    return {
        "record": record_answer(asked, show),
        "profile": _profile(asked, config, show),
        "pair_count": len(pairs),
        "pairs": [pair_answer(pair, show) for pair in pairs],
        "refused": [refused_answer(row, show) for row in refused],
    }


def record_answer(asked: Asked, show: bool) -> Answer:
    row = asked.row
    reasons = [r for r in asked.unresolved if r["reason"] != DUPLICATE]
    return {
        **{name: row[name] for name in ("record_key", "source", "status", "dinmo_id")},
        "candidate_dinmo_id": None if row["dinmo_id"] else asked.cluster.cluster_id,
        "unresolved": [{name: r[name] for name in ("reason", "identifier", "detail")} for r in reasons],
        "older_duplicates": len(asked.unresolved) - len(reasons),
        "set_apart": [_masked(entry, show) for entry in row["blocked"] or ()],
    }


def pair_answer(pair: Pair, show: bool) -> Answer:
    links = [
        {"rule": link.rule, "listed": link.listed, "evidence": evidence_answer(link.evidence, show)}
        for link in pair.links
    ]
    return {"left_record_key": pair.left, "right_record_key": pair.right, "links": links}


def refused_answer(row: Row, show: bool) -> Answer:
    """A row of ``match_pairs`` that a guardrail or an override refused."""
    names = ("left_record_key", "right_record_key", "rule", "refused_by")
    return {**{name: row[name] for name in names}, "evidence": evidence_answer(row["evidence"], show)}


def evidence_answer(evidence: Iterable[Evidence], show: bool) -> list[Answer]:
    return [_masked(entry, show) for entry in evidence]


def same_cluster(one: Asked, other: Asked, show: bool) -> Answer:
    """The best chain between two records of a cluster, its weakest link, and what would be without that."""
    graph = one.cluster.graph
    chain = graph.chain(one.key, other.key) if one.cluster.complete else None
    weakest = graph.weakest(chain) if chain else None
    return {
        "together": True,
        "chain": None if chain is None else [pair_answer(pair, show) for pair in chain],
        "weakest_link": None if weakest is None else pair_answer(weakest, show),
        "without_weakest": None if weakest is None else _without(graph, one.key, other.key, weakest, show),
    }


def _without(graph: ProfileGraph, start: str, end: str, weakest: Pair, show: bool) -> Answer:
    """The next best ``chain`` without a pair; where there is none, ``sizes`` of what the cluster falls apart into."""
    chain = graph.chain(start, end, weakest)
    cut = graph.halves(weakest) if chain is None else None
    return {
        "chain": None if chain is None else [pair_answer(pair, show) for pair in chain],
        "sizes": None if cut is None else list(cut.sizes),
    }


def _profile(asked: Asked, config: Config, show: bool) -> Answer:
    """The cluster of the record; what a graph tells is null where it is too large for that."""
    cluster = asked.cluster
    sources = Counter(row["source"] for row in cluster.records.values())
    others = sorted(key for key in cluster.records if key != asked.key)
    bridges = cluster.graph.bridges() if cluster.complete else []
    weakest = cluster.graph.weakest_needed() if cluster.complete else None
    return {
        "record_count": cluster.record_count,
        "complete": cluster.complete,
        "sources": dict(sorted(sources.items())),
        "other_records": others[:SHOWN],
        "bridge_count": len(bridges) if cluster.complete else None,
        "bridges": [_cut_answer(cut.pair, cut, cluster, config, show) for cut in bridges[:SHOWN]],
        "weakest_link": weakest and _cut_answer(weakest, cluster.graph.halves(weakest), cluster, config, show),
    }


def _cut_answer(pair: Pair, cut: Cut | None, cluster: Cluster, config: Config, show: bool) -> Answer:
    """A pair and the halves that it holds together; null where other pairs hold them too."""
    answer = pair_answer(pair, show)
    if cut is None:
        return answer | {"sizes": None, "disagreement": None}
    left, right = ([cluster.records[key] for key in half] for half in (cut.left_half, cut.right_half))
    return answer | {"sizes": list(cut.sizes), "disagreement": disagreement(left, right, config)}


def disagreement(ones: Sequence[Row], others: Sequence[Row], config: Config) -> list[str]:
    """The identifiers, derived ones aside, of which both groups of records hold values and no value in common."""
    found = []
    for name in (i.name for i in config.identifiers if not i.derived):
        one, other = ({value for row in rows for value in values_of(row, name)} for rows in (ones, others))
        if one and other and not one & other:
            found.append(name)
    return found


def values_of(row: Row, identifier: str) -> list[str]:
    """The usable values that a record has, whether the identifier is multi-valued or not."""
    held = row[identifier]
    return list(held) if isinstance(held, list) else [] if held is None else [held]


def _masked(entry: Row, show: bool) -> Answer:
    return {name: value for name, value in entry.items() if show or name not in VALUES}
