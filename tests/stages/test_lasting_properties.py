"""Random sequences of edits: ids, events, redirects and history against a plain-Python account of the same.

Many small worlds, which share no record, are edited side by side, so that a sequence costs as many runs as it has steps.
"""

import hashlib
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from pyspark.sql import functions as F
from stages_of_tests import written

from identity_spark import schemas
from identity_spark.config.model import Output
from identity_spark.pipeline.lasting import lasting_ids, what_became_of_ids
from identity_spark.pipeline.work import InMemory, Run
from identity_spark.storage.known import known
from identity_spark.storage.tables import Tables

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
WORLDS, STEPS = 60, 6
EDITS = ("add", "remove", "return", "return", "merge", "merge", "split", "split", "vanish", "vanish")
LASTING = ("identity_changes", "identity_redirects", "identity_history")
CONFIG = SimpleNamespace(project="p", rules=[SimpleNamespace(name="email")])


def uuid(key: str, salt: str = "") -> str:
    digest = hashlib.sha256(f"p\n{key}\n{salt}".encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def edited(world: int, clusters: dict[frozenset, bool], seen: set[str], rng: random.Random) -> dict[frozenset, bool]:
    """Other clusters of one world, each with whether it is published: records go, come back, come new, regroup."""
    groups = sorted(sorted(c) for c in clusters)
    for _ in range(rng.randint(0, 4) if seen else 8):
        records = [r for g in groups for r in g]
        absent = sorted(seen - set(records))
        match rng.choice(EDITS if len(seen) > 5 else ["add"]):
            case "add":
                new = f"w{world}:{len(seen):02}"
                seen.add(new)
                rng.choice(groups).append(new) if groups and rng.random() < 0.5 else groups.append([new])
            case "return" if absent:
                back = rng.sample(absent, rng.randint(1, len(absent)))
                rng.choice(groups).extend(back) if groups and rng.random() < 0.3 else groups.append(back)
            case "remove" if records:
                next(g for g in groups if records[0] in g).remove(records[0])
            case "vanish" if len(groups) > 1:
                groups.remove(rng.choice(groups))
            case "merge" if len(groups) > 1:
                groups.append(groups.pop(0) + groups.pop(0))
            case "split" if groups:
                whole = groups.pop(rng.randrange(len(groups)))
                rng.shuffle(whole)
                groups += [whole[: len(whole) // 2], whole[len(whole) // 2 :]]
        groups = [g for g in groups if g]
    before = {r: published for c, published in clusters.items() for r in c}
    return {frozenset(g): rng.random() < (0.9 if before.get(g[0], True) else 0.5) for g in groups}


class Account:
    """The plain-Python account: what every id and record went through."""

    def __init__(self) -> None:
        self.ids, self.published = {}, {}  # record -> id, also a claimed one; record -> published id
        self.created, self.last = {}, {}  # id -> step; record -> id it was last published under
        self.heir, self.pairs = {}, []  # ended id -> the id that took over, itself where none did
        self.reached = Counter()

    def end(self, i: str) -> str:
        """Where the way from an id ends."""
        while self.heir.get(i, i) != i:
            i = self.heir[i]
        return i

    def step(self, number: int, clusters: dict[frozenset, bool]) -> tuple[dict, list]:
        living = set(self.published.values())
        former = {}
        for record, dinmo_id in self.last.items():
            if record not in self.ids:
                end = self.end(dinmo_id)
                former[record] = end if end in living else dinmo_id
        claims = []
        for cluster in clusters:
            shared = Counter(i for r in cluster if (i := self.ids.get(r)) in self.created)
            returned = Counter(former[r] for r in cluster if r in former)
            for i in shared.keys() | returned.keys():
                claims.append((-shared[i], -returned[i], self.created.get(i, 99), i, min(cluster), cluster))
        kept = {}
        for lives, _returned, _age, i, _key, cluster in sorted(claims):
            if cluster not in kept and i not in kept.values():
                kept[cluster] = i
            elif not lives and i in living:
                self.reached["came back too late"] += 1
        taken = {*self.created, *kept.values()}
        for cluster in clusters:
            fresh = uuid(min(cluster))
            self.reached["salted"] += cluster not in kept and fresh in taken
            kept.setdefault(cluster, uuid(min(cluster), str(number)) if fresh in taken else fresh)
        ids = {r: kept[c] for c in clusters for r in c}
        published = {r: kept[c] for c, is_published in clusters.items() if is_published for r in c}
        events = self.events(published)
        self.ids, self.published = ids, published
        self.last |= published
        self.pairs = [(min(c), r) for c in clusters for r in c if r != min(c)]
        for i in set(published.values()):
            self.created.setdefault(i, number)
        return ids, events

    def events(self, now: dict) -> list:
        before, flows, found = self.published, defaultdict(Counter), []
        for record in before.keys() | now.keys():
            flows[before.get(record)][now.get(record)] += 1
        old, new = set(before.values()), set(now.values())
        for i in new - old:
            found.append(("revived" if i in self.created else "created", i, None, sum(flows[o][i] for o in [*flows])))
            found += [("split", i, o, flows[o][i]) for o in old & new if flows[o][i]]
            self.reached["way through a revived id"] += any(heir == i != x for x, heir in self.heir.items())
            self.reached["revived redirect"] += self.heir.pop(i, i) != i
        for o in old - new:
            heirs = sorted((-n, i) for i, n in flows[o].items() if i is not None)
            end = heirs[0][1] if heirs else o
            self.heir[o] = end
            if heirs:
                found.append(("merged", o, heirs[0][1], -heirs[0][0]))
            else:
                found.append(("retired", o, None, flows[o][None]))
        self.reached.update(e for e, *_ in found)
        return found


class Frames:
    """Stands for the tables of an output: the rows that the last step left."""

    def __init__(self, spark) -> None:
        self.spark, self.rows = spark, {}

    def at(self, name, _versions):
        return self.spark.createDataFrame(self.rows[name], schemas.TABLES[name])


def test_random_edits(spark, tmp_path):
    rng = random.Random(9)
    worlds = [({}, set()) for _ in range(WORLDS)]
    account, tables, runs, history = Account(), Frames(spark), [], {}
    versions = dict.fromkeys(schemas.TABLES, 0)
    nowhere = Tables(spark, Output(path=str(tmp_path / "unused")))
    for number in range(STEPS):
        worlds = [(edited(w, clusters, seen, rng), seen) for w, (clusters, seen) in enumerate(worlds)]
        clusters = {c: p for world, _ in worlds for c, p in world.items()}
        unchanged = {c for c in clusters if len({account.published.get(r) for r in c}) == 1} & {
            frozenset(r for r, i in account.published.items() if i == j) for j in set(account.published.values())
        }
        was = dict(account.published)
        ids, expected = account.step(number, clusters)
        this = Run(f"run{number % 2}{number}", START + timedelta(days=number), InMemory(nowhere, ""))
        actual, lasting = spark_step(tables, runs, clusters, account.pairs, this)
        assert actual == ids
        assert len({*ids.values()}) == len(clusters)
        assert all(ids[r] == was[r] for c in unchanged for r in c)
        account.reached["unchanged"] += len(unchanged)
        events = [e for e in lasting["identity_changes"] if e.run_id == this.run_id]
        found = [(e.event, e.dinmo_id, e.other_dinmo_id, e.record_count) for e in events]
        assert sorted(found, key=str) == sorted(expected, key=str)
        assert all(e.cause for e in events)
        published = set(account.published.values())
        assert {r.old_dinmo_id: r.dinmo_id for r in lasting["identity_redirects"]} == {
            i: (end if (end := account.end(i)) in published else None) for i in account.heir
        }
        history |= {(r, number): i for r, i in account.published.items()}
        for day in range(number + 1):  # one id at most at any time, and the right one
            at = (START + timedelta(days=day, hours=1)).replace(tzinfo=None)
            rows = [p for p in lasting["identity_history"] if naive(p.valid_from) <= at and not (p.valid_to and naive(p.valid_to) <= at)]  # fmt: skip
            assert len(rows) == len({p.record_key for p in rows})
            assert {p.record_key: p.dinmo_id for p in rows} == {r: i for (r, n), i in history.items() if n == day}
        runs.insert(0, {"run_id": this.run_id, "started_at": this.started_at, "table_versions": versions})
    for case in (
        "created",
        "merged",
        "split",
        "retired",
        "revived",
        "revived redirect",
        "way through a revived id",
        "came back too late",
        "salted",
        "unchanged",
    ):
        assert account.reached[case] > 1, account.reached


def naive(value: datetime) -> datetime:
    return value.astimezone(timezone.utc).replace(tzinfo=None)


def spark_step(tables: Frames, runs: list, clusters: dict, pairs: list, this: Run) -> tuple[dict, dict]:
    """The same step by the stages; gives the id of every record, and the tables about ids."""
    spark, numbered = tables.spark, list(enumerate(clusters))
    random.Random(this.run_id).shuffle(numbered)
    before = known(tables, runs)
    columns = "record_key string, cluster_id long, smallest_key string"
    members = spark.createDataFrame([(r, n, min(c)) for n, c in numbered for r in c], columns)
    ids = lasting_ids(members, before, CONFIG, this)
    if before.is_first_run:
        ids = members.select("cluster_id", ids.alias("dinmo_id")).distinct()
    of_cluster = {row.cluster_id: row.dinmo_id for row in ids.collect()}
    assert len(of_cluster) == len(clusters)
    found = {r: of_cluster[n] for n, c in numbered for r in c}
    public = {r for c, published in clusters.items() if published for r in c}
    golden = Counter(found[r] for r in public)
    none = dict.fromkeys(schemas.LOOKUP.names)
    rows = {
        "identity_lookup": [{**none, "record_key": r, "dinmo_id": i if r in public else None} for r, i in found.items()],
        "identity_unresolved_records": [
            {**dict.fromkeys(schemas.UNRESOLVED.names), "record_key": r, "candidate_dinmo_id": i, "reason": "conflict", "detail": "limit: x"}
            for r, i in found.items() if r not in public
        ],
        "match_pairs": [
            {**dict.fromkeys(schemas.PAIRS.names), "left_record_key": a, "right_record_key": b, "rule": "email", "status": "accepted"}
            for a, b in pairs
        ],
    }  # fmt: skip
    frames = {name: spark.createDataFrame(found_rows, schemas.TABLES[name]) for name, found_rows in rows.items()}
    lasting = what_became_of_ids(
        written(frames["identity_lookup"], profiles=F.count("dinmo_id")),
        spark.createDataFrame(list(golden.items()), "dinmo_id string, record_count long"),
        frames["match_pairs"],
        frames["identity_unresolved_records"],
        before,
        CONFIG,
        this,
    )
    collected = {name: frame.collect() for name, frame in lasting.tables.items()}
    collected = {name: collected.get(name, tables.rows.get(name, [])) for name in LASTING}
    if "identity_changes" in lasting.tables:
        collected["identity_changes"] = [*tables.rows.get("identity_changes", []), *collected["identity_changes"]]
    tables.rows = rows | collected
    return found, collected
