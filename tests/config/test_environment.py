"""Variables in texts."""

import pytest

from identity_spark.config import load_config

SET = {"LAKE": "s3a://lake", "EMPTY": "", "MANY": "70", "WORD": "x", "YES": "true", "NAME": "${LAKE}"}
CASES = [
    ("${LAKE}", "s3a://lake"),
    ("${LAKE}/a/${WORD}", "s3a://lake/a/x"),
    ("${UNSET:-lake}/a", "lake/a"),
    ("${UNSET:-a:-b c}", "a:-b c"),
    ("${LAKE:-lake}", "s3a://lake"),
    ("${EMPTY:-lake}", "lake"),
    ("a${EMPTY}", "a"),
    ("a${UNSET:-}", "a"),
    ("$${LAKE}", "${LAKE}"),
    ("$LAKE {LAKE} a$", "$LAKE {LAKE} a$"),
    ("${NAME}", "${LAKE}"),
]


@pytest.mark.parametrize(("written", "expected"), CASES)
def test_expanded(load_texts, minimal, written, expected):
    config = load_texts(minimal, f'output: {{path: "{written}"}}', environment=SET)
    assert config.output.path == expected
    assert type(config.output.path) is str


BAD = [
    ("output.path=${LAKE}", "output.path: ${LAKE} is not set in the environment; set LAKE, or write ${LAKE:-default}"),
    (
        "output.path=${LAKE:x}",
        "output.path: ${LAKE:x} names no variable; write ${NAME} or ${NAME:-default}, or $${ for a plain ${",
    ),
    (
        "output.path=${LAKE",
        "output.path: ${LAKE names no variable; write ${NAME} or ${NAME:-default}, or $${ for a plain ${",
    ),
    (
        "identifiers.email.blocked=[a, '${B}']",
        "identifiers.email.blocked[1]: ${B} is not set in the environment; set B, or write ${B:-default}",
    ),
    ("output.path=${P:-}", "output.path: an empty text; write a value, or leave the key out"),
    (
        "project=${P:-Big Shop}",
        "project: 'Big Shop' is no project name; use lower-case letters, digits and _, a letter first",
    ),
    (
        "guardrails.max_records_per_profile=${N:-ten}",
        "guardrails.max_records_per_profile: 'ten' does not fit; write a whole number of at least 1",
    ),
    (
        "guardrails.max_records_per_profile=${N:-0}",
        "guardrails.max_records_per_profile: '0' does not fit; write a whole number of at least 1",
    ),
]


@pytest.mark.parametrize(("override", "expected"), BAD, ids=[case[0] for case in BAD])
def test_refused(problems, override, expected):
    assert problems(override) == [expected]


def test_numbers_and_truth_values_may_come_from_the_environment(load):
    config = load("guardrails.max_records_per_profile=${N:-70}", "identifiers.loyalty_id.case_sensitive=${C:-true}")
    assert config.guardrails.max_records_per_profile == 70
    assert config.identifier("loyalty_id").case_sensitive is True


def test_text_from_the_environment_is_not_read_as_yaml(problems):
    assert problems("default_country=${COUNTRY}", environment={"COUNTRY": "NO"}) == []


def test_variable_that_a_later_file_replaces_need_not_be_set(load_texts, minimal):
    config = load_texts(minimal, 'output: {path: "${UNSET}"}', "output: {path: lake}")
    assert config.output.path == "lake"


def test_process_environment_is_the_default(tmp_path, monkeypatch, minimal):
    (tmp_path / "a.yaml").write_text(minimal, "utf-8")
    monkeypatch.setenv("LAKE_OF_TODAY", "lake")
    assert load_config([tmp_path / "a.yaml"], ["output.path=${LAKE_OF_TODAY}/x"]).output.path == "lake/x"
