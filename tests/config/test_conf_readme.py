"""The configuration reference is complete, and its examples load."""

import re
from pathlib import Path

import pytest

from identity_spark.config import load_config
from identity_spark.config.inputs import FORMATS
from identity_spark.config.model import STRATEGIES
from identity_spark.config.places import (
    CRITERION,
    GATES,
    GOLDEN_FIELD,
    GUARDRAILS,
    IDENTIFIER,
    KEYS,
    MAPPING,
    OVERRIDES,
    RULE,
    SOURCE,
    STEP,
    TOLD,
    TOP,
)
from identity_spark.config.types import TRANSFORMS, TYPES
from identity_spark.errors import ConfigError

README = Path(__file__).resolve().parents[2] / "conf" / "README.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def test_complete_example_loads(tmp_path):
    config = load(tmp_path, EXAMPLES[0])
    assert [source.name for source in config.sources] == ["crm", "shop"]
    assert [rule.name for rule in config.rules] == ["loyalty", "email_and_last_name", "phone_and_last_name"]


def test_the_short_examples_are_found():
    assert len(EXAMPLES) > 5


@pytest.mark.parametrize("example", EXAMPLES[1:], ids=lambda text: text.split(":")[0])
def test_short_example_loads_on_top_and_changes_something(tmp_path, example):
    assert load(tmp_path, EXAMPLES[0], example) != load(tmp_path, EXAMPLES[0])


def test_the_lines_shown_are_those_printed(tmp_path):
    config = load(tmp_path, EXAMPLES[0])
    counts = f"{len(config.sources)} sources, {len(config.identifiers)} identifiers, {len(config.rules)} rules"
    shown = README.read_text("utf-8")
    assert f"`ok: project {config.project}: {counts}`" in shown
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, EXAMPLES[0].replace("{identifiers: email,", "{identifiers: emial,"))
    assert f"\n{caught.value.problems[0]}\n" in shown


def test_every_key_and_value_is_named():
    keys = {key for section, known in KEYS.items() if section not in (MAPPING, STEP, OVERRIDES) for key in known}
    text = README.read_text("utf-8")
    named = set(re.findall(r"`{?([a-z_]+)", text)) | set(re.findall(r"`golden\.([a-z]+)", text))
    wanted = keys | set(TYPES) | set(STRATEGIES) | set(FORMATS) | set(TRANSFORMS)
    assert wanted - named == set()


SECTIONS = {
    TOP: 0,
    SOURCE: 1,
    IDENTIFIER: 2,
    RULE: 3,
    CRITERION: 4,
    GUARDRAILS: 5,
    GOLDEN_FIELD: 6,
    GATES: 7,
}  # tables of keys
TABLE = re.compile(r"^\| key[^|]*\| meaning \| default \|\n\| --- \| --- \| --- \|\n((?:\|.*\n)+)", re.MULTILINE)
ROW = re.compile(r"^\| (.*?) \| (.*) \| (.*?) ?\|$")


@pytest.mark.parametrize("place", SECTIONS)
def test_a_table_says_of_its_keys_what_the_code_says(place):
    """The words of a key stand at its field (``config/model.py``); keys that are told together share a row."""
    table = TABLE.findall(README.read_text("utf-8"))[SECTIONS[place]]
    rows = [ROW.fullmatch(line).groups() for line in table.splitlines()]
    written = {name: (words, default) for names, words, default in rows for name in re.findall(r"`(\w+)`", names)}
    assert written == {known.name: (known.words, known.default) for known in TOLD[place]}


def load(folder, *texts):
    paths = []
    for n, text in enumerate(texts):
        paths.append(folder / f"{n}.yaml")
        paths[-1].write_text(text, "utf-8")
    return load_config(paths, environment={"MAX_RECORDS": "300"})
