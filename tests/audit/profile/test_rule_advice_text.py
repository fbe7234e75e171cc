"""What validate --profile prints about counts, and which rules it warns of."""

import pytest

from identity_spark.audit.profile.rules_text import BlockCounts, ValueCounts, rule_advice_text
from identity_spark.config import load_config

BASE = """
project: small
sources:
  crm: {path: crm, primary_key: id, columns: {email: mail, first: first, last: last, born: born, country: country}}
  shop: {path: shop, primary_key: id, columns: {email: mail, last: last}}
identifiers:
  email: {type: email}
  first: {type: first_name}
  last: {type: last_name}
  born: {type: date}
  country: {type: country}
  domain: {from: email, transform: domain}
  box: {from: email, transform: local_part}
  root: {from: first, transform: nickname_root}
  start: {from: root, transform: "prefix:1"}
  sound: {from: last, transform: soundex}
rules: [{name: email, criteria: [{identifiers: email}]}]
output: {path: out}
"""
N = 100_001  # records; of their pairs share a value, in millionths:
MILLIONTHS = {
    "email": 1, "first": 100, "last": 200, "born": 1, "country": 900_000, "domain": 400_000, "box": 1, "root": 200, "start": 1000,
    "sound": 150,
}  # fmt: skip
EVERY_PAIR = N * (N - 1) // 2
VALUES = {name: ValueCounts(N, EVERY_PAIR * share // 10**6) for name, share in MILLIONTHS.items()}
NEAR = "{identifiers: born, match: fuzzy_medium}"


@pytest.fixture
def make_config(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")
    return lambda *changes: load_config([tmp_path / "base.yaml"], changes, environment={})


def blocks(pairs, compared=None, skipped=(0, 0), held=N):
    """Counts of which only those asked for matter."""
    return BlockCounts(N, 98_765, held, 30, pairs, pairs if compared is None else compared, *skipped)


def warnings_of(config, counts):
    _, *rest = rule_advice_text([counts], VALUES, config).split("\n\n")
    return rest[0].split("\n") if rest else []


def test_a_line_for_each_rule_and_then_the_warnings(make_config):
    rules = f"""rules=[
      {{name: card_or_other, criteria: [{{identifiers: email}}]}},
      {{name: names, max_block_records: 20, criteria: [{{identifiers: [first, last]}}, {NEAR}]}}]"""
    found = rule_advice_text([blocks(400), blocks(1_200, 765, (1, 3_000))], VALUES, make_config(rules))
    assert found.split("\n") == [
        "rule           applies to    keys  largest block  compares  links  skipped blocks  records in them  pairs avoided",
        "card_or_other     100,001  98,765             30         0  1,236               0                0              0",
        "names             100,001  98,765             30       765      -               1            3,000            435",
        "",
        "warning: rules[1] names: max_block_records: 20 leaves out 3.0% of the records with first + last; add an"
        " identifier to its exact criteria, or raise max_block_records",
    ]


def test_nothing_to_warn_of_ends_with_the_table(make_config):
    assert len(rule_advice_text([blocks(400)], VALUES, make_config()).split("\n")) == 2


# Pairs by chance: of first and last 5,000 million x 0.0001 x 0.0002 = 100. Of born and country: 5,000 pairs share a
# birth date, 4,500 of them as one entity, and 0.9 of the other 500 the country.
SQUARE = [
    ("first, last", 1100, None, None),
    ("first, last", 900, "about 11% of the pairs of the key first + last are chance", "20"),
    ("first, last", 400, "about 25% of the pairs of the key first + last are chance", "32"),
    ("first, last", 101, "about 99% of the pairs of the key first + last are chance", "99"),
    ("first, last", 90, "about 100% of the pairs of the key first + last are chance", "100"),
    ("first, last", 0, None, None),
    ("first, root, start", 400_000, "about 100% of the pairs of the key first + root + start are chance", "100"),
    ("start, last, root", 400, "about 50% of the pairs of the key start + last + root are chance", "55"),
    ("last, sound", 400, "about 100% of the pairs of the key last + sound are chance", "100"),
    ("last", 2_000_000, "about 100% of the pairs of the key last are chance", "100"),
    ("born, last", 30, None, None),
    ("last, start", EVERY_PAIR, None, None),
    ("born, country", 4950, None, None),
    ("born, country", 4510, "about 98% of the pairs of the key born + country are chance", "98"),
    ("email", 5000, None, None),
    ("domain", 2_000_000, None, None),
    ("email, country", 4500, None, None),
    ("email, domain", 5000, None, None),
    ("box", 600, "about 100% of the pairs of the key box are chance", "100"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "pairs", "share", "times"), SQUARE)
def test_which_keys_grow_with_the_square(make_config, key, pairs, share, times):
    compared = make_config(f"rules=[{{name: r, criteria: [{{identifiers: [{key}]}}, {NEAR}]}}]")
    exact = make_config(f"rules=[{{name: r, criteria: [{{identifiers: [{key}]}}]}}]")
    if share is None:
        assert warnings_of(compared, blocks(pairs)) == warnings_of(exact, blocks(pairs)) == []
        return
    grows = f"ten times the records make about {times} times the pairs (now {pairs:,})"
    assert warnings_of(compared, blocks(pairs)) == [
        f"warning: rules[0] r: {share}; {grows}; add an identifier to its exact criteria, or lower max_block_records"
    ]
    assert warnings_of(exact, blocks(pairs)) == [
        f"warning: rules[0] r: {share}, so it links different people; {grows}; add an identifier to its criteria"
    ]


def test_chance_is_among_the_records_that_have_an_identifier():
    assert ValueCounts(11, 5).chance == 5 / 55
    assert ValueCounts(1, 0).chance == ValueCounts(0, 0).chance == 0


@pytest.mark.parametrize(("skipped", "warned"), [(10, False), (11, True)])
def test_a_cap_that_leaves_out_more_than_one_in_a_hundred(make_config, skipped, warned):
    rule = "rules=[{{name: r, criteria: [{{identifiers: email}}{}]}}]"
    counts = blocks(500, 400, (1, skipped), held=1000)
    assert bool(warnings_of(make_config(rule.format(f", {NEAR}")), counts)) == warned
    assert warnings_of(make_config(rule.format("")), counts) == [], "no cap holds for an exact rule"


def test_a_rule_that_applies_to_no_record(make_config):
    nothing = BlockCounts(*[0] * 8)
    of_all = make_config("rules=[{name: r, criteria: [{identifiers: [email, last]}]}]")
    of_one = make_config("rules=[{name: r, sources: [shop], criteria: [{identifiers: [email, last]}]}]")
    assert [warnings_of(config, nothing) for config in (of_all, of_one)] == [
        [
            f"warning: rules[0] r: applies to no record: none{of} has email + last; look at the columns that the sources map"
        ]
        for of in ("", " of shop")
    ]


def test_every_pair_of_an_exact_rule_is_compared_where_all_are_asked_for(make_config):
    def row(config):
        return rule_advice_text([blocks(1_200, 765, (1, 30))], VALUES, config).split("\n")[1].split()

    assert row(make_config())[3:] == ["30", "0", "1,236", "0", "0", "0"]
    assert row(make_config("match_pairs=all"))[3:] == ["30", "765", "1,236", "1", "30", "435"]
