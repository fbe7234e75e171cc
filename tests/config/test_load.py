"""The whole configuration: what comes out, its defaults, and every problem at once."""

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from identity_spark.config import (
    Config,
    Criterion,
    FieldMapping,
    GoldenField,
    Guardrails,
    Identifier,
    Output,
    Rule,
    Source,
    config_hash,
    load_config,
)
from identity_spark.config.project import COUNTRIES
from identity_spark.config.types import TYPES
from identity_spark.errors import ConfigError

ORDER = ("crm", "shop", "app")
FEW_LAST_NAMES = {"last_name": 4}


def test_full_example(load):
    config = load()
    assert replace(config, sources=(), identifiers=(), rules=(), golden=()) == Config(
        project="customers",
        default_country="US",
        sources=(),
        identifiers=(),
        rules=(),
        golden=(),
        output=Output(path="lake/dinmo_identity"),
        guardrails=Guardrails(on_missing="keep", max_records_per_profile=300),
        engine="dataframe",
        match_pairs="spanning",
    )


def test_sources_of_the_example(load):
    assert load().sources == (
        Source(
            name="crm",
            primary_key=("contact_no",),
            path="data/crm",
            format="parquet",
            where="deleted = false",
            updated_at="modified",
            country="US",
            max_records_per_profile=1,
            columns={
                "email": FieldMapping(columns=("email", "work_email")),
                "first_name": FieldMapping(columns=("given_name",)),
                "birth_date": FieldMapping(columns=("dob",)),
                "city": FieldMapping(columns=("town",)),
            },
        ),
        Source(
            name="shop",
            primary_key=("store", "customer"),
            path="data/shop",
            format="csv",
            options={"header": "true", "sep": ";", "multiLine": "true", "maxColumns": "50", "nullValue": ""},
            columns={
                "email": FieldMapping(columns=("mail",)),
                "phone": FieldMapping(expr="split(phones, ',')"),
                "last_name": FieldMapping(columns=("surname",)),
                "loyalty_id": FieldMapping(columns=("card",)),
            },
        ),
        Source(
            name="app",
            primary_key=("id",),
            table="main.app.users",
            columns={
                "email": FieldMapping(columns=("email",)),
                "marketing_consent": FieldMapping(columns=("consent",)),
            },
        ),
    )


def test_identifiers_of_the_example(load):
    assert load().identifiers == (
        Identifier(
            "email",
            "email",
            blocked=("test@test.com", "/^no-?reply@/"),
            max_records_per_value=200,
            max_distinct_per_value=FEW_LAST_NAMES,
            max_values_per_profile=10,
        ),
        Identifier("phone", "phone", max_records_per_value=100, max_distinct_per_value=FEW_LAST_NAMES),
        Identifier("first_name", "first_name"),
        Identifier("last_name", "last_name"),
        Identifier("birth_date", "date", formats=("yyyy-MM-dd", "dd/MM/yyyy"), max_values_per_profile=1),
        Identifier(
            "loyalty_id",
            "id",
            max_records_per_value=100,
            max_values_per_profile=1,
            case_sensitive=True,
            only_numeric=True,
        ),
        Identifier("last_sound", "last_name", derived_from="last_name", transform="soundex"),
        Identifier("sound_start", "last_name", derived_from="last_sound", transform="prefix", argument=2),
    )


def test_rules_of_the_example(load):
    assert load().rules == (
        Rule("loyalty", criteria=(Criterion(("loyalty_id",)),)),
        Rule(
            "name_and_birth_date",
            criteria=(Criterion(("last_name", "birth_date")), Criterion(("first_name",))),
            sources=("crm", "app"),
            max_block_records=200,
        ),
    )


def test_golden_fields_of_the_example(load):
    assert load().golden == (
        GoldenField("email", "most_frequent", ORDER),
        GoldenField("phone", "last_non_null", ORDER),
        GoldenField("first_name", "last_non_null", ORDER),
        GoldenField("last_name", "last_non_null", ORDER),
        GoldenField("birth_date", "last_non_null", ORDER),
        GoldenField("loyalty_id", "last_non_null", ORDER),
        GoldenField("city", "source_priority", ("app", "crm", "shop")),
        GoldenField("marketing_consent", "most_restrictive", ORDER),
    )


