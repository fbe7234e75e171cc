"""Over-shared values: found by count and by different last names, and taken out of matching but not out of sight."""

import pytest

from identity_spark.stages import usable_identifiers

COLUMNS = (
    "record_id long, email array<string>, email__written array<string>, phone string, last_name string, card string, "
    "blocked array<struct<identifier:string,value:string,reason:string>>"
)


@pytest.fixture
def standardized(spark):
    """A card of 4 records, an e-mail with 3 different last names (one of them misspelled), a phone of one family."""
    rows = [
        (0, ["hub@x.io", "a@x.io"], ["Hub@x.io", "A@x.io"], "+1", "smith", "c1", []),
        (1, ["hub@x.io"], ["hub@x.io"], "+1", "smyth", "c1", []),
        (2, ["hub@x.io"], ["hub@x.io"], "+1", "jones", "c1", []),
        (3, ["hub@x.io"], ["hub@x.io"], "+2", "brown", "c1", [("phone", "5", "invalid")]),
        (4, None, None, "+2", None, "c2", []),
    ]
    return spark.createDataFrame(rows, COLUMNS)


def over_shared(standardized, config):
    found = usable_identifiers.over_shared_values(standardized, config).collect()
    return sorted((r.identifier, r.value, r.records) for r in found)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        (["identifiers.card.max_records_per_value=3"], [("card", "c1", 4)]),
        (["identifiers.card.max_records_per_value=4"], []),
        (["identifiers.email.max_distinct_per_value={last_name: 2}"], [("email", "hub@x.io", 4)]),
        (["identifiers.email.max_distinct_per_value={last_name: 3}"], []),
        (["identifiers.email.max_distinct_per_value={card: 1}"], []),
        (["identifiers.phone.max_distinct_per_value={last_name: 1}"], [("phone", "+1", 3)]),
        (
            [
                "identifiers.email.max_distinct_per_value={last_name: 2}",
                "identifiers.phone.max_distinct_per_value={card: 1}",
            ],
            [("email", "hub@x.io", 4), ("phone", "+2", 2)],
        ),
        (["identifiers.email.max_distinct_per_value={last_name: 3, phone: 1}"], [("email", "hub@x.io", 4)]),
        (["identifiers.email.max_distinct_per_value={last_name: 2, phone: 1}"], [("email", "hub@x.io", 4)]),
        (["identifiers.email.max_distinct_per_value={last_name: 3, phone: 2}"], []),
    ],
)
def test_which_values_are_over_shared(standardized, make_config, changes, expected):
    assert over_shared(standardized, make_config(*changes)) == expected


@pytest.mark.parametrize(("limit", "expected"), [(1, [("phone", "+1", 4)]), (2, [])])
def test_each_of_several_names_counts_once(spark, make_config, limit, expected):
    names = [["smith", "jones"], ["smyth"], ["jones"], None]
    rows = [(n, None, None, "+1", held, None, []) for n, held in enumerate(names)]
    frame = spark.createDataFrame(rows, COLUMNS.replace("last_name string", "last_name array<string>"))
    changes = [
        "identifiers.email.max_distinct_per_value=null",
        f"identifiers.phone.max_distinct_per_value={{last_name: {limit}}}",
    ]
    assert over_shared(frame, make_config(*changes)) == expected


def test_what_is_derived_from_an_over_shared_value_goes_too(spark, make_config):
    config = make_config(
        "identifiers.email.max_records_per_value=1", "identifiers.phone.max_records_per_value=1",
        "identifiers.host={from: email, transform: domain}", "identifiers.top={from: host, transform: 'prefix:1'}",
        "identifiers.area={from: phone, transform: 'prefix:2', max_records_per_value: 1}",
        "identifiers.last_name.max_records_per_value=1", "identifiers.words={from: last_name, transform: tokens}",
    )  # fmt: skip
    of_0 = (["hub@x.io", "a@y.io"], None, "+12", ["de lee", "de wit"], None, [])
    of_1 = (["hub@x.io"], None, "+12", ["de lee"], None, [])
    of_2 = (["b@x.io", "c@x.io"], None, "+34", ["roe"], None, [])
    of_3 = (None, None, "+35", None, None, [])
    rows = [
        (0, *of_0, ["D400", "D300"], ["x.io", "y.io"], ["x", "y"], "+1", ["de", "lee", "wit"]),
        (1, *of_1, ["D400"], ["x.io"], ["x"], "+1", ["de", "lee"]),
        (2, *of_2, ["R000"], ["x.io"], ["x"], "+3", ["roe"]),
        (3, *of_3, None, None, None, "+3", None),
    ]
    derived = ", last_sound array<string>, host array<string>, top array<string>, area string, words array<string>"
    frame = spark.createDataFrame(rows, COLUMNS.replace("last_name string", "last_name array<string>") + derived)
    found = usable_identifiers.over_shared_values(frame, config)
    holders = usable_identifiers.records_with_over_shared(frame, found, config)
    amended = usable_identifiers.amended_records(frame, holders, config)
    left = usable_identifiers.usable_records(frame, amended).orderBy("record_id")
    assert [(r.host, r.top, r.phone, r.area, r.words, r.last_sound) for r in left.collect()] == [
        (["y.io"], ["y"], None, None, ["de", "wit"], ["D300"]),
        (None, None, None, None, None, None),
        (["x.io"], ["x"], "+34", None, ["roe"], ["R000"]),  # +3 of two records is over-shared itself
        (None, None, "+35", None, None, None),
    ]


def test_over_shared_values_move_to_blocked(standardized, make_config):
    config = make_config(
        "identifiers.email.max_distinct_per_value={last_name: 2}", "identifiers.card.max_records_per_value=3"
    )
    values = usable_identifiers.over_shared_values(standardized, config)
    holders = usable_identifiers.records_with_over_shared(standardized, values, config)
    amended = usable_identifiers.amended_records(standardized, holders, config)
    assert amended.count() == 4, "a record that holds none of them stays where it is"
    usable = usable_identifiers.usable_records(standardized, amended)
    found = {r.record_id: r for r in usable.collect()}
    assert [found[n].email for n in range(5)] == [["a@x.io"], None, None, None, None]
    assert [found[n].email__written for n in range(5)] == [["A@x.io"], None, None, None, None]
    assert [found[n].card for n in range(5)] == [None, None, None, None, "c2"]
    assert [tuple(b) for b in found[3].blocked] == [
        ("phone", "5", "invalid"), ("card", "c1", "over_shared"), ("email", "hub@x.io", "over_shared"),
    ]  # fmt: skip
    assert found[4].blocked == []
    assert usable.columns == standardized.columns
