"""Explanations of records whose pairs were made by hand (``reviewed_people``)."""

import json

import pytest
from outputs import ids, rows

from identity_spark.audit.explain import lookups
from jobs import explain


@pytest.fixture
def ask(job_on_reviewed):
    """The answer of ``--json`` about one or two records."""

    def run(*keys, options=()):
        named = [word for key in keys for word in ("--record", f"crm:{key}")]
        done = job_on_reviewed(explain, *named, "--json", *options)
        assert (done.code, done.errors) == (0, [])
        return json.loads(done.text)

    return run


def ends(pairs):
    return [f"{p['left_record_key']} {p['right_record_key']}".replace("crm:", "") for p in pairs]


def test_a_record_its_profile_and_what_holds_it(ask, reviewed):
    answer = ask("c2")
    assert answer["run_id"] == "one"
    assert answer["record"] == {
        "record_key": "crm:c2",
        "source": "crm",
        "status": "matched",
        "dinmo_id": ids(reviewed.output)["crm:c2"],
        "candidate_dinmo_id": None,
        "unresolved": [],
        "older_duplicates": 0,
        "set_apart": [],
    }
    profile = answer["profile"]
    assert (profile["record_count"], profile["sources"], profile["complete"]) == (4, {"crm": 4}, True)
    assert profile["other_records"] == ["crm:c1", "crm:c3", "crm:c4"]
    assert ends(answer["pairs"]) == ["c1 c2", "c2 c3"]  # e-mail is the stronger rule
    (by_phone,) = answer["pairs"][1]["links"]
    assert by_phone == {
        "rule": "phone_and_name",
        "listed": True,
        "evidence": [
            {"identifier": "phone", "match": "exact", "similarity": 1.0},
            {"identifier": "last_name", "match": "fuzzy_medium", "similarity": pytest.approx(5 / 6)},
        ],
    }
    cuts = {ends([b])[0]: (b["sizes"], b["disagreement"]) for b in profile["bridges"]}
    assert cuts == {
        "c2 c3": ([2, 2], ["email", "last_name"]),  # k1 and k3, Miller and Millar or Jones; they share a phone
        "c1 c2": ([3, 1], []),
        "c3 c4": ([3, 1], ["last_name"]),
    }
    assert ends(profile["bridges"])[0] == ends([profile["weakest_link"]])[0] == "c2 c3"
    assert answer["notes"] == ["spanning"]


def test_a_shared_key_is_no_bridge_though_a_star_is_listed(ask):
    answer = ask("s2")
    assert [(ends([p])[0], p["links"][0]["listed"]) for p in answer["pairs"]] == [("s1 s2", True), ("s2 s3", False)]
    assert (answer["profile"]["bridge_count"], answer["profile"]["bridges"]) == (0, [])
    assert answer["profile"]["weakest_link"]["sizes"] is None
    two = ask("s2", "s3")
    assert (ends(two["chain"]), ends(two["without_weakest"]["chain"])) == (["s2 s3"], ["s1 s2", "s1 s3"])


def test_unresolved_records(ask, reviewed):
    candidates = {
        r["record_key"]: r["candidate_dinmo_id"] for r in rows(reviewed.output, "identity_unresolved_records")
    }
    held_back = ask("q1")
    assert held_back["record"]["candidate_dinmo_id"] == candidates["crm:q1"] is not None
    assert held_back["record"]["unresolved"] == [
        {
            "reason": "conflict",
            "identifier": "phone",
            "detail": "max_values_per_profile: 3 phone values, at most 2",
        }
    ]
    assert held_back["profile"]["other_records"] == ["crm:q2", "crm:q3"]
    assert ends(held_back["pairs"]) == ["q1 q2", "q1 q3"]
    assert ask("q2", "q3")["together"]

    missing = ask("t1")
    assert missing["record"]["unresolved"][0]["reason"] == "missing_identifiers"
    assert {"identifier": "email", "reason": "blocked"} in missing["record"]["set_apart"]
    assert (missing["profile"]["record_count"], missing["pairs"], missing["notes"]) == (1, [], [])
    assert ask("d1")["record"]["older_duplicates"] == 1


def test_the_chain_between_two_records(ask):
    answer = ask("c4", "c1")
    assert answer["together"]
    assert [r["record_key"] for r in answer["records"]] == ["crm:c4", "crm:c1"]
    assert ends(answer["chain"]) == ["c3 c4", "c2 c3", "c1 c2"]
    assert ends([answer["weakest_link"]]) == ["c2 c3"]
    assert answer["without_weakest"] == {"chain": None, "sizes": [2, 2]}


