"""Standardized records: canonical and written values, and what is set apart with its reason."""

from datetime import date

import pytest
from pyspark.sql import Row
from stages_of_tests import stage

from identity_spark.errors import ConfigError
from identity_spark.pipeline.preparation import listed_values
from identity_spark.stages.standardize import standardize

COLUMNS = (
    "record_id long, record_key string, source string, source_rank int, primary_key string, updated_at timestamp, updated_at__unreadable boolean, phone_country string, "
    "email array<string>, phone string, first_name string, last_name string, birth_date string, card string, city string"
)
BUILT_IN = {"any": ["unknown", "n/a"], "first_name": ["test"], "phone": ["/^\\+1(\\d)\\1{9}$/"]}


TODAY = date(2026, 1, 1)


def standardized(frame, config, built_in=BUILT_IN):
    listed = listed_values(frame.sparkSession, config, TODAY, stage())
    return standardize(frame, config, built_in, listed, TODAY)


def run(spark, config, **values):
    given = {
        "email": None,
        "phone": None,
        "first_name": None,
        "last_name": None,
        "birth_date": None,
        "card": None,
        "city": None,
    }
    row = (0, "crm:1", "crm", 0, "1", None, False, "US", *{**given, **values}.values())
    columns = COLUMNS + "".join(f", {name} string" for name in values if name not in given)
    return standardized(spark.createDataFrame([row], columns), config).first()


def apart(row: Row) -> list[tuple[str, str, str]]:
    return [tuple(entry) for entry in row.blocked]


def test_canonical_and_written_values(spark, make_config):
    row = run(
        spark, make_config(), email=["Ann.Lee+shop@Gmail.com", " ann@work.io"], phone="(415) 555-2671", first_name=" Ánn ",
        last_name="O'Leary", birth_date="03/02/1980", card=" AB 12 ", city="Paris",
    )  # fmt: skip
    assert row.email == ["annlee@gmail.com", "ann@work.io"]
    assert row.email__written == ["ann.lee+shop@gmail.com", "ann@work.io"]
    assert (row.phone, row.birth_date, row.card, row.city) == ("+14155552671", "1980-02-03", "ab 12", "Paris")
    assert (row.first_name, row.first_name__written) == ("ann", "Ánn")
    assert (row.last_name, row.last_name__written, row.last_sound) == ("oleary", "O'Leary", "O460")
    assert apart(row) == []


def test_what_is_set_apart_and_why(spark, make_config):
    row = run(
        spark, make_config(), email=["boss@x.io", "INFO@x.io", "no mail", "ann@x.io"], phone="555", first_name="Test",
        last_name=" Unknown ", birth_date="31/02/1980", card="N/A",
    )  # fmt: skip
    assert row.email == ["ann@x.io"]
    assert [row.phone, row.first_name, row.first_name__written, row.last_name, row.birth_date, row.card] == [None] * 6
    assert row.last_sound is None
    assert sorted(apart(row)) == [
        ("birth_date", "31/02/1980", "invalid"),
        ("card", "n/a", "blocked"),
        ("email", "boss@x.io", "blocked"),
        ("email", "info@x.io", "blocked"),
        ("email", "no mail", "invalid"),
        ("first_name", "Test", "blocked"),
        ("last_name", "Unknown", "blocked"),
        ("phone", "555", "invalid"),
    ]


def test_nothing_given_is_nothing_set_apart(spark, make_config):
    row = run(spark, make_config(), email=[None, " "], phone="", first_name="\u00a0")
    assert row.email is None
    assert row.email__written is None
    assert apart(row) == []


def test_equal_values_of_one_record_count_once(spark, make_config):
    row = run(spark, make_config(), email=["a.b@gmail.com", "AB@googlemail.com", "c@x.io"])
    assert row.email == ["ab@gmail.com", "c@x.io"]
    assert row.email__written == ["a.b@gmail.com", "c@x.io"]


