"""What is not built yet is refused, and only that."""

import pytest

from identity_spark.config.unsupported import LATER

CASES = [
    (
        "golden.groups.place={fields: [city, last_name], strategy: last_non_null, sources: [crm]}",
        "golden.groups: not supported yet; leave it out, and name the fields under golden.fields",
    ),
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
        "golden.groups.a b={fields: [city]}",
        [
            "golden.groups.a b: 'a b' is no group name; use letters, digits and _, a letter first",
        ],
    ),
    (
        "golden.groups={a: {fields: [city]}, b: {fields: [city, last_sound]}}",
        [
            "golden.groups.b.fields[0]: 'city' is in group a too; keep it in one of them",
            "golden.groups.b.fields[1]: 'last_sound' is a derived identifier, which profiles do not show; leave it out",
        ],
    ),
    (
        "golden.groups.a={}",
        ["golden.groups.a.fields: missing; list the fields that belong together: fields: [street, city]"],
    ),
]


@pytest.mark.parametrize(("override", "expected"), CHECKED, ids=[case[0] for case in CHECKED])
def test_checked_all_the_same(problems, override, expected):
    assert [line for line in problems(override) if "not supported yet" not in line] == expected
