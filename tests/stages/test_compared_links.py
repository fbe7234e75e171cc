"""Links of rules that compare, against a matcher in plain Python that looks at every pair."""

import random
from collections import Counter

import pytest
from made_records import COLUMNS, RULES, WORDS, accepted, as_records, people
from outputs import connected
from plain_matcher import expected_pairs

from identity_spark.schemas import CANDIDATES, LARGE_BLOCKS, LINKS, PAIRS, differences
from identity_spark.stages import match_pairs
from identity_spark.stages.match_pairs import candidates


@pytest.fixture
def config(make_config):
    return make_config(*WORDS, RULES)


def candidates_of(usable, config):
    found = match_pairs.candidate_pairs(usable, config)
    assert differences(found, CANDIDATES) == []
    return found.localCheckpoint()


def blocks_of(usable, config):
    large = match_pairs.large_blocks(candidates_of(usable, config))
    assert differences(large, LARGE_BLOCKS) == []
    return large


def links_of(spark, rows, config, partitions: int = 3) -> list:
    usable = spark.createDataFrame(rows, COLUMNS).repartition(partitions)
    compared = match_pairs.compared_links(usable, candidates_of(usable, config), config)
    links = match_pairs.exact_links(usable, config).unionByName(compared)
    assert differences(links, LINKS) == []
    return links.collect()


def named(links, config) -> set[tuple[str, str, str]]:
    return {(config.rules[r.rule_index].name, r.left_record_key, r.right_record_key) for r in links}


def connected_by(rule: str, pairs) -> set[frozenset[str]]:
    return {frozenset(cluster) for cluster in connected([pair for name, *pair in pairs if name == rule])}


def test_every_pair_of_every_rule_is_the_one_of_the_oracle(spark, make_config):
    config = make_config(*WORDS, RULES, "match_pairs=all")
    rows = people(1, 1000)
    expected = expected_pairs(as_records(rows), config)
    counts = Counter(rule for rule, *_ in expected)
    assert [rule.name for rule in config.rules if counts[rule.name] <= 10] == [], "every rule finds pairs"
    assert named(links_of(spark, rows, config), config) == expected


def test_with_all_pairs_each_pair_and_rule_stands_once(spark, make_config):
    config = make_config(*WORDS, RULES, "match_pairs=all")
    rows = people(7, 300)
    usable = spark.createDataFrame(rows, COLUMNS)
    links = spark.createDataFrame(links_of(spark, rows, config), LINKS)
    profiles = spark.createDataFrame([(row[0], "id") for row in rows], "record_id long, dinmo_id string")
    pairs = match_pairs.match_pairs(accepted(links), profiles, usable, config).collect()
    found = [(p.rule, p.left_record_key, p.right_record_key) for p in pairs]
    assert links.count() > len(found), "stars and pairs repeat one another"
    assert sorted(found) == sorted(expected_pairs(as_records(rows), config))


def test_with_all_pairs_a_block_over_the_cap_of_an_exact_rule_is_counted_and_stays_linked(spark, make_config):
    rule = "rules=[{name: card, max_block_records: 3, criteria: [{identifiers: card, match: exact}]}]"
    rows = [(n, f"crm:{n}", "crm", None, None, None, None, None, "7" if n < 4 else "8", None) for n in range(7)]
    config = make_config(rule, "match_pairs=all")
    star, every = {(0, 1), (0, 2), (0, 3)}, {(4, 5), (4, 6), (5, 6)}
    assert named(links_of(spark, rows, config), config) == {("card", f"crm:{a}", f"crm:{b}") for a, b in star | every}
    large = blocks_of(spark.createDataFrame(rows, COLUMNS), config)
    assert [tuple(r) for r in match_pairs.skipped_blocks(large, config).collect()] == [("card", 1, 4, 6)]


def test_spanning_pairs_connect_the_same_records(spark, config):
    rows = people(2, 600)
    expected = expected_pairs(as_records(rows), config)
    found = named(links_of(spark, rows, config), config)
    assert len(found) < len(expected), "some records collapse"
    assert found <= expected
    for rule in config.rules:
        assert connected_by(rule.name, found) == connected_by(rule.name, expected)


def test_links_depend_neither_on_the_order_of_rows_nor_on_partitions_nor_on_record_ids(spark, config):
    rows = people(4, 400)
    shuffled = [(len(rows) - n, *row[1:]) for n, row in enumerate(rows)]
    random.Random(4).shuffle(shuffled)
    first, second = (links_of(spark, r, config, p) for r, p in ((rows, 1), (shuffled, 5)))
    assert len({link.rule_index for link in first}) == len(config.rules), "every rule finds pairs"
    assert set(map(without_ids, first)) == set(map(without_ids, second))


def without_ids(link) -> tuple:
    return (link.rule_index, link.left_record_key, link.right_record_key, tuple(tuple(e) for e in link.evidence))


def plain(link) -> tuple:
    return (*link[:5], tuple(tuple(e) for e in link.evidence))