def test_the_country_of_the_record_decides_how_its_phone_is_read(spark, make_config):
    config = make_config("sources.crm.columns.country=land", "identifiers.country={type: country}")
    given = {
        "email": None,
        "phone": "020 7946 0018",
        "first_name": None,
        "last_name": None,
        "birth_date": None,
        "card": None,
        "city": None,
    }
    for country, canonical, phone in [("England", "GB", "+442079460018"), ("Atlantis", None, None), (None, None, None)]:
        row = (0, "crm:1", "crm", 0, "1", None, False, "US", *given.values(), country)
        frame = spark.createDataFrame([row], COLUMNS + ", country string")
        found = standardized(frame, config).first()
        assert (found.country, found.phone) == (canonical, phone)


def test_a_generation_is_derived_from_the_name_as_written(spark, make_config):
    config = make_config(
        "identifiers.age={from: last_name, transform: generation}",
        "identifiers.start={from: last_sound, transform: 'prefix:1'}",
    )
    row = run(spark, config, last_name="Smith Jr.")
    assert (row.last_name, row.age, row.last_sound, row.start) == ("smith", "jr", "S530", "S")


def test_a_chain_of_steps_comes_before_the_form_of_the_type(spark, make_config):
    steps = "[{regex: '^(no|nr)\\W*', replace: ''}, {regex: '(\\d+)-(\\S+)', replace: '$2 $1'}, accents]"
    config = make_config(f"identifiers.card.standardize={steps}")
    assert run(spark, config, card=" x nr").card == "x nr"
    assert run(spark, config, card="nr: 12-ÄB").card == "ab 12"
    assert run(spark, make_config("identifiers.card.standardize=[digits]"), card="AB 1-2").card == "12"
    assert run(spark, make_config("identifiers.card.standardize=[trim, lower]"), card=" ÄB ").card == "äb"


@pytest.mark.parametrize(
    ("derived", "values", "expected"),
    [
        ("{from: last_name, transform: tokens}", {"last_name": "van der Berg"}, ["van", "der", "berg"]),
        ("{from: email, transform: domain}", {"email": ["a@x.io", "b@x.io", "c@y.io"]}, ["x.io", "y.io"]),
        ("{from: first_name, transform: nickname_root}", {"first_name": "Bill"}, "william"),
        ("{from: first_name, transform: first_token}", {"first_name": "Mary Ann"}, "mary"),
        ("{from: last_name, transform: last_token}", {"last_name": "Vincent van Gogh"}, "van gogh"),
        ("{from: last_name, transform: tokens}", {}, None),
        ("{from: birth_date, transform: month_day, blocked: ['01-01']}", {"birth_date": "1980-02-01"}, "02-01"),
    ],
)
def test_derived(spark, make_config, derived, values, expected):
    assert run(spark, make_config(f"identifiers.x={derived}"), **values).x == expected


def test_parts_of_an_address(spark, make_config):
    config = make_config(
        "sources.crm.columns.street=street", "identifiers.street={type: address}",
        "identifiers.number={from: street, transform: house_number}", "identifiers.way={from: street, transform: street}",
    )  # fmt: skip
    row = run(spark, config, street="12b Old Mill Road, Apt 4")
    assert (row.number, row.way) == ("12b", "old mill rd")


PLACEHOLDERS = {"any": ["n/a"], "phone": ["0123456789", "000-000-0000"], "address": ["street"], "id": ["Test"]}
WITH_STREET = ("sources.crm.columns.street=street", "identifiers.street={type: address}")
TWO_DIGITS = ("identifiers.birth_date.formats=[dd/MM/yy]", "identifiers.birth_date.blocked=[01/01/80, 31/12/2999]")