def test_defaults(load_texts, minimal):
    assert load_texts(minimal) == Config(
        project="small",
        sources=(
            Source(
                name="crm",
                primary_key=("id",),
                path="crm",
                format="delta",
                columns={"email": FieldMapping(("mail",)), "city": FieldMapping(("town",))},
            ),
        ),
        identifiers=(Identifier("email", "email", max_records_per_value=100),),
        rules=(
            Rule(
                "email", criteria=(Criterion(("email",), "exact", "fail", None, 1),), sources=(), max_block_records=500
            ),
        ),
        golden=(
            GoldenField("email", "last_non_null", ("crm",)),
            GoldenField("city", "last_non_null", ("crm",)),
        ),
        output=Output(path="lake"),
        default_country=None,
        guardrails=Guardrails("exclude", "exclude", 500),
        engine="graphframes",
        match_pairs="spanning",
    )


@pytest.mark.parametrize("kind", TYPES)
def test_default_limits_of_each_type(load, kind):
    config = load(f"identifiers.city={{type: {kind}}}")
    city = config.identifier("city")
    assert city.max_records_per_value == (100 if kind in ("email", "phone", "id") else None)
    assert city.max_distinct_per_value == (FEW_LAST_NAMES if kind in ("email", "phone") else {})
    assert city.formats == (("yyyy-MM-dd",) if kind == "date" else ())


LIMITS = [
    ("identifiers.email.max_records_per_value=null", "max_records_per_value", None),
    ("identifiers.email.max_distinct_per_value=null", "max_distinct_per_value", {}),
    ("identifiers.email.max_distinct_per_value={first_name: 2}", "max_distinct_per_value", {"first_name": 2}),
    ("identifiers.last_name.type=text", "max_distinct_per_value", {}),
    ("identifiers.city={type: last_name}", "max_distinct_per_value", FEW_LAST_NAMES),
]


@pytest.mark.parametrize(("override", "limit", "expected"), LIMITS, ids=[case[0] for case in LIMITS])
def test_limits_of_the_email(load, override, limit, expected):
    assert getattr(load(override).identifier("email"), limit) == expected


def test_a_derived_email_has_no_default_limits(load):
    domain = load("identifiers.x={from: email, transform: domain}").identifier("x")
    assert (domain.type, domain.max_records_per_value, domain.max_distinct_per_value) == ("email", None, {})


def test_golden_field_without_a_body_has_the_default_strategy(load):
    assert load("golden.fields.city=null").golden[6] == GoldenField("city", "last_non_null", ORDER)


def test_the_configuration_is_frozen(load):
    with pytest.raises(FrozenInstanceError):
        load().project = "other"


def test_every_problem_at_once(problems):
    found = problems(
        "projct=x",
        "default_country=NO",
        "sources.crm.format=parkett",
        "identifiers.email.blocked=['/(/']",
        "rules[0].criteria[0].identifiers=loyalty",
        "rules[1].sources=[cmr]",
        "golden.fields.town={}",
        "guardrails.on_conflict=peal",
        "output.path=${UNSET}",
        "rules[7].name=x",
    )
    places = [
        "--set rules[7].name",
        "default_country",
        "golden.fields.town",
        "guardrails.on_conflict",
        "identifiers.email.blocked[0]",
        "output.path",
        "projct",
        "rules[0].criteria[0].identifiers",
        "rules[1].sources[0]",
        "sources.crm.format",
    ]
    assert sorted(line.partition(": ")[0] for line in found) == places
    assert all(re.fullmatch(r"[^:]+: [^;]+; \S.*", line) for line in found)


def test_an_empty_file_says_what_is_missing(load_texts):
    with pytest.raises(ConfigError) as caught:
        load_texts("# nothing\n")
    assert [line.partition(";")[0] for line in caught.value.problems] == [
        "project: missing",
        "sources: missing",
        "identifiers: missing",
        "rules: missing",
        "output: missing",
    ]


def test_an_empty_file_may_lie_on_another(load_texts, minimal):
    assert load_texts(minimal, "") == load_texts(minimal)


