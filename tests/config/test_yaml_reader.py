"""What a YAML text says, and what is refused because it would say something else than it was meant to."""

import pytest

from identity_spark.config.problems import Problems
from identity_spark.config.yaml_reader import UnreadableError, read_yaml
from identity_spark.errors import ConfigError

VALUES = [
    ("a: text", {"a": "text"}),
    ("a: [1, -2, 0, +3]", {"a": [1, -2, 0, 3]}),
    ("a: [true, False, TRUE]", {"a": [True, False, True]}),
    ("a: [0.9, 1.0e-3, .5, 1.]", {"a": [0.9, 0.001, 0.5, 1.0]}),
    ("a: [null, ~, ]", {"a": [None, None]}),
    ("a:", {"a": None}),
    ('a: ["NO", \'0123\', "2024-01-31", "null", "12:30"]', {"a": ["NO", "0123", "2024-01-31", "null", "12:30"]}),
    ("a: [08, 1e5, N, =, prefix:3, !!str 5]", {"a": ["08", "1e5", "N", "=", "prefix:3", "5"]}),
    (
        "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: *x",
        {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}, "e": {"b": 1, "c": 2}},
    ),
    (
        "a: &x {b: 1}\nc: &y {b: 2, d: 2}\ne: {<<: [*x, *y]}",
        {"a": {"b": 1}, "c": {"b": 2, "d": 2}, "e": {"b": 1, "d": 2}},
    ),
    ("", None),
    ("# a comment alone\n", None),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_value(text, expected):
    assert read(text) == (expected, [])


REFUSED = [
    ("country: NO", 'country: NO is read as false by YAML (f.yaml, line 1); quote it: "NO", or write false'),
    ("a:\n  b: [x, yes]", 'a.b[1]: yes is read as true by YAML (f.yaml, line 2); quote it: "yes", or write true'),
    ("a: off", 'a: off is read as false by YAML (f.yaml, line 1); quote it: "off", or write false'),
    ("zip: 0123", 'zip: 0123 is read as the number 83 by YAML (f.yaml, line 1); quote it: "0123", or write 83'),
    ("a: 1_000", 'a: 1_000 is read as the number 1000 by YAML (f.yaml, line 1); quote it: "1_000", or write 1000'),
    ("a: 12:30", 'a: 12:30 is read as the number 750 by YAML (f.yaml, line 1); quote it: "12:30", or write 750'),
    ("a: 0x1F", 'a: 0x1F is read as the number 31 by YAML (f.yaml, line 1); quote it: "0x1F", or write 31'),
    ("a: .inf", 'a: .inf is read as the number inf by YAML (f.yaml, line 1); quote it: ".inf", or write inf'),
    ("a: 2024-01-31", 'a: 2024-01-31 is read as the date 2024-01-31 by YAML (f.yaml, line 1); quote it: "2024-01-31"'),
    ("a: 2024-13-45", 'a: 2024-13-45 is no text to YAML (f.yaml, line 1); quote it: "2024-13-45"'),
    ("a: !!int x", 'a: x is no text to YAML (f.yaml, line 1); quote it: "x"'),
    ("NO: x", "NO: a key that is no text (f.yaml, line 1); quote it"),
    ("a: {1: x}", "a.1: a key that is no text (f.yaml, line 1); quote it"),
    ("a: 1\nb: 2\na: 3", "a: repeated (f.yaml, line 3), first on line 1; keep one of the two"),
    ("a:\n- b: 1\n  c: 2\n  b: 1", "a[0].b: repeated (f.yaml, line 4), first on line 2; keep one of the two"),
    ("a: {? [b] : c}", "a: a key is no text (f.yaml, line 1); write key: value"),
    ("a: &x [*x]", "a[0]: an alias contains itself (f.yaml, line 1); write the value out"),
    ("a: {<<: 5}", "a.<<: no mapping (f.yaml, line 1); name a mapping by its *alias"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED, ids=[case[0] for case in REFUSED])
def test_refused(text, expected):
    assert read(text)[1] == [expected]


TAGS = [
    "!!python/object/apply:os.system [ls]",
    "!!python/name:os.system ''",
    "!!python/object:datetime.date {a: b}",
    "!!python/tuple [1]",
    "!!set {a, b}",
    "!!binary aGk=",
    "!mine x",
    "!mine {a: b}",
]


@pytest.mark.parametrize("tagged", TAGS)
def test_tag_builds_nothing(tagged):
    tag = tagged.split()[0]
    remedy = "write plain text, numbers, lists and mappings"
    assert read(f"x: 1\na: {tagged}") == (
        {"x": 1, "a": None},
        [f"a: the tag {tag} would build an object (f.yaml, line 2); {remedy}"],
    )


def test_one_scan_finds_them_all():
    _, problems = read("a: NO\nb: !x y\nc: 1\nc: 2\nd: 2024-01-31")
    assert [line.partition(":")[0] for line in problems] == ["a", "b", "c", "d"]


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
QUOTE = "check indents, colons and brackets, and quote text that holds any of : # { } [ ] , & * or ${...}"
UNREADABLE = [
    (
        "a: [1, 2\nb: 3",
        f"f.yaml:2: no readable YAML (while parsing a flow sequence, expected ',' or ']', but got ':'); {QUOTE}",
    ),
    ("a: b: c", f"f.yaml:1: no readable YAML (mapping values are not allowed here); {QUOTE}"),
    ("a: *b", f"f.yaml:1: no readable YAML (found undefined alias 'b'); {QUOTE}"),
    (
        "a: 1\n---\nb: 2",
        f"f.yaml:2: no readable YAML (expected a single document in the stream, but found another document); {QUOTE}",
    ),
    (
        "a: {b: ${X}}",
        f"f.yaml:1: no readable YAML (while parsing a flow mapping, expected ',' or '}}', but got '{{'); {QUOTE}",
    ),
    ("[" * 2000, "f.yaml: nested too deeply; write it flatter"),
    (BOMB, "f.yaml: its aliases expand to over 100,000 values; write them out once"),
]


@pytest.mark.parametrize(
    ("text", "expected"), UNREADABLE, ids=["brackets", "colons", "alias", "two", "env", "deep", "bomb"]
)
def test_unreadable(text, expected):
    with pytest.raises(UnreadableError) as caught:
        read(text)
    assert str(caught.value) == expected


def test_control_character():
    with pytest.raises(UnreadableError, match=r"f\.yaml: no readable YAML .*; save it as plain UTF-8 text"):
        read("a: \x00")


@pytest.mark.parametrize("kind", ["timestamp", "int", "float", "bool"])
@pytest.mark.parametrize("text", ["x", '""'])
def test_a_tag_on_what_is_no_value_of_it_is_one_line(kind, text):
    _, problems = read(f"a: !!{kind} {text}")
    assert len(problems) == 1
    assert problems[0].startswith("a: ")


def test_dates_never_become_objects():
    value, _ = read("a: [2024-01-31, 2024-01-31 10:00:00]")
    assert value == {"a": ["2024-01-31", "2024-01-31 10:00:00"]}


def read(text):
    problems = Problems()
    value = read_yaml(text, "f.yaml", "", problems)
    try:
        problems.raise_any()
    except ConfigError as error:
        return value, list(error.problems)
    return value, []