@pytest.mark.parametrize(
    ("changes", "values", "kept"),
    [
        ([], {"phone": "0123456789", "phone_country": "FR"}, None),
        ([], {"phone": "01 23 45 67 89", "phone_country": "FR"}, None),
        ([], {"phone": "01 23 45 67 88", "phone_country": "FR"}, "+33123456788"),
        (["identifiers.phone.blocked=[020 7946 0958]"], {"phone": "(020) 79460958", "phone_country": "GB"}, None),
        (["identifiers.phone.blocked=[020 7946 0958]", "sources.crm.country=GB"], {"phone": "+442079460958"}, None),
        (
            ["identifiers.phone.blocked=[020 7946 0958]", "sources.crm.country=GB"],
            {"phone": "+442079460959"},
            "+442079460959",
        ),
        (["identifiers.card.case_sensitive=true"], {"card": "N/A"}, None),
        (["identifiers.card.case_sensitive=true"], {"card": "tEST"}, None),
        (["identifiers.card={type: id, case_sensitive: true, blocked: [AbC]}"], {"card": "AbC"}, None),
        (["identifiers.card={type: id, case_sensitive: true, blocked: [AbC]}"], {"card": "abc"}, "abc"),
        (TWO_DIGITS, {"birth_date": "01/01/80"}, None),
        (TWO_DIGITS, {"birth_date": "1980-01-01"}, None),
        (TWO_DIGITS, {"birth_date": "02/01/80"}, "1980-01-02"),
        (WITH_STREET, {"street": " Street "}, None),
        (WITH_STREET, {"street": "Street 1"}, "st 1"),
    ],
)
def test_a_listed_value_is_blocked_however_it_is_read(spark, make_config, changes, values, kept):
    config = make_config(*changes)
    (name,) = values.keys() - {"phone_country"}
    country = values.pop("phone_country", "US")
    columns = [*dict.fromkeys(["email", "phone", "first_name", "last_name", "birth_date", "card", "city", name])]
    row = (0, "crm:1", "crm", 0, "1", None, False, country, *(values.get(column) for column in columns))
    schema = COLUMNS + ("" if f"{name} string" in COLUMNS else f", {name} string")
    found = standardized(spark.createDataFrame([row], schema), config, PLACEHOLDERS).first()
    assert found[name] == kept
    assert [(b.identifier, b.reason) for b in found.blocked] == ([] if kept else [(name, "blocked")])


@pytest.mark.parametrize(
    ("derived", "values"),
    [
        ("{from: email, transform: domain, blocked: [Gmail.COM]}", {"email": ["a@gmail.com"]}),
        ("{from: last_name, transform: soundex, blocked: [s530]}", {"last_name": "Smith"}),
    ],
)
def test_the_list_of_a_derived_identifier_does_not_look_at_case(spark, make_config, derived, values):
    assert run(spark, make_config(f"identifiers.x={derived}"), **values).x is None


def test_the_first_of_several_countries_decides_how_a_phone_is_read(spark, make_config):
    config = make_config("sources.crm.columns.country=[land, land2]", "identifiers.country={type: country}")
    frame = spark.createDataFrame(
        [
            (
                0,
                "crm:1",
                "crm",
                0,
                "1",
                None,
                False,
                "US",
                None,
                "020 7946 0018",
                None,
                None,
                None,
                None,
                None,
                [None, "England"],
            )
        ],
        COLUMNS + ", country array<string>",
    )
    assert standardized(frame, config).first().phone == "+442079460018"


def test_blocked_values_of_a_derived_identifier(spark, make_config):
    by_day = make_config("identifiers.x={from: birth_date, transform: month_day, blocked: ['01-01']}")
    row = run(spark, by_day, birth_date="1980-01-01")
    assert (row.birth_date, row.x, apart(row)) == ("1980-01-01", None, [("x", "01-01", "blocked")])
    by_domain = make_config("identifiers.x={from: email, transform: domain, blocked: [gmail.com, '/^mail/']}")
    row = run(spark, by_domain, email=["a@gmail.com", "a@mail.io", "a@x.io"])
    assert (row.x, apart(row)) == (["x.io"], [("x", "gmail.com", "blocked"), ("x", "mail.io", "blocked")])
    assert run(spark, by_domain, email=["a@gmail.com"]).x is None


@pytest.mark.parametrize("change", ["blocked=['/\\p{Foo}/']", "standardize=[{regex: '\\p{Foo}', replace: ''}]"])
def test_a_pattern_that_java_cannot_read(spark, make_config, change):
    place = "identifiers.card." + change.split("=")[0]
    with pytest.raises(ConfigError, match=rf"{place}: '/.*/' is no regular expression of Java"):
        run(spark, make_config(f"identifiers.card.{change}"))
