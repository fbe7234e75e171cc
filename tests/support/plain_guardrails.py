"""What guardrails make of clusters, in plain Python by the words of the design, one refusal after another."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations as pairs_of
from typing import Any

from outputs import combinations, connected
from plain_matcher import expected_pairs, matches

from identity_spark.config import Config, value_type

Record = Mapping[str, Any]
Pair = tuple[str, str]
Level = tuple[int, int]  # the place of the strongest rule, and minus the number of rules that agree
MUST = (-1, 0)


def broken_limits(
    cluster: Collection[str], records: Mapping[str, Record], config: Config, cannot_links: Collection[Pair] = ()
) -> set[str]:
    """The limits that these records break together, by their place in the configuration."""
    found = set()
    most = config.guardrails.max_records_per_profile
    if most is not None and len(cluster) > most:
        found.add("guardrails.max_records_per_profile")
    by_source = Counter(records[key]["source"] for key in cluster)
    for source in config.sources:
        if source.max_records_per_profile is not None and by_source[source.name] > source.max_records_per_profile:
            found.add(f"sources.{source.name}.max_records_per_profile")
    together = set(config.guardrails.conflict_together)
    over = {i.name for i in config.identifiers if too_different(i, cluster, records, i.name in together)}
    found |= {f"identifiers.{name}.max_values_per_profile" for name in over - together}
    if together and together <= over:
        found.add("guardrails.conflict_together")
    if any(left in cluster and right in cluster for left, right in cannot_links):
        found.add("cannot_link")
    return found


def too_different(identifier, cluster: Collection[str], records: Mapping[str, Record], is_together: bool) -> bool:
    limit = identifier.max_values_per_profile or (1 if is_together else None)
    if limit is None:
        return False
    values = {value for key in cluster for value in as_values(records[key][identifier.name])}
    if len(values) <= limit:
        return False
    tolerance = identifier.conflict_tolerance
    kind = value_type(identifier)
    return not tolerance or any(not matches(kind, tolerance, None, *pair) for pair in pairs_of(values, 2))


def as_values(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


class Peeling:
    """Takes conflicting clusters apart as the design says; ``clusters`` and ``refused`` hold what came of it."""

    def __init__(
        self, records: Sequence[Record], config: Config, breaks: Callable[[Collection[str]], set[str]]
    ) -> None:
        self.config, self.breaks = config, breaks
        self.records = {record["record_key"]: record for record in records}
        self.places = {rule.name: n for n, rule in enumerate(config.rules)}
        self.clusters: list[set[str]] = []
        self.rounds = 0

    def settle(self, cluster: set[str], edges: set[tuple[Pair, Level]], round_number: int = 0) -> None:
        """Refuses the weakest level of a cluster that breaks a limit, and settles what it falls into."""
        refusable = {edge for edge in edges if edge[1] != MUST}
        if not self.breaks(cluster) or not refusable:
            self.clusters.append(cluster)
            return
        weakest = max(level for _, level in refusable)
        left = {edge for edge in edges if edge[1] != weakest}
        self.rounds = max(self.rounds, round_number + 1)
        for part in connected([*([key] for key in cluster), *(pair for pair, _ in left)]):
            self.settle(part, {edge for edge in left if edge[0][0] in part}, round_number + 1)


def edges_of(records: Sequence[Record], config: Config, must: Collection[Pair] = ()) -> set[tuple[Pair, Level]]:
    """Every linked pair with its strength. A key with more records than a block may have is a group of that rule alone."""
    places = {rule.name: n for n, rule in enumerate(config.rules)}
    rules = defaultdict(set)
    edges = set()
    for rule in (rule for rule in config.rules if rule.exact):
        for group in blocks(records, rule):
            if len(group) > rule.max_block_records:
                edges |= {(pair, (places[rule.name], -1)) for pair in pairs_of(group, 2)}
            else:
                for pair in pairs_of(group, 2):
                    rules[pair].add(rule.name)
    for rule, *pair in expected_pairs(records, config):
        if not next(r for r in config.rules if r.name == rule).exact:
            rules[tuple(pair)].add(rule)
    levels = {pair: (min(places[rule] for rule in found), -len(found)) for pair, found in rules.items()}
    return (
        edges | {(pair, MUST if pair in must else level) for pair, level in levels.items()} | {(p, MUST) for p in must}
    )


def blocks(records: Sequence[Record], rule) -> list[list[str]]:
    """The record keys of each key of a rule, sorted."""
    found = defaultdict(list)
    for record in records:
        if not rule.sources or record["source"] in rule.sources:
            for key in combinations([record[i] for i in rule.anchor]):
                found[key].append(record["record_key"])
    return [sorted(group) for group in found.values()]
