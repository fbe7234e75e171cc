"""Files laid on one another, and ``--set`` on top."""

import pytest

from identity_spark.config.merge import merge

MERGED = [
    ({"a": 1, "b": 2}, {"b": 3, "c": 4}, {"a": 1, "b": 3, "c": 4}),
    ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3}}}, {"a": {"b": {"c": 3, "d": 2}}}),
    ({"a": [1, 2, 3]}, {"a": [4]}, {"a": [4]}),
    ({"a": [{"b": 1}]}, {"a": [{"c": 1}]}, {"a": [{"c": 1}]}),
    ({"a": {"b": 1}}, {"a": "text"}, {"a": "text"}),
    ({"a": "text"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ({"a": {"b": 1}}, {"a": None}, {"a": None}),
    ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
]


@pytest.mark.parametrize(("base", "over", "expected"), MERGED)
def test_merge(base, over, expected):
    before = repr((base, over))
    assert merge(base, over) == expected
    assert repr((base, over)) == before


def test_new_keys_come_last():
    assert list(merge({"crm": {}, "shop": {}}, {"app": {}, "crm": {}})) == ["crm", "shop", "app"]


def test_three_files(load_texts, minimal):
    config = load_texts(minimal, "output: {path: null, schema: a}\ndefault_country: DE", "output: {schema: b}")
    assert (config.output.path, config.output.schema, config.default_country) == (None, "b", "DE")


SETS = [
    ("project=other", lambda c: c.project, "other"),
    ("rules[0].name=by_card", lambda c: c.rules[0].name, "by_card"),
    ("rules[1].criteria[0].identifiers=[email, phone]", lambda c: c.rules[1].anchor, ("email", "phone", "first_name")),
    ("sources.crm.where=a = 1 and b=2", lambda c: c.sources[0].where, "a = 1 and b=2"),
    ("sources.crm.where='null'", lambda c: c.sources[0].where, "null"),
    ("sources.crm.where=", lambda c: c.sources[0].where, None),
    ("sources.app.options.versionAsOf=3", lambda c: c.sources[2].options, {"versionAsOf": "3"}),
    ("sources.crm.columns.email[1]=other", lambda c: c.sources[0].columns["email"].columns, ("email", "other")),
    ("guardrails.max_records_per_profile=null", lambda c: c.guardrails.max_records_per_profile, None),
    ("golden.fields.phone.strategy=longest", lambda c: {f.name: f.strategy for f in c.golden}["phone"], "longest"),
]


@pytest.mark.parametrize(("override", "value", "expected"), SETS, ids=[case[0] for case in SETS])
def test_set(load, override, value, expected):
    assert value(load()) != expected
    assert value(load(override)) == expected


def test_the_last_set_wins(load):
    assert load("project=a", "project=b").project == "b"


BAD = [
    ("project", "--set project: no path=value; write it like rules[0].name=strict"),
    ("=x", "--set =x: no path=value; write it like rules[0].name=strict"),
    ("a..b=1", "--set a..b=1: no path=value; write it like rules[0].name=strict"),
    (".a=1", "--set .a=1: no path=value; write it like rules[0].name=strict"),
    ("[0]=1", "--set [0]=1: no path=value; write it like rules[0].name=strict"),
    ("rules[x].name=1", "--set rules[x].name=1: no path=value; write it like rules[0].name=strict"),
    ("rules[0]name=1", "--set rules[0]name=1: no path=value; write it like rules[0].name=strict"),
    (
        "rules[2].name=x",
        "--set rules[2].name: rules has no [2]; the last one is rules[1]; set the list as a whole to make it longer",
    ),
    ("project.name=x", "--set project.name: project is 'customers' and has no keys; leave out .name"),
    ("rules.name=x", "--set rules.name: rules is a list and has no keys; leave out .name"),
    (
        "sources[0].path=x",
        "--set sources[0].path: sources is a mapping and has no [0]; set it as a whole: sources=[...]",
    ),
    (
        "rules[0].sources[0]=crm",
        "--set rules[0].sources[0]: rules[0].sources is null and has no [0]; set it as a whole: rules[0].sources=[...]",
    ),
    (
        "project=[a",
        "--set project: no readable YAML (while parsing a flow sequence, expected ',' or ']', but got "
        "'<stream end>'); check indents, colons and brackets, and quote text that holds any of "
        ": # { } [ ] , & * or ${...}",
    ),
    (
        "default_country=NO",
        'default_country: NO is read as false by YAML (--set default_country, line 1); quote it: "NO", or write false',
    ),
    (
        "sources.crm.zzz.y=1",
        "sources.crm.zzz: unknown key here; choose from path, table, format, options, where, "
        "primary_key, updated_at, country, max_records_per_profile, columns",
    ),
]


@pytest.mark.parametrize(("override", "expected"), BAD, ids=[case[0] for case in BAD])
def test_refused(problems, override, expected):
    assert problems(override) == [expected]