def test_problems_of_several_files_name_their_file_and_line(load_texts, minimal, tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_texts(minimal, "default_country: NO", "project: a\nproject: b")
    assert caught.value.problems == (
        f'default_country: NO is read as false by YAML ({tmp_path}/1.yaml, line 1); quote it: "NO", or write false',
        f"project: repeated ({tmp_path}/2.yaml, line 2), first on line 1; keep one of the two",
    )


def test_files_that_cannot_be_read_are_all_named(tmp_path):
    (tmp_path / "broken.yaml").write_text("a: [", "utf-8")
    (tmp_path / "list.yaml").write_text("- a", "utf-8")
    (tmp_path / "latin.yaml").write_bytes(b"a: caf\xe9")
    names = ("missing.yaml", "broken.yaml", "list.yaml", "latin.yaml", "")
    with pytest.raises(ConfigError) as caught:
        load_config([tmp_path / name for name in names])
    missing, broken, list_, latin, folder = caught.value.problems
    assert missing == (
        f"{tmp_path}/missing.yaml: cannot be read (No such file or directory); check the path given by --config"
    )
    assert broken.startswith(f"{tmp_path}/broken.yaml:1: no readable YAML (")
    assert list_ == f"{tmp_path}/list.yaml: a list is no configuration; write key: value lines"
    assert latin == f"{tmp_path}/latin.yaml: no UTF-8 text; save it as UTF-8"
    assert folder == f"{tmp_path}: cannot be read (Is a directory); check the path given by --config"


def test_no_file_at_all():
    with pytest.raises(ConfigError, match="--config: missing; name at least one configuration file"):
        load_config([])


def test_byte_order_mark_is_no_part_of_the_text(tmp_path, minimal):
    (tmp_path / "a.yaml").write_text(minimal, "utf-8-sig")
    assert load_config([tmp_path / "a.yaml"]).project == "small"


def test_hash_is_the_same_for_the_same_meaning(load_texts, minimal):
    text = config_hash(load_texts(minimal))
    assert re.fullmatch("[0-9a-f]{64}", text)
    assert config_hash(load_texts(minimal, "guardrails: {on_conflict: exclude}\nmatch_pairs: spanning")) == text
    reordered = "sources: {crm: {columns: null}}", "sources: {crm: {columns: {city: town, email: mail}}}"
    assert config_hash(load_texts(minimal, *reordered)) == text


@pytest.mark.parametrize(
    "change",
    [
        "project: other",
        "sources: {crm: {columns: {city: place}}}",
        "sources: {crm: {options: {a: 1}}}",
        "identifiers: {email: {blocked: [a]}}",
        "rules: [{name: other, criteria: [{identifiers: email}]}]",
        "golden: {fields: {city: {strategy: longest}}}",
        "guardrails: {max_records_per_profile: null}",
    ],
)
def test_hash_changes_with_the_meaning(load_texts, minimal, change):
    assert config_hash(load_texts(minimal, change)) != config_hash(load_texts(minimal))


def test_hash_is_the_same_in_every_process(load):
    script = "import sys; from identity_spark.config import *; print(config_hash(load_config([sys.argv[1]], (), {})))"
    example = Path(__file__).parent / "customers.yaml"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script, example],
            cwd=Path(__file__).resolve().parents[2],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert hashes == {config_hash(load())}


def test_there_are_as_many_countries_as_in_the_standard():
    assert len(COUNTRIES) == 249
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRIES)


def test_fields_of_a_group_hold_its_settings_and_are_chosen_together(load):
    config = load(
        "golden.groups.place={fields: [last_name, city], strategy: longest, sources: [app], max_age_days: 9}",
        "golden.fields.email={strategy: collect, max_values: 2, valid_only: false}",
    )
    of_group = GoldenField("city", "longest", ("app",), max_age_days=9, group="place")
    assert [choice for choice in config.golden_choices if len(choice) > 1] == [
        (replace(of_group, name="last_name"), of_group)
    ]
    assert config.golden[0] == GoldenField("email", "collect", ORDER, valid_only=False, max_values=2)
    assert not config.verify_values
    assert load("golden.verify_values=true").verify_values
