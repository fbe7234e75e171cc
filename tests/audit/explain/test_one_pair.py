"""Two records under every criterion and in every block, against the matcher in plain Python."""

from collections import Counter
from dataclasses import replace
from itertools import combinations as pairs_of

import pytest
from made_records import COLUMNS, RULES, WORDS, as_records, people
from outputs import combinations
from plain_matcher import expected_pairs, holds

from identity_spark.audit.explain import one_pair
from identity_spark.config import value_type


@pytest.fixture(scope="module")
def rows():
    return people(1, 600)


def test_criteria_and_blocks_of_a_pair(spark, make_config, rows):
    config = make_config(*WORDS, RULES)
    kinds = {i.name: value_type(i) for i in config.identifiers}
    records = {r["record_key"]: r for r in as_records(rows)}
    usable = spark.createDataFrame(rows, COLUMNS)
    asked = {replace(c, identifiers=(name,)) for r in config.rules for c in r.criteria for name in c.identifiers}
    linked = expected_pairs(list(records.values()), config)
    keys = [min(pair for rule, *pair in linked if rule == name) for name in ("date_and_words", "email")]
    keys.append(
        next([a, b] for a, b in pairs_of(sorted(records), 2) if records[a]["email"] and not records[b]["email"])
    )
    seen = set()
    for left, right in keys:
        two = usable.where(f"record_key IN ('{left}', '{right}')").localCheckpoint()
        pair = (records[left], records[right])
        (row,) = one_pair.criteria_asked(two, left, right, config).collect()
        answers = one_pair.criteria_answers(row, config)
        assert {q: a.holds for q, a in answers.items()} == {q: holds(q, pair, kinds) for q in asked}
        seen |= {(q.match, q.at_least, a.holds) for q, a in answers.items()}
        for question, answer in answers.items():
            (name,) = question.identifiers
            known = all(record[name] for record in pair)
            assert (answer.similarity is not None) == known
            if known and not isinstance(pair[0][name], list):
                assert (answer.left_value, answer.right_value) == tuple(record[name] for record in pair)

        blocks = one_pair.shared_blocks(one_pair.blocks_of(two, left, right, config).collect(), config)
        expected = {
            rule.name: sorted(set.intersection(*(in_blocks(record, rule) for record in pair))) for rule in config.rules
        }
        assert blocks == expected
    assert {(match, found) for match, _, found in seen} == {(m, f) for m in ("exact", "fuzzy_medium", "fuzzy_strong") for f in (True, False)}  # fmt: skip
    assert ("fuzzy_strong", 2, True) in seen


def in_blocks(record, rule) -> set[tuple[str, ...]]:
    is_of_rule = not rule.sources or record["source"] in rule.sources
    return set(combinations([record[i] for i in rule.anchor])) if is_of_rule else set()


def test_sizes_of_blocks(spark, make_config, rows):
    config = make_config(*WORDS, RULES)
    usable = spark.createDataFrame(rows, COLUMNS)
    asked, expected = [], []
    for rule in config.rules:
        sizes = Counter(block for record in as_records(rows) for block in in_blocks(record, rule))
        block, size = sizes.most_common(1)[0]
        asked += [(rule, block), (rule, ("none",) * len(rule.anchor))]
        expected += [size, 0]
    assert [*one_pair.block_sizes(usable, asked).collect()[0]] == expected
    assert max(expected) > 10
