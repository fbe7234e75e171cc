"""Bad survivorship: strategies that do not fit, filters that mean nothing, groups that share a field."""

import pytest

OF_GROUPS = "last_non_null, first_non_null, most_frequent, source_priority, longest"
CASES = [
    (
        "golden.fields.birth_date={strategy: most_restrictive}",
        [
            "golden.fields.birth_date.strategy: 'most_restrictive' does not fit the type date; it chooses between yes and no"
        ],
    ),
    (
        "golden.fields.birth_date={strategy: longest}",
        ["golden.fields.birth_date.strategy: 'longest' does not fit the type date; write max, min or most_frequent"],
    ),
    (
        "golden.fields.email={strategy: max, max_values: 3}",
        ["golden.fields.email.max_values: only collect shows several values; write strategy: collect, or leave it out"],
    ),
    (
        "golden.fields.email={strategy: collect, max_values: 0}",
        ["golden.fields.email.max_values: 0 does not fit; write a whole number of at least 1"],
    ),
    (
        "golden.fields.email={max_age_days: month}",
        ["golden.fields.email.max_age_days: 'month' does not fit; write a whole number of at least 1"],
    ),
    (
        "golden.fields.city={valid_only: true}",
        ["golden.fields.city.valid_only: 'city' is no identifier, so that none of its values is invalid; leave it out"],
    ),
    (
        "golden.fields.email={valid_only: 7}",
        ["golden.fields.email.valid_only: 7 is neither true nor false; write true or false, without quotes"],
    ),
    (
        "golden.fields.email={sources: [crm, shp]}",
        ["golden.fields.email.sources[1]: 'shp' is no source; did you mean 'shop'?"],
    ),
    (
        "golden.groups.a={fields: [city], sources: [shp]}",
        ["golden.groups.a.sources[0]: 'shp' is no source; did you mean 'shop'?"],
    ),
    (
        "golden.groups.a b={fields: [city]}",
        ["golden.groups.a b: 'a b' is no group name; use letters, digits and _, a letter first"],
    ),
    (
        "golden.groups={a: {fields: [city]}, b: {fields: [city, last_sound, citi]}}",
        [
            "golden.groups.b.fields[0]: 'city' is in group a too; keep it in one of them",
            "golden.groups.b.fields[1]: 'last_sound' is a derived identifier, which profiles do not show; leave it out",
            "golden.groups.b.fields[2]: 'citi' is no identifier or mapped field; did you mean 'city'?",
        ],
    ),
    (
        "golden.groups.a={}",
        ["golden.groups.a.fields: missing; list the fields that belong together: fields: [street, city]"],
    ),
    (
        "golden.groups.a={fields: [city], strategy: collect}",
        [f"golden.groups.a.strategy: 'collect' does not fit a group; choose from {OF_GROUPS}"],
    ),
    (
        "golden.groups.a={fields: [city], strategy: lastnonnull}",
        ["golden.groups.a.strategy: 'lastnonnull' is unknown; did you mean 'last_non_null'?"],
    ),
    (
        "golden.fields.city.sources=[shop]",
        ["golden.fields.city.sources: [shop] never map 'city'; name sources that do: crm"],
    ),
    (
        "golden.fields.phone={sources: [app, crm], strategy: longest}",
        ["golden.fields.phone.sources: [app, crm] never map 'phone'; name sources that do: shop"],
    ),
    (
        "golden.fields.email={strategy: collect, max_values: 2147483648}",
        ["golden.fields.email.max_values: 2147483648 is too large; write a whole number of at most 2147483647"],
    ),
    (
        "golden.verify_values=7",
        ["golden.verify_values: 7 is neither true nor false; write true or false, without quotes"],
    ),
]


@pytest.mark.parametrize(("override", "expected"), CASES, ids=[case[0] for case in CASES])
def test_each_mistake_is_one_line(problems, override, expected):
    assert problems(override) == expected