def test_a_pair_that_several_keys_bring_is_compared_once_wherever_its_records_lie(spark, config):
    rows = people(8, 400)
    usable = spark.createDataFrame(rows, COLUMNS)
    brought = Counter((r.left_id, r.right_id) for r in candidates_of(usable, config).where("right_id > 0").collect())
    assert max(brought.values()) > 3, "by several anchors, and several keys of one"
    first, second = (links_of(spark, rows, config, partitions) for partitions in (1, 7))
    of_pairs = [plain(link) for link in first if not config.rules[link.rule_index].exact]
    assert max(Counter(link[1:3] for link in of_pairs).values()) > 2, "several rules link a pair"
    assert set(Counter(link[:3] for link in of_pairs).values()) == {1}, "each of them once"
    assert Counter(map(plain, first)) == Counter(map(plain, second))


def test_a_block_in_tiles_gives_the_pairs_of_the_whole(spark, config, monkeypatch):
    tile = 4
    rows = people(5, 500)
    usable = spark.createDataFrame(rows, COLUMNS)
    whole = rows_of(candidates_of(usable, config))
    assert max(records for _, _, records, *_ in whole) > 4 * tile, "some blocks have many tiles"
    monkeypatch.setattr(candidates, "TILE_RECORDS", tile)
    spread = []
    monkeypatch.setattr(
        candidates, "_tiled", lambda *a, tiled=candidates._tiled: spread.append(tiled(*a)) or spread[-1]
    )
    in_tiles = rows_of(candidates_of(usable, config))
    assert spread[0].agg({"high": "max"}).first()[0] >= 4, "they are laid out in buckets"
    assert in_tiles == whole, "each pair in one tile"


def rows_of(candidates) -> Counter:
    return Counter((r.anchor, tuple(r.parts or ()), *r[2:]) for r in candidates.collect())


def test_a_block_over_the_cap_is_not_compared_and_is_counted(spark, make_config):
    rule = "rules=[{name: phone, max_block_records: 3, criteria: [{identifiers: phone, match: exact}, {identifiers: last_name, match: fuzzy_medium}]}]"
    rows = [(n, f"crm:{n}", "crm", None, "+1" if n < 4 else "+2", None, "lee", None, None, None) for n in range(7)]
    config = make_config(rule)
    assert named(links_of(spark, rows, config), config) == {("phone", "crm:4", "crm:5"), ("phone", "crm:4", "crm:6")}
    large = blocks_of(spark.createDataFrame(rows, COLUMNS), config)
    assert [tuple(r) for r in match_pairs.skipped_blocks(large, config).collect()] == [("phone", 1, 4, 6)]
    wider = make_config(rule.replace("3", "4"))
    assert len(links_of(spark, rows, wider)) == 3 + 2
    assert [tuple(r) for r in match_pairs.skipped_blocks(large, wider).collect()] == []


def test_rules_of_one_block_keep_their_own_caps(spark, config):
    rows = people(6, 600)
    sizes = Counter(row[5] for row in rows if row[5])
    assert max(sizes.values()) > 12
    found = named(links_of(spark, rows, config), config)
    first_names = {row[1]: row[5] for row in rows}
    by_phone, by_email = (
        {first_names[a] for rule, a, _ in found if rule == name} for name in ("first_and_phone", "first_and_email")
    )
    assert by_phone, "some names are of few records"
    assert max(sizes[name] for name in by_phone) <= 12 < max(sizes[name] for name in by_email)


def test_evidence_says_what_matched_and_how(spark, config):
    rows = [
        (1, "crm:1", "crm", ["bill@x.io", "b@x.io"], "+1", "bill", "smith", "1980-02-03", None, ["old", "town"]),
        (2, "crm:2", "crm", ["c@x.io", "b@x.io"], "+2", "william", "smith", "1980-03-02", None, ["old", "towne", "x"]),
        (3, "crm:3", "crm", None, "+1", "billy", "smyth", None, None, None),
    ]
    usable = spark.createDataFrame(rows, COLUMNS)
    profiles = spark.createDataFrame([(n, "id") for n in (1, 2, 3)], "record_id long, dinmo_id string")
    links = match_pairs.compared_links(usable, candidates_of(usable, config), config)
    pairs = match_pairs.match_pairs(accepted(links), profiles, usable, config)
    assert differences(pairs.selectExpr("*", "'r' AS run_id"), PAIRS) == []
    found = {(p.rule, p.left_record_key, p.right_record_key): [tuple(e) for e in p.evidence] for p in pairs.collect()}
    assert found == {
        ("email", "crm:1", "crm:2"): [
            ("birth_date", "fuzzy_medium", "1980-02-03", "1980-03-02", pytest.approx(0.8)),
            ("email", "exact", "b@x.io", "b@x.io", 1.0),
            ("first_name", "fuzzy_medium", "bill", "william", pytest.approx(3 / 7)),
        ],
        ("phone", "crm:1", "crm:3"): [
            ("phone", "exact", "+1", "+1", 1.0),
            ("first_name", "fuzzy_strong", "bill", "billy", pytest.approx(0.8)),
            ("last_name", "fuzzy_strong", "smith", "smyth", pytest.approx(0.8)),
        ],
        ("phone_strict", "crm:1", "crm:3"): [
            ("phone", "exact", "+1", "+1", 1.0),
            ("last_name", "fuzzy_medium", "smith", "smyth", pytest.approx(0.8)),
        ],
        ("phone_and_date", "crm:1", "crm:3"): [("phone", "exact", "+1", "+1", 1.0)],
    }
