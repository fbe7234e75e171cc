"""What is wrong with a rule, in the words that the user reads."""

import pytest

CRITERION = "rules[0].criteria[0]"
NO_ANCHOR = (
    "rules[0].criteria: no anchor, so every record would have to be compared with every other; "
    "add a criterion with match: exact and without missing: pass"
)
NOT_A_NUMBER = "does not fit; write a whole number of at least 1"
IDENTIFIERS = "email, phone, first_name, last_name, birth_date, loyalty_id, last_sound, sound_start"
CASES = [
    (
        "rules=null",
        "rules: missing; write at least one: rules: [{name: email, criteria: [{identifiers: email, match: exact}]}]",
    ),
    ("rules=[]", "rules: an empty list; name at least one"),
    ("rules={a: b}", "rules: a mapping is no list; write a list: [..., ...]"),
    (
        "rules[0]=x",
        "rules[0]: 'x' is no mapping; write key: value with the keys name, sources, max_block_records, criteria",
    ),
    ("rules[0].name=null", "rules[0].name: missing; name the rule, like email_and_name"),
    ("rules[0].name=a b", "rules[0].name: 'a b' is no rule name; use letters, digits and _, a letter first"),
    (
        "rules[0].name=must_link",
        "rules[0].name: 'must_link' is what pairs of the overrides are called; choose another name",
    ),
    (
        "rules[0].name=name_and_birth_date",
        "rules[1].name: 'name_and_birth_date' is also the name of rules[0]; give each rule its own",
    ),
    ("rules[0].sources=[cmr]", "rules[0].sources[0]: 'cmr' is no source; did you mean 'crm'?"),
    ("rules[0].sources=[zzz]", "rules[0].sources[0]: 'zzz' is no source; choose from crm, shop, app"),
    ("rules[0].sources=crm", "rules[0].sources: 'crm' is no list; write a list: [crm]"),
    ("rules[0].sources=[crm, crm]", "rules[0].sources[1]: 'crm' is repeated; keep it once"),
    ("rules[0].max_block_records=null", f"rules[0].max_block_records: null {NOT_A_NUMBER}"),
    ("rules[0].max_block_records=0", f"rules[0].max_block_records: 0 {NOT_A_NUMBER}"),
    ("rules[0].match=exact", "rules[0].match: unknown key here; it belongs under rules[n].criteria[n]"),
    (
        "rules[0].criteria=null",
        "rules[0].criteria: missing; write at least one: criteria: [{identifiers: email, match: exact}]",
    ),
    ("rules[0].criteria=[]", "rules[0].criteria: an empty list; name at least one"),
    ("rules[0].criteria={identifiers: email}", "rules[0].criteria: a mapping is no list; write a list: [..., ...]"),
    (f"{CRITERION}.identifiers=emial", f"{CRITERION}.identifiers: 'emial' is no identifier; did you mean 'email'?"),
    (f"{CRITERION}.identifiers=Email", f"{CRITERION}.identifiers: 'Email' is no identifier; did you mean 'email'?"),
    (
        f"{CRITERION}.identifiers=[email, emial]",
        f"{CRITERION}.identifiers[1]: 'emial' is no identifier; did you mean 'email'?",
    ),
    (f"{CRITERION}.identifiers=zzz", f"{CRITERION}.identifiers: 'zzz' is no identifier; choose from {IDENTIFIERS}"),
    (
        f"{CRITERION}.identifiers=city",
        f"{CRITERION}.identifiers: 'city' is a field but no identifier; add it under identifiers",
    ),
    (
        f"{CRITERION}.identifiers=null",
        f"{CRITERION}.identifiers: missing; name the identifier, or a list of identifiers, to compare",
    ),
    (f"{CRITERION}.identifiers=[]", f"{CRITERION}.identifiers: an empty list; name at least one"),
    (f"{CRITERION}.identifiers=7", f'{CRITERION}.identifiers: 7 is no text; quote it: "7"'),
    (f"{CRITERION}.identifier=email", f"{CRITERION}.identifier: unknown key here; did you mean 'identifiers'?"),
    (f"{CRITERION}.match=exakt", f"{CRITERION}.match: 'exakt' is unknown; did you mean 'exact'?"),
    (f"{CRITERION}.match=like", f"{CRITERION}.match: 'like' is unknown; choose from exact, fuzzy_medium, fuzzy_strong"),
    (f"{CRITERION}.missing=skip", f"{CRITERION}.missing: 'skip' is unknown; choose from fail, pass"),
    (f"{CRITERION}.at_least=0", f"{CRITERION}.at_least: 0 {NOT_A_NUMBER}"),
]


