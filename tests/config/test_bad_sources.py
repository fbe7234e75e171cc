"""What is wrong with a source or a field name, in the words that the user reads."""

import pytest

SOURCE_KEYS = "path, table, format, options, where, primary_key, updated_at, country, max_records_per_profile, columns"
NOT_A_NUMBER = "does not fit; write a whole number of at least 1"
CASES = [
    ("sources=null", "sources: missing; describe at least one source table"),
    ("sources={}", "sources: an empty mapping; describe at least one source table"),
    (
        "sources=[crm]",
        "sources: a list is no mapping; write sources: {crm: {path: ..., primary_key: ..., columns: {...}}}",
    ),
    ("sources.crm=null", f"sources.crm: missing; write key: value with the keys {SOURCE_KEYS}"),
    ("sources.crm=x", f"sources.crm: 'x' is no mapping; write key: value with the keys {SOURCE_KEYS}"),
    ("sources.crm.path=null", "sources.crm.path: missing; write path: folder/or/file, or table: catalog.schema.name"),
    ("sources.app.path=x", "sources.app.table: given together with path; keep one of the two"),
    ("sources.app.format=csv", "sources.app.format: 'csv' does not apply to a table; leave it out"),
    ("sources.crm.path=5", 'sources.crm.path: 5 is no text; quote it: "5"'),
    ("sources.crm.path=' '", "sources.crm.path: an empty text; write a value, or leave the key out"),
    ("sources.crm.format=xlsx", "sources.crm.format: 'xlsx' is unknown; choose from delta, parquet, csv, json, orc"),
    ("sources.crm.format=Parqet", "sources.crm.format: 'Parqet' is unknown; did you mean 'parquet'?"),
    ("sources.crm.fromat=csv", "sources.crm.fromat: unknown key here; did you mean 'format'?"),
    ("sources.crm.blocked=[a]", "sources.crm.blocked: unknown key here; it belongs under identifiers.<name>"),
    (
        "sources.crm.max_values_per_profile=1",
        "sources.crm.max_values_per_profile: unknown key here; it belongs under identifiers.<name>, "
        "or did you mean 'max_records_per_profile'?",
    ),
    ("sources.crm.zzz=1", f"sources.crm.zzz: unknown key here; choose from {SOURCE_KEYS}"),
    (
        "sources.crm.primary_key=null",
        "sources.crm.primary_key: missing; name the column, or columns, that tell its records apart",
    ),
    ("sources.crm.primary_key=[]", "sources.crm.primary_key: an empty list; name at least one"),
    ("sources.crm.primary_key=[a, a]", "sources.crm.primary_key[1]: 'a' is repeated; keep it once"),
    ("sources.crm.primary_key=[a, 7]", 'sources.crm.primary_key[1]: 7 is no text; quote it: "7"'),
    (
        "sources.crm.primary_key={a: b}",
        "sources.crm.primary_key: a mapping where one text belongs; write one text",
    ),
    ("sources.crm.where=true", 'sources.crm.where: true is no text; quote it: "true"'),
    ("sources.crm.updated_at=[a]", "sources.crm.updated_at: a list where one text belongs; write one text"),
    ("sources.crm.country=UK", "sources.crm.country: 'UK' is no country; did you mean 'GB'?"),
    ("sources.crm.country=de", "sources.crm.country: 'de' is no country; did you mean 'DE'?"),
    (
        "sources.crm.country=Germany",
        "sources.crm.country: 'Germany' is no country; write the two capital letters of ISO 3166, like US",
    ),
    ("sources.crm.max_records_per_profile=0", f"sources.crm.max_records_per_profile: 0 {NOT_A_NUMBER}"),
    ("sources.crm.max_records_per_profile=1.5", f"sources.crm.max_records_per_profile: 1.5 {NOT_A_NUMBER}"),
    ("sources.crm.max_records_per_profile=true", f"sources.crm.max_records_per_profile: true {NOT_A_NUMBER}"),
    (
        "sources.crm.max_records_per_profile='5'",
        "sources.crm.max_records_per_profile: '5' is text; write a whole number of at least 1, without quotes",
    ),
    ("sources.crm.options=[1]", 'sources.crm.options: a list is no mapping; write options: {header: "true"}'),
    (
        "sources.crm.options.x=[1]",
        "sources.crm.options.x: a list is no reader option; write one text, number, true or false",
    ),
    (
        "sources.crm.options.x=null",
        "sources.crm.options.x: null is no reader option; write one text, number, true or false",
    ),
    (
        "sources.crm.columns=null",
        "sources.crm.columns: missing; map at least one field: columns: {email: email_address}",
    ),
    (
        "sources.crm.columns={}",
        "sources.crm.columns: an empty mapping; map at least one field: columns: {email: email_address}",
    ),
    ("sources.crm.columns=email", "sources.crm.columns: 'email' is no mapping; write columns: {field: column}"),
    (
        "sources.crm.columns.city=null",
        'sources.crm.columns.city: missing; name the column, a list of columns, or {expr: "SQL"}',
    ),
    (
        "sources.crm.columns.city=[a, '']",
        "sources.crm.columns.city[1]: an empty text; write a value, or leave the key out",
    ),
    ("sources.crm.columns.city={expr: 1}", 'sources.crm.columns.city.expr: 1 is no text; quote it: "1"'),
    ("sources.crm.columns.city={}", 'sources.crm.columns.city.expr: missing; write the SQL: {expr: "..."}'),
    (
        "sources.a:b={path: p, primary_key: i, columns: {email: e}}",
        "sources.a:b: 'a:b' is no source name; use letters, digits, _ and -, a letter first",
    ),
    (
        "sources.a|b={path: p, primary_key: i, columns: {email: e}}",
        "sources.a|b: 'a|b' is no source name; use letters, digits, _ and -, a letter first",
    ),
    (
        "sources.crm.columns.source=x",
        "sources.crm.columns.source: 'source' is a column that the job itself makes; choose another name, like my_source",
    ),
    (
        "sources.crm.columns.Run_Id=x",
        "sources.crm.columns.Run_Id: 'Run_Id' is a column that the job itself makes; choose another name, like my_run_id",
    ),
    (
        "sources.crm.columns.a__b=x",
        "sources.crm.columns.a__b: 'a__b' is no field name; use letters, digits and single _, a letter first",
    ),
    (
        "sources.crm.columns.my-field=x",
        "sources.crm.columns.my-field: 'my-field' is no field name; use letters, digits and single _, a letter first",
    ),
    (
        "sources.shop.columns.City=x",
        "sources.shop.columns.City: 'City' and 'city' differ in case only, which Spark ignores; rename one of them",
    ),
    (
        "sources.crm.columns.last_sound=x",
        "sources.crm.columns.last_sound: 'last_sound' is a derived identifier; "
        "map the field it is derived from instead",
    ),
]


