"""Source tables become records: keys, order field, fields of every form, duplicates."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from identity_spark.config import FieldMapping, Source
from identity_spark.errors import ConfigError, InputError
from identity_spark.stages import records


def source(**changes) -> Source:
    base = {
        "name": "crm",
        "path": "crm",
        "primary_key": ("id",),
        "columns": {
            "email": FieldMapping(("mail",)),
            "last_name": FieldMapping(("last",)),
            "card": FieldMapping(("card",)),
        },
    }
    return Source(**{**base, **changes})


@pytest.fixture
def raw(spark):
    rows = [(1, "a", "Ann@x.io ", "ann@work.io", "Lee", 7.0, True), (2, " ", None, None, "Ray", 4155550100.0, None)]
    return spark.createDataFrame(
        rows, "id int, part string, mail string, work string, last string, card double, vip boolean"
    )


def test_the_key_is_source_and_primary_key(raw, make_config):
    found = records.source_records(raw, source(), make_config()).select("record_key", "source", "primary_key").collect()
    assert [tuple(r) for r in found] == [("crm:1", "crm", "1"), ("crm:2", "crm", "2")]


def test_parts_of_a_key_are_joined_and_a_blank_part_leaves_none(raw, make_config):
    found = records.source_records(raw, source(primary_key=("id", "part")), make_config()).collect()
    assert [(r.record_key, r.primary_key) for r in found] == [("crm:1|a", "1|a"), (None, None)]


def test_a_field_is_a_column_several_columns_or_an_expression(raw, make_config):
    columns = {
        "email": FieldMapping(("mail", "work")),
        "last_name": FieldMapping(expr="upper(last)"),
        "card": FieldMapping(("card",)),
        "city": FieldMapping(("vip",)),
    }
    frame = records.source_records(raw, source(columns=columns), make_config())
    found = [(r.email, r.last_name, r.card, r.city) for r in frame.collect()]
    assert found == [(["Ann@x.io ", "ann@work.io"], "LEE", "7", True), ([None, None], "RAY", "4155550100", None)]
    assert frame.schema["city"].dataType.simpleString() == "boolean", "a field that is no identifier keeps its type"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("timestamp", datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 1, 2, 3, 4, 5)),
        ("date", date(2026, 1, 2), datetime(2026, 1, 2)),
        ("string", "2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5)),
        ("string", " 2026-01-02 03:04:05 ", datetime(2026, 1, 2, 3, 4, 5)),
        ("string", "2026-01-02", datetime(2026, 1, 2)),
        ("string", "2026-01-02T03:04Z", datetime(2026, 1, 2, 3, 4)),
        ("string", "2026-01-02 03:04+02:00", datetime(2026, 1, 2, 1, 4)),
        ("string", "2026-01-02T03:04:05,5", datetime(2026, 1, 2, 3, 4, 5)),
        ("string", "20260102", datetime(2026, 1, 2)),
        ("string", "20260102T0304Z", datetime(2026, 1, 2, 3, 4)),
        ("string", "20260102T030405Z", datetime(2026, 1, 2, 3, 4, 5)),
        ("string", "\u00a02026-01-02\u00a0", datetime(2026, 1, 2)),
        ("string", "yesterday", None),
    ],
)
def test_updated_at_is_a_timestamp_a_date_or_iso_text(spark, make_config, kind, value, expected):
    raw = spark.createDataFrame(
        [(1, "a@x.io", "Lee", "c", value)], f"id int, mail string, last string, card string, seen {kind}"
    )
    frame = records.source_records(raw, source(updated_at="seen"), make_config())
    assert frame.select(F.date_format("updated_at", "yyyy-MM-dd HH:mm:ss")).first()[0] == (expected and str(expected))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [("int", 7, "7"), ("bigint", 4155550100, "4155550100"), ("decimal(12,2)", Decimal("7.50"), "7.50"),
     ("double", 1e10, "10000000000"), ("double", 0.5, "0.5"), ("date", date(1980, 2, 3), "1980-02-03"),
     ("timestamp", datetime(1980, 2, 3), "1980-02-03"), ("timestamp", datetime(1980, 2, 3, 4), "1980-02-03 04:00:00"),
     ("timestamp_ntz", datetime(1980, 2, 3, 4, 5), "1980-02-03 04:05:00"), ("boolean", True, "true"),
     ("double", 1e-7, "0.0000001"), ("double", 48.85837009, "48.85837009"), ("double", 1e25, "10000000000000000000000000"),
     ("float", 0.1, "0.1"), ("double", -0.25, "-0.25")],
)  # fmt: skip
def test_identifiers_become_text(spark, make_config, kind, value, expected):
    raw = spark.createDataFrame([(1, value)], f"id int, card {kind}")
    columns = {"card": FieldMapping(("card",))}
    assert records.source_records(raw, source(columns=columns), make_config()).first().card == expected


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamp_ntz", "array<date>"])
def test_a_typed_date_is_its_day_whatever_the_formats(spark, make_config, kind):
    moment = date(2000, 3, 4) if "date" in kind else datetime(2000, 3, 4, 5)
    raw = spark.createDataFrame([(1, [moment] if "array" in kind else moment)], f"id int, born {kind}")
    config = make_config("identifiers.birth_date.formats=[yyyy-dd-MM, dd/MM/yyyy]")
    found = records.source_records(raw, source(columns={"birth_date": FieldMapping(("born",))}), config).first()
    assert found.birth_date == (["2000-04-03"] if "array" in kind else "2000-04-03")


@pytest.mark.parametrize("key", [None, "", " ", "\t", "\u00a0", "\u3000 \n"])
def test_a_key_without_a_visible_character_is_none(spark, make_config, key):
    raw = spark.createDataFrame([(key, "c")], "id string, card string")
    found = records.source_records(raw, source(columns={"card": FieldMapping(("card",))}), make_config()).first()
    assert (found.record_key, found.primary_key) == (None, None)


def test_columns_may_have_any_name(spark, make_config):
    raw = spark.createDataFrame(
        [(1, "a@x.io", ("Lee",))], "`Contact No.` int, `E-mail` string, person struct<last:string>"
    )
    columns = {"email": FieldMapping(("E-mail",)), "last_name": FieldMapping(("person.last",))}
    found = records.source_records(raw, source(primary_key=("Contact No.",), columns=columns), make_config()).first()
    assert (found.record_key, found.email, found.last_name) == ("crm:1", "a@x.io", "Lee")


def test_every_missing_column_is_named_at_once(raw, make_config):
    wrong = source(primary_key=("idd",), columns={"email": FieldMapping(("mial",)), "card": FieldMapping(("card",))})
    with pytest.raises(InputError) as error:
        records.source_records(raw, wrong, make_config())
    assert str(error.value).splitlines() == [
        "sources.crm.primary_key 'idd' is no column of the table; did you mean 'id'?",
        "sources.crm.columns.email: 'mial' is no column of the table; did you mean 'mail'?",
    ]


def test_an_expression_that_is_no_sql_is_a_configuration_error(raw, make_config):
    with pytest.raises(ConfigError, match=r"sources.crm.columns.card.expr: 'lower\(' is no SQL expression"):
        records.source_records(raw, source(columns={"card": FieldMapping(expr="lower(")}), make_config())


def test_sources_meet_in_one_schema(spark):
    left = spark.createDataFrame(
        [("crm:1", ["a"], 1, date(2026, 1, 2))], "record_key string, email array<string>, n int, d date"
    )
    right = spark.createDataFrame(
        [("shop:1", "b", 2.5, datetime(2026, 1, 3))], "record_key string, email string, n double, d timestamp"
    )
    lonely = spark.createDataFrame([("app:1", "x")], "record_key string, extra string")
    found = records.union_records([left, right, lonely])
    assert {f.name: f.dataType.simpleString() for f in found.drop("record_id").schema} == {
        "record_key": "string", "email": "array<string>", "n": "double", "d": "timestamp", "extra": "string",
    }  # fmt: skip
    assert [(r.record_key, r.email, r.n, r.extra) for r in found.orderBy("record_key").collect()] == [
        ("app:1", None, None, "x"), ("crm:1", ["a"], 1.0, None), ("shop:1", ["b"], 2.5, None),
    ]  # fmt: skip


def test_of_duplicates_the_newest_stays_then_content_decides(spark):
    rows = [
        (0, "crm:1", datetime(2026, 1, 1), "old"), (1, "crm:1", datetime(2026, 1, 2), "new"), (2, "crm:1", None, "never"),
        (3, "crm:2", None, "a"), (4, "crm:2", None, "b"), (5, "crm:3", None, "alone"), (6, None, None, "no key"),
    ]  # fmt: skip
    columns = "record_id long, record_key string, updated_at timestamp, city string"
    for order in (rows, rows[::-1]):
        keyed = spark.createDataFrame(order, columns).withColumns({"source": F.lit("crm"), "primary_key": F.lit("p")})
        repeated = records.repeated_keys(keyed)
        hashes = [r[0] for r in spark.sql("SELECT xxhash64(k) FROM VALUES 'crm:1', 'crm:2' AS t(k)").collect()]
        assert sorted(r.key_hash for r in repeated.collect()) == sorted(hashes)
        assert sorted(r.record_id for r in records.older_duplicates(keyed, repeated).collect()) == [0, 2, 3]
