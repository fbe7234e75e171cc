"""Reads an output without Spark and without the project's code, and groups records as plainly as can be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from digest import plain

OF_THE_RUN = ("run_id", "valid_from_run", "valid_from", "at")  # columns that differ between runs of the same data
Rules = Mapping[str, Sequence[str]]  # identifiers of each exact rule


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    return DeltaTable(str(output / table)).to_pyarrow_table().to_pylist()


def content(output: Path) -> dict[str, list[str]]:
    """Every table but the manifest as sorted text, without what names a run or its time."""
    tables = [path.name for path in output.iterdir() if path.name not in ("_lock", "identity_runs")]
    return {name: sorted(map(_text, rows(output, name))) for name in tables}


def _text(row: Mapping[str, Any]) -> str:
    return repr(plain({key: value for key, value in row.items() if key not in OF_THE_RUN}))


def connected(groups: Iterable[Sequence[Any]]) -> list[set[Any]]:
    """Union-find over groups of keys that belong together."""
    parent: dict[Any, Any] = {}

    def find(key: Any) -> Any:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for group in groups:
        first = find(group[0])
        for other in group[1:]:
            parent[find(other)] = first
            first = find(first)
    clusters = defaultdict(set)
    for key in list(parent):
        clusters[find(key)].add(key)
    return list(clusters.values())


def expected_clusters(lookup: Sequence[Mapping[str, Any]], rules: Rules) -> set[frozenset[str]]:
    """The clusters that exact rules make of the canonical values in a lookup, single records included."""
    by_key = defaultdict(list)
    for record in lookup:
        by_key["record", record["record_key"]].append(record["record_key"])
        for rule, identifiers in rules.items():
            for parts in combinations([record[i] for i in identifiers]):
                by_key[rule, parts].append(record["record_key"])
    return {frozenset(cluster) for cluster in connected(by_key.values())}


def combinations(values: Sequence[Any]) -> list[tuple[str, ...]]:
    """Every choice of one value per identifier; none where one is missing."""
    chosen: list[tuple[str, ...]] = [()]
    for value in values:
        options = value if isinstance(value, list) else [value]
        chosen = [(*start, option) for start in chosen for option in options if option is not None]
    return chosen


def actual_clusters(output: Path) -> set[frozenset[str]]:
    """The clusters of an output: by id, or by the id they would have had where they are unresolved."""
    unresolved = rows(output, "identity_unresolved_records")  # older duplicates of a record too, which have none
    candidates = {r["record_key"]: r["candidate_dinmo_id"] for r in unresolved if r["candidate_dinmo_id"] is not None}
    clusters = defaultdict(set)
    for record in rows(output, "identity_lookup"):
        clusters[record["dinmo_id"] or candidates[record["record_key"]]].add(record["record_key"])
    return {frozenset(cluster) for cluster in clusters.values()}


def ids(output: Path) -> dict[str, str | None]:
    return {record["record_key"]: record["dinmo_id"] for record in rows(output, "identity_lookup")}