@pytest.mark.parametrize(("override", "expected"), CASES, ids=[case[0] for case in CASES])
def test_one_mistake_is_one_line(problems, override, expected):
    assert problems(override) == [expected]


WRONG_CRITERIA = [
    ("{identifiers: loyalty_id, missing: pass}", [NO_ANCHOR]),
    ("{identifiers: email, match: fuzzy_medium}", [NO_ANCHOR]),
    (
        "{identifiers: loyalty_id, match: fuzzy_strong}",
        [
            f"{CRITERION}.match: 'fuzzy_strong' is not defined for loyalty_id, which is of type id; "
            "choose from exact, fuzzy_medium",
            NO_ANCHOR,
        ],
    ),
    (
        "{identifiers: email, threshold: 0.9}",
        [f"{CRITERION}.threshold: it applies to fuzzy matches only; leave it out, or write match: fuzzy_medium"],
    ),
    (
        "{identifiers: first_name, match: fuzzy_strong, threshold: 1.5}",
        [f"{CRITERION}.threshold: 1.5 is out of range; write a number above 0 and at most 1, like 0.9", NO_ANCHOR],
    ),
    (
        "{identifiers: first_name, match: fuzzy_strong, threshold: '0.9'}",
        [f"{CRITERION}.threshold: '0.9' is out of range; write a number above 0 and at most 1, like 0.9", NO_ANCHOR],
    ),
]


@pytest.mark.parametrize(("criterion", "expected"), WRONG_CRITERIA, ids=[case[0] for case in WRONG_CRITERIA])
def test_a_criterion_that_cannot_hold(problems, criterion, expected):
    assert problems(f"rules[0].criteria[0]={criterion}") == expected


TWICE = [
    (
        "rules[1].criteria=[{identifiers: email}, {identifiers: first_name, match: fuzzy_strong}, {identifiers: email, match: exact}]",
        "rules[1].criteria[2]: it says the same as rules[1].criteria[0]; keep one of the two",
    ),
    (
        "rules[1].criteria=[{identifiers: [email, phone]}, {identifiers: [phone, email]}]",
        "rules[1].criteria[1]: it says the same as rules[1].criteria[0]; keep one of the two",
    ),
    (
        "rules[1]={name: again, max_block_records: 9, criteria: [{identifiers: loyalty_id}]}",
        "rules[1]: it says the same as rules[0]; keep one of the two",
    ),
    (
        "rules=[{name: a, criteria: [{identifiers: [email, phone]}]}, {name: b, criteria: [{identifiers: phone}, {identifiers: email}]}]",
        "rules[1]: it says the same as rules[0]; keep one of the two",
    ),
]


@pytest.mark.parametrize(("override", "expected"), TWICE)
def test_the_same_twice(problems, override, expected):
    assert problems(override) == [expected]


@pytest.mark.parametrize(
    "override",
    [
        "rules[1]={name: again, sources: [crm], criteria: [{identifiers: loyalty_id}]}",
        "rules[1].criteria=[{identifiers: email}, {identifiers: email, match: fuzzy_strong}]",
    ],
)
def test_what_differs_in_its_sources_or_its_match_is_no_repetition(problems, override):
    assert problems(override) == []


def test_every_rule_without_an_anchor_is_named(problems):
    found = problems(
        "rules[0].criteria[0].missing=pass", "rules[1].criteria=[{identifiers: email, match: fuzzy_strong}]"
    )
    assert [line.partition(":")[0] for line in found if "no anchor" in line] == [
        "rules[0].criteria",
        "rules[1].criteria",
    ]
