"""What is not built yet is refused, and only that."""

import pytest

from identity_spark.config.unsupported import LATER

CASES = [
    (
        "identifiers.birth_date.conflict_tolerance=fuzzy_medium",
        "identifiers.birth_date.conflict_tolerance: 'fuzzy_medium' is not supported yet; "
        "leave it out: limits count different values",
    ),
    ("guardrails.on_conflict=peel", "guardrails.on_conflict: 'peel' is not supported yet; write exclude"),
    (
        "guardrails.conflict_together=[phone, birth_date]",
        "guardrails.conflict_together: not supported yet; leave it out, or limit max_values_per_profile",
    ),
    ("overrides=decisions.csv", "overrides: 'decisions.csv' is not supported yet; leave it out"),
    ("overrides={table: a.b}", "overrides: not supported yet; leave it out"),
]


@pytest.mark.parametrize(("override", "expected"), CASES, ids=[case[0] for case in CASES])
def test_refused(problems, override, expected):
    assert problems(override) == [expected]


def test_each_line_of_the_table_is_reached(problems):
    overrides = [override for override, _ in CASES]
    found = " ".join(line for override in overrides for line in problems(override))
    assert [later.remedy for later in LATER if f"not supported yet; {later.remedy}" not in found] == []


CHECKED = [
    (
        "guardrails.conflict_together=[phone]",
        ["guardrails.conflict_together: [phone] is one identifier; name two or more, which must all contradict"],
    ),
    (
        "guardrails.conflict_together=[phone, emial]",
        ["guardrails.conflict_together[1]: 'emial' is no identifier; did you mean 'email'?"],
    ),
    ("overrides={path: x, table: y}", ["overrides.table: given together with path; keep one of the two"]),
    ("overrides={}", ["overrides.path: missing; write path: file.csv, or table: catalog.schema.name"]),
    ("overrides=7", ['overrides: 7 is no text; quote it: "7"']),
]


@pytest.mark.parametrize(("override", "expected"), CHECKED, ids=[case[0] for case in CHECKED])
def test_checked_all_the_same(problems, override, expected):
    assert [line for line in problems(override) if "not supported yet" not in line] == expected
