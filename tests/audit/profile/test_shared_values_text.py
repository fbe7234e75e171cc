"""What profile_values prints, and that its proposal is a configuration."""

import pytest
import yaml

from identity_spark.audit.profile.values_text import SharedValue, shared_values_text
from identity_spark.config import load_config

BASE = """
project: small
sources: {crm: {path: crm, primary_key: id, columns: {email: mail, phone: tel, last_name: last, born: born, card: card}}}
identifiers:
  email: {type: email, blocked: [old@x.io], max_records_per_value: 10}
  phone: {type: phone, max_distinct_per_value: null}
  last_name: {type: last_name}
  born: {type: date}
  card: {type: id, max_records_per_value: null}
  own_phone: {from: phone, transform: "prefix:16", max_distinct_per_value: {card: 1}}
rules: [{name: email, criteria: [{identifiers: email, match: exact}]}]
output: {path: out}
"""
NOTHING = "# nothing to block: no listed value is over the limits of its identifier"


@pytest.fixture
def config(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")
    return load_config([tmp_path / "base.yaml"], [], environment={})


CASES = [
    ("email", [SharedValue("desk@x.io", 11, 1, 1)], ["old@x.io", "desk@x.io"]),
    ("email", [SharedValue("desk@x.io", 10, 1, 5)], ["old@x.io", "desk@x.io"]),
    ("email", [SharedValue("desk@x.io", 10, 1, 4)], None),
    ("phone", [SharedValue("+1", 100, 3, 90)], None),
    ("phone", [SharedValue("+1", 101, 3, 90), SharedValue("+2", 9, 3, 9)], ["+1"]),
    ("last_name", [SharedValue("smith", 10**6, 3, 1)], None),
    ("card", [SharedValue("x", 10**6, 3, 1)], None),
    ("own_phone", [SharedValue("+1", 90, 3, 90)], None),
    ("born", [SharedValue("1970-01-01", 51, 1, 40), *[SharedValue(f"1980-01-0{n}", 10, 1, 9) for n in range(1, 5)]], ["1970-01-01"]),
    ("born", [SharedValue("1970-01-01", 50, 1, 40), *[SharedValue(f"1980-01-0{n}", 10, 1, 9) for n in range(1, 5)]], None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "expected"), CASES)
def test_what_is_proposed(config, name, values, expected):
    proposal = shared_values_text({name: values}, config).split("\n\n")[-1]
    blocked = ((yaml.safe_load(proposal) or {}).get("identifiers") or {}).get(name, {}).get("blocked")
    assert blocked == expected
    assert (expected is None) == (proposal == NOTHING)


def test_the_table_shows_every_value_with_its_counts(config):
    text = shared_values_text({"card": [SharedValue('a "b"', 1200, 2, None), SharedValue("ß", 2, 1, 0)]}, config)
    assert text.split("\n\n")[0].split("\n") == [
        "card",
        "  records  sources  last names  value",
        '    1,200        2              "a \\"b\\""',
        '        2        1           0  "ß"',
    ]