APART = {
    "over-shared, and half a name": (
        ("o1", "o2"),
        {
            "email": ("not_applicable", [("o1", "email", "over_shared"), ("o2", "email", "over_shared")]),
            "phone_and_name": ("criterion_failed", []),
        },
    ),
    "blocked and missing": (
        ("t1", "c1"),
        {
            "email": ("not_applicable", [("t1", "email", "blocked")]),
            "phone_and_name": ("not_applicable", [("t1", "phone", "missing"), ("t1", "last_name", "blocked"), ("c1", "phone", "missing")]),
        },
    ),
    "a large block": (
        ("b1", "b2"),
        {
            "email": ("not_applicable", [("b1", "email", "missing"), ("b2", "email", "missing")]),
            "phone_and_name": ("block_skipped", []),
        },
    ),
    "kept apart": (
        ("m0-b", "m0-a"),
        {
            "email": ("refused", []),
            "phone_and_name": ("not_applicable", [("m0-b", "phone", "missing"), ("m0-a", "phone", "missing")]),
        },
    ),
    "nothing in common": (("c2", "u1"), {"email": ("criterion_failed", []), "phone_and_name": ("criterion_failed", [])}),
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_why_not_together(ask, name):
    keys, expected = APART[name]
    answer = ask(*keys)
    assert not answer["together"]
    found = {
        rule["rule"]: (
            rule["verdict"],
            [(e["record_key"].removeprefix("crm:"), e["identifier"], e["why"]) for e in rule["lacking"]],
        )
        for rule in answer["rules"]
    }
    assert found == expected
    if name == "over-shared, and half a name":
        criteria = {c["identifier"]: (c["holds"], c["similarity"]) for c in answer["rules"][1]["criteria"]}
        assert criteria == {"phone": (True, 1.0), "last_name": (False, 0.5)}  # Ford, Bird: 2 edits in 4 letters
        assert answer["rules"][1]["block_records"] == [2]
        assert answer["shared_set_apart"] == [{"identifier": "email", "reason": "over_shared"}]
    if name == "a large block":
        assert (answer["rules"][1]["block_records"], answer["rules"][1]["max_block_records"]) == ([5], 4)
    if name == "kept apart":
        assert {(r["rule"], r["refused_by"]) for r in answer["refused"]} == {("email", "cannot_link"), ("cannot_link", "cannot_link")}  # fmt: skip
    if name == "nothing in common":  # phones of c2, u1 and u2
        detail = "max_values_per_profile: 3 phone values, at most 2"
        assert answer["limits"] == [
            {"limit": "identifiers.phone.max_values_per_profile", "identifier": "phone", "detail": detail}
        ]
    else:
        assert answer["limits"] == []


def test_another_configuration_says_what_would_be_so_now(ask):
    answer = ask("o1", "o2", options=("--set", "rules[1].criteria[1].threshold=0.5"))
    assert "config_changed" in answer["notes"]
    assert [r["verdict"] for r in answer["rules"]] == ["not_applicable", "holds"]


def test_a_cluster_too_large_to_be_looked_at(ask, monkeypatch):
    monkeypatch.setattr(lookups, "MOST_RECORDS", 2)
    for key, size in {"c2": 4, "q1": 3}.items():
        answer = ask(key)
        assert (answer["profile"]["record_count"], answer["profile"]["complete"]) == (size, False)
        assert answer["profile"]["bridge_count"] is answer["profile"]["weakest_link"] is None
        assert answer["pair_count"] == 2
        assert "too_large" in answer["notes"]
    assert (ask("c1", "c2")["chain"], ask("c1", "u1")["limits"]) == (None, None)
    monkeypatch.setattr(lookups, "MOST_RECORDS", 0)  # fewer are read than the profile has, so they are counted
    assert (ask("c2")["profile"]["record_count"], ask("c2")["pair_count"]) == (4, 2)


def test_too_many_pairs_to_be_looked_at(ask, monkeypatch):
    monkeypatch.setattr(lookups, "MOST_PAIRS", 2)
    answer = ask("c1")
    assert (answer["profile"]["record_count"], answer["profile"]["complete"], ends(answer["pairs"])) == (4, False, ["c1 c2"])  # fmt: skip


def test_text_shows_values_only_when_asked(job_on_reviewed):
    values = ("k1@x.io", "k3@x.io", "2025552001", "miller", "millar", "jones", "desk@", "ford", "bird")
    for *keys, option in (["c2", "--json"], ["c1", "c4"], ["o1", "o2", "--json"], ["c2", "o1"]):
        keys, options = (keys, [option]) if option.startswith("-") else ([*keys, option], [])
        done = job_on_reviewed(explain, *(word for key in keys for word in ("--record", f"crm:{key}")), *options)
        assert done.code == 0
        assert not [v for v in values if v in (done.text + done.err + done.log).lower()]
    done = job_on_reviewed(explain, "--record", "crm:c2", "--show-values")
    assert 'last_name fuzzy_medium 0.83 "miller" and "millar"' in done.text
    done = job_on_reviewed(explain, "--record", "crm:o1", "--record", "crm:o2", "--show-values")
    assert 'both hold the same email "desk@x.io" (over_shared)' in done.text
    assert 'last_name fuzzy_medium does not match (0.50) "ford" and "bird"' in done.text


BAD = {
    "absent": (("--record", "crm:z9"), 3, "--record: crm:z9 is no record of run one; a record_key reads"),
    "no such source": (("--record", "shop:1"), 3, "shop:1 is no record of run one (sources: crm)"),
    "three": (("--record", "crm:c1", "--record", "crm:c2", "--record", "crm:c3"), 2, "give one record, or two"),
    "twice": (("--record", "crm:c1", "--record", "crm:c1"), 2, "give one record, or two different ones"),
    "none": ((), 2, "--record"),
    "no run": (("--record", "crm:c1", "--set", "output.path=nowhere"), 3, "holds no committed run"),
    "an identifier of no run": (
        ("--record", "crm:c1", "--set", "identifiers.domain={from: email, transform: domain}"),
        3,
        "has no identifier domain",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_explained_is_one_line(job_on_reviewed, name):
    arguments, code, message = BAD[name]
    done = job_on_reviewed(explain, *arguments)
    assert (done.code, done.text, len(done.errors)) == (code, "", 1)
    assert message in done.errors[0]