@pytest.mark.parametrize(("override", "expected"), CASES, ids=[case[0] for case in CASES])
def test_one_mistake_is_one_line(problems, override, expected):
    others = ("golden.fields.city=null", "rules[1].sources=null") if override.startswith("sources=") else ()
    assert problems(override, *others) == [expected]


def test_wrong_key_of_a_mapped_field_names_both_sides(problems):
    assert problems("sources.crm.columns.city={exp: town}") == [
        "sources.crm.columns.city.exp: unknown key here; did you mean 'expr'?",
        'sources.crm.columns.city.expr: missing; write the SQL: {expr: "..."}',
    ]


def test_path_with_table_also_says_that_the_format_is_too_much(problems):
    assert problems("sources.crm.table=a.b") == [
        "sources.crm.table: given together with path; keep one of the two",
        "sources.crm.format: 'parquet' does not apply to a table; leave it out",
    ]


def test_identifier_that_no_source_maps(problems):
    assert problems(
        "sources.shop.columns.loyalty_id=null", "sources.shop.columns={email: e, last_name: l, phon: p}"
    ) == [
        "identifiers.phone: no source maps it; add it under sources.<name>.columns, or did you mean 'phon'?",
        "identifiers.loyalty_id: no source maps it; add it under sources.<name>.columns",
    ]


def misspelt(source: str, field: str, meant: str) -> str:
    return (
        f"sources.{source}.columns.{field}: {field!r} is no identifier, no other source has it, and {meant!r} is"
        f" missing here; did you mean {meant!r}? If not, choose a name that is less like it, such as own_{field}"
    )


SLIPS = [
    ("crm", "phnoe", "phone"), ("crm", "phones", "phone"), ("app", "frist_name", "first_name"),
    ("app", "lsat_nmae", "last_name"), ("app", "birthdate", "birth_date"), ("app", "Loyalty_ID", "loyalty_id"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "field", "meant"), SLIPS)
def test_a_field_that_only_looks_like_an_identifier_of_other_sources_is_a_slip(problems, source, field, meant):
    assert misspelt(source, field, meant) in problems(f"sources.{source}.columns.{field}=x")


@pytest.mark.parametrize(
    "overrides",
    [
        ("sources.crm.columns.phone2=x",),  # numbered: a further value
        ("sources.crm.columns.emails=x",),  # its source has the identifier too
        ("sources.crm.columns.phones=x", "sources.app.columns.phones=y"),  # a field of several sources
        ("sources.crm.columns.mobile=x",),
        (
            "identifiers.ssn={type: id}",
            "sources.shop.columns.ssn=x",
            "sources.crm.columns.sex=x",
        ),  # two of three letters
    ],
)
def test_a_field_of_its_own_is_no_slip(problems, overrides):
    assert problems(*overrides) == []


def test_a_version_of_a_delta_table_is_a_number_or_a_time(problems):
    delta = ("sources.crm.format=delta", "sources.crm.options.versionAsOf=last")
    assert problems(*delta) == ["sources.crm.options.versionAsOf: 'last' is no version; write a number like 12"]
    both = "sources.crm.options={versionAsOf: 1, timestampasof: '2026-01-01'}"
    expected = "sources.crm.options.timestampasof: given together with versionAsOf; keep one of the two"
    assert problems(delta[0], both) == [expected]
    assert problems(delta[0], "sources.crm.options.versionAsOf=12") == []


def test_an_option_that_the_reader_does_not_know_is_warned_of(load, caplog):
    load("sources.shop.options={hedaer: true, SEP: ',', versionAsOf: 1, fs.s3a.path.style.access: true}")
    assert [record.getMessage() for record in caplog.records] == [
        "sources.shop.options.hedaer: unknown to the csv reader, which may do nothing with it; did you mean 'header'?",
        "sources.shop.options.versionAsOf: unknown to the csv reader, which may do nothing with it; check its name",
    ]


def test_source_name_may_hold_a_hyphen(problems):
    assert problems("sources.web-shop={path: p, primary_key: i, columns: {email: e}}") == []
