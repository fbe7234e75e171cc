"""The most shared values, against counts by hand."""

from identity_spark.audit.profile.values import shared_values

COLUMNS = "source string, email array<string>, phone string, first_name string, last_name string, birth_date string, card string, last_sound string"
ROWS = [
    ("crm", ["desk@x.io", "a@x.io"], "+1", "ann", "smith", None, "c1", "S530"),
    ("crm", ["desk@x.io"], "+1", "bob", "smyth", None, None, "S530"),
    ("shop", ["desk@x.io"], "+2", "ann", "jones", None, None, "J520"),
    ("shop", None, "+2", "ann", None, None, None, None),
    ("shop", ["b@x.io", "a@x.io"], "+3", None, None, "1980-01-01", None, None),
]


def rows(frame):
    return sorted(tuple(row) for row in frame.collect())


def test_counts_of_records_sources_and_different_last_names(spark, make_config):
    found = rows(shared_values(spark.createDataFrame(ROWS, COLUMNS), make_config(), 10))
    assert found == [
        ("email", "a@x.io", 2, 2, 1),
        ("email", "desk@x.io", 3, 2, 2),
        ("first_name", "ann", 3, 2, 2),
        ("last_sound", "S530", 2, 1, 1),
        ("phone", "+1", 2, 1, 1),
        ("phone", "+2", 2, 1, 1),
    ]


def test_the_most_shared_are_listed_and_ties_go_by_value(spark, make_config):
    found = rows(shared_values(spark.createDataFrame(ROWS, COLUMNS), make_config(), 1))
    assert [(identifier, value) for identifier, value, *_ in found] == [
        ("email", "desk@x.io"), ("first_name", "ann"), ("last_sound", "S530"), ("phone", "+1"),
    ]  # fmt: skip


def test_without_last_names_none_are_counted(spark, make_config):
    config = make_config("identifiers.last_name.type=text")
    frame = spark.createDataFrame(ROWS, COLUMNS)
    assert ("email", "desk@x.io", 3, 2, None) in rows(shared_values(frame, config, 10))
