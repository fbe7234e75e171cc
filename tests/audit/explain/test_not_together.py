"""The verdict of a rule on two records, from findings made by hand, and the words for it."""

from types import SimpleNamespace

import pytest

from identity_spark.audit.explain.answer import Asked, Cluster
from identity_spark.audit.explain.not_together import Findings, why_not_together
from identity_spark.audit.explain.text import explanation_text
from identity_spark.audit.profile_graph import ProfileGraph

RULES = """rules=[
 {name: card, sources: [crm], criteria: [{identifiers: card}]},
 {name: sound, criteria: [{identifiers: last_sound}, {identifiers: first_name, match: fuzzy_medium, missing: pass}]},
 {name: phone, max_block_records: 30, criteria: [{identifiers: phone}, {identifiers: birth_date, match: fuzzy_strong}]}
]"""
VALUES = {"email": None, "phone": "+12025550111", "first_name": None, "last_name": "lee", "birth_date": "1950-01-01", "card": "c1", "last_sound": "L000"}  # fmt: skip


def asked(key: str, blocked=(), **values) -> Asked:
    row = {"record_key": key, "source": key.split(":")[0], "dinmo_id": f"id of {key}", "status": "unique"}
    row |= (
        VALUES | values | {"blocked": [dict(zip(("identifier", "value", "reason"), b, strict=True)) for b in blocked]}
    )
    return Asked(row, [], Cluster(row["dinmo_id"], 1, {key: row}, ProfileGraph([key], [], []), True))


@pytest.fixture
def explained(make_config):
    config = make_config(RULES)

    def explain(one, other, similarities=(), blocks=None, refused=(), limits=()):
        """The criteria named in ``similarities`` fail, all others hold."""
        compared = {}
        for rule in config.rules:
            for criterion in rule.criteria:
                (name,) = criterion.identifiers
                known = one.row[name] is not None and other.row[name] is not None
                similar = dict(similarities).get(name, 1.0) if known else None
                found = known and name not in dict(similarities)
                compared[criterion] = SimpleNamespace(
                    holds=found or (not known and criterion.missing == "pass"),
                    left_value=one.row[name] if known else None,
                    right_value=other.row[name] if known else None,
                    similarity=similar,
                )
        answer = why_not_together(one, other, Findings(compared, blocks or {}, refused, limits), config, False)
        records = [{"record_key": a.key, "status": "unique", "dinmo_id": a.key, "unresolved": [], "set_apart": [], "older_duplicates": 0} for a in (one, other)]  # fmt: skip
        text = explanation_text({"run_id": "one", "notes": [], "records": records, **answer})
        return {rule["rule"]: rule["verdict"] for rule in answer["rules"]}, text.splitlines()

    return explain


REFUSED = {"left_record_key": "crm:1", "right_record_key": "crm:2", "rule": "card", "refused_by": "guardrails.max_records_per_profile", "evidence": [{"identifier": "card", "match": "exact", "left_value": "c1", "right_value": "c1", "similarity": 1.0}]}  # fmt: skip
LIMIT = {"limit": "identifiers.card.max_values_per_profile", "identifier": "card", "detail": "max_values_per_profile: 2 card values, at most 1"}  # fmt: skip
CASES = {
    "a source that is not the rule's": ([asked("crm:1"), asked("shop:2")], {}, "card", "not_applicable", "card: does not apply: shop:2 is of no source of the rule"),
    "why a derived value is missing": ([asked("crm:1"), asked("crm:2", [("last_name", "n/a", "blocked")], last_name=None, last_sound=None)], {}, "sound", "not_applicable", "sound: does not apply: crm:2 has no usable last_sound (blocked)"),
    "of one block that is compared": ([asked("crm:1"), asked("crm:2")], {"blocks": {"phone": [31, 30]}}, "phone", "holds", "phone: holds now, and the run lists no such pair"),
    "of large blocks alone": ([asked("crm:1"), asked("crm:2")], {"blocks": {"phone": [31, 5000]}}, "phone", "block_skipped", "phone: not compared: their block has 31, 5,000 records, more than max_block_records 30"),
    "a value that passes when missing": ([asked("crm:1"), asked("crm:2")], {}, "sound", "holds", "sound: holds now"),
    "a value that fails when missing": ([asked("crm:1"), asked("crm:2", birth_date=None)], {"blocks": {"phone": [2]}}, "phone", "criterion_failed", "phone: fails: phone exact holds (1.00), crm:2 has no usable birth_date"),
    "too little similarity": ([asked("crm:1"), asked("crm:2")], {"similarities": {"birth_date": 0.7}}, "phone", "criterion_failed", "phone: fails: phone exact holds (1.00), birth_date fuzzy_strong does not match (0.70)"),
    "refused": ([asked("crm:1"), asked("crm:2")], {"refused": [REFUSED], "limits": [LIMIT]}, "card", "refused", "card: joins them, refused by guardrails.max_records_per_profile"),
    "refused at another pair": ([asked("crm:1"), asked("crm:3")], {"refused": [REFUSED]}, "card", "holds", "card: holds now"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_verdict(explained, name):
    records, findings, rule, verdict, words = CASES[name]
    verdicts, text = explained(*records, **findings)
    assert verdicts[rule] == verdict
    assert [line for line in text if line.strip().startswith(words)], text


def test_what_stands_between_the_profiles(explained):
    shared = ("email", "desk@x.io", "over_shared")
    other = ("phone", "+1", "invalid")
    _, text = explained(asked("crm:1", [shared]), asked("crm:2", [other, shared]), refused=[REFUSED], limits=[LIMIT])
    assert text[:4] == [
        "crm:1: unique, profile crm:1, run one",
        "crm:2: unique, profile crm:2, run one",
        "  not together",
        "  both hold the same email (over_shared), which takes no part in matching",
    ]
    assert text[-4:] == [
        "  refused between their profiles: 1 pair",
        "    crm:1 - crm:2",
        "      card: refused by guardrails.max_records_per_profile; card exact 1.00",
        "  together they would break identifiers.card.max_values_per_profile (max_values_per_profile: 2 card values, at most 1)",
    ]
    _, text = explained(asked("crm:1"), asked("crm:2"), limits=None)
    assert text[-1] == "  limits that they would break together were not looked at"
