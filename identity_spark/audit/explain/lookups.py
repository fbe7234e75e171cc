"""What a committed run says about a few records and their clusters, brought to the driver.

Tables are not sorted by record, so each look is a scan: narrow ones find out which rows are wanted and how many they
are, and a single one each of ``identity_lookup`` and ``match_pairs`` reads whole rows. Neither is shuffled.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructField, StructType

from identity_spark.audit.explain.answer import Asked, Cluster
from identity_spark.audit.profile_graph import Link, ProfileGraph, shared_keys
from identity_spark.audit.published_run import PublishedRun
from identity_spark.config import MUST_LINK, Config
from identity_spark.errors import InputError
from identity_spark.stages import match_pairs
from identity_spark.storage.small_frames import small_frame

MOST_RECORDS = 2_000  # of a cluster that is looked at; profiles have at most 500 unless the project says otherwise
MOST_PAIRS = 100_000  # rows of match_pairs of such clusters
ENDS = ("left_record_key", "right_record_key")

PlainRow = dict[str, Any]


@dataclass(frozen=True)
class Lookups:
    """The tables of a committed run that explain records."""

    config: Config
    run_id: str
    lookup: DataFrame
    unresolved: DataFrame
    pairs: DataFrame

    def asked(self, keys: Sequence[str]) -> tuple[list[Asked], list[PlainRow]]:
        """The records of ``keys`` with their clusters, and the refused rows of ``match_pairs`` of those, in order.

        Raises ``InputError`` where one is no record of the run.
        """
        known: dict[str, str | None] = dict(
            self.lookup.where(F.col("record_key").isin(*keys)).select("record_key", "dinmo_id").collect()
        )
        unresolved = [_plain(r) for r in self.unresolved.where(F.col("record_key").isin(*keys)).collect()]
        for key in keys:
            self._require(key, key in known, [r for r in unresolved if r["record_key"] == key])
        candidates = {r["record_key"]: r["candidate_dinmo_id"] for r in unresolved if r["candidate_dinmo_id"]}
        ids = {key: str(known[key] or candidates[key]) for key in keys}
        sizes, held = self._held_back({ids[key] for key in keys if not known[key]})
        found, rows = self._rows({i for i in known.values() if i}, {*keys, *held})
        sizes |= found
        small = [i for i, size in sizes.items() if size <= MOST_RECORDS]
        of_cluster: dict[str, dict[str, PlainRow]] = {i: {} for i in sizes}
        for key, row in rows.items():
            cluster_id = str(row["dinmo_id"] or held.get(key) or ids[key])
            if cluster_id in small or key in ids:
                of_cluster[cluster_id][key] = row
        pairs = self._pairs([key for members in of_cluster.values() for key in members])
        if len(pairs) > MOST_PAIRS:
            small, pairs = [], self._pairs(keys)
        clusters = {i: self._cluster(i, sizes[i], of_cluster[i], pairs, i in small) for i in sizes}
        asked = [Asked(rows[k], [r for r in unresolved if r["record_key"] == k], clusters[ids[k]]) for k in keys]
        refused = [_plain(row) for row in pairs if row["status"] == "refused"]
        return asked, sorted(refused, key=lambda row: (*(row[end] for end in ENDS), row["rule"]))

    def frame(self, rows: Iterable[Mapping[str, Any]]) -> DataFrame:
        """Rows of the lookup as a small frame of their own, with a ``record_id``."""
        schema = StructType([StructField("record_id", LongType()), *self.lookup.schema.fields])
        numbered = ((n, *(row[name] for name in self.lookup.columns)) for n, row in enumerate(rows))
        return small_frame(self.lookup.sparkSession, numbered, schema)

    def _held_back(self, ids: Collection[str]) -> tuple[dict[str, int], dict[str, str]]:
        """How many records each unresolved cluster has, and the cluster of each record unless it is too large."""
        if not ids:
            return {}, {}
        rows = self.unresolved.where(F.col("candidate_dinmo_id").isin(*ids))
        held = rows.select("record_key", "candidate_dinmo_id").distinct()
        sizes: dict[str, int] = dict(held.groupBy("candidate_dinmo_id").agg(F.count("*")).collect())
        small = [i for i in ids if sizes[i] <= MOST_RECORDS]
        return sizes, dict(held.where(F.col("candidate_dinmo_id").isin(*small)).collect())

    def _rows(self, ids: Collection[str], keys: Collection[str]) -> tuple[dict[str, int], dict[str, PlainRow]]:
        """How many records each profile has, and the rows of all and of ``keys``, those of large ones aside."""

        def read(small: Collection[str]) -> list[Row]:
            wanted = self.lookup.where(F.col("dinmo_id").isin(*small) | F.col("record_key").isin(*keys))
            return wanted.limit(len(keys) + 2 * MOST_RECORDS + 1).collect()

        rows = read(ids)
        sizes = Counter(row["dinmo_id"] for row in rows if row["dinmo_id"])
        if len(rows) > len(keys) + 2 * MOST_RECORDS:  # not all were read
            of_ids = self.lookup.where(F.col("dinmo_id").isin(*ids))
            sizes = Counter(dict(of_ids.groupBy("dinmo_id").agg(F.count("*")).collect()))
            rows = read([i for i in ids if sizes[i] <= MOST_RECORDS])
        return {i: sizes[i] for i in ids}, {row["record_key"]: _plain(row) for row in rows}

    def _pairs(self, keys: Collection[str]) -> list[Row]:
        """The rows of ``match_pairs`` of any of ``keys``, up to one more than ``MOST_PAIRS``."""
        touching = F.col(ENDS[0]).isin(*keys) | F.col(ENDS[1]).isin(*keys)
        return self.pairs.where(touching).limit(MOST_PAIRS + 1).collect()

    def _cluster(
        self, cluster_id: str, size: int, rows: Mapping[str, PlainRow], pairs: Sequence[Row], complete: bool
    ) -> Cluster:
        links = [_link(p) for p in pairs if p["status"] == "accepted" and (p[ENDS[0]] in rows or p[ENDS[1]] in rows)]
        if complete and self.config.match_pairs == "spanning":
            links += self._shared_keys(rows, links)
        records = {*rows, *(end for link in links for end in (link.left, link.right))}
        graph = ProfileGraph(records, links, [MUST_LINK, *(rule.name for rule in self.config.rules)])
        return Cluster(cluster_id, size, rows if complete else {}, graph, complete)

    def _shared_keys(self, rows: Mapping[str, PlainRow], links: Sequence[Link]) -> list[Link]:
        exact = [rule for rule in self.config.rules if rule.exact]
        if not exact or len(rows) < 3:  # a star of two is whole
            return []
        usable = self.frame(rows.values())
        keys: dict[str, Any] = dict(usable.select("record_key", match_pairs.rule_keys(usable, exact)).collect())
        return list(shared_keys(keys, {rule.name: rule.anchor for rule in exact}, links))

    def _require(self, key: str, is_known: bool, unresolved: Sequence[PlainRow]) -> None:
        if is_known:
            return
        if unresolved:
            reasons = ", ".join(sorted({row["reason"] for row in unresolved}))
            raise InputError(
                f"--record: {key} has no key of its own in run {self.run_id} ({reasons}); see record_key = '{key}' in"
                " identity_unresolved_records, and the primary_key of its source"
            )
        names = [source.name for source in self.config.sources]
        hint = "" if key.partition(":")[0] in names else f" (sources: {', '.join(names)})"
        raise InputError(
            f"--record: {key} is no record of run {self.run_id}{hint}; a record_key reads <source>:<primary key>, parts"
            " joined with |; see identity_lookup for those there are, and identity_unresolved_records for rows without"
            " a primary key (missing_primary_key)"
        )


def lookups(run: PublishedRun) -> Lookups:
    """``InputError`` where the run does not have the project's identifiers."""
    columns = ("record_key", "source", "dinmo_id", "status", *(i.name for i in run.config.identifiers), "blocked")
    lookup = run.lookup().select(*columns)
    unresolved, pairs = run.table("identity_unresolved_records"), run.table("match_pairs").drop("run_id")
    return Lookups(run.config, run.run_id, lookup, unresolved, pairs)


def _plain(row: Row) -> PlainRow:
    return dict(row.asDict(recursive=True))


def _link(row: Row) -> Link:
    return Link(row[ENDS[0]], row[ENDS[1]], row["rule"], tuple(_plain(entry) for entry in row["evidence"]))
