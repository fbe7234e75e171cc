"""Configurations damaged at random: each one loads, or every problem of it is told in one line; none ends otherwise."""

import json
import random
import re
import string
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from identity_spark.config import Config, config_hash, load_config
from identity_spark.errors import ConfigError

MUTATIONS = 3000  # each in some milliseconds
SOUND = """
project: small
default_country: US
sources:
  crm:
    path: crm
    format: csv
    options: {header: "true", sep: ";"}
    where: "deleted = false"
    primary_key: [shop, id]
    updated_at: seen
    max_records_per_profile: 3
    columns: {email: [mail, work], phone: {expr: "split(tel, ',')"}, last_name: last, birth_date: dob, city: town}
  app: {table: main.users, primary_key: id, columns: {email: mail, last_name: last}}
identifiers:
  email: {type: email, blocked: ["a@x.io", "/^info@/"], max_distinct_per_value: {last_name: 4}}
  phone: {type: phone, max_records_per_value: 50}
  last_name: {type: last_name, standardize: [trim, {regex: "^x+", replace: "$0"}]}
  birth_date: {type: date, formats: [yyyy-MM-dd, dd/MM/yyyy], max_values_per_profile: 1, conflict_tolerance: fuzzy_medium}
  start: {from: last_name, transform: "prefix:3"}
rules:
  - {name: email, criteria: [{identifiers: email}]}
  - name: name
    sources: [crm]
    max_block_records: 200
    criteria: [{identifiers: [last_name, birth_date]}, {identifiers: phone, match: fuzzy_medium, missing: pass}]
guardrails: {on_conflict: peel, conflict_together: [phone, birth_date]}
golden:
  fields: {city: {strategy: source_priority, sources: [crm]}}
  groups: {born: {fields: [birth_date], max_age_days: 9}}
  verify_values: true
clustering: {engine: dataframe}
output: {path: lake, keep_runs: 3}
overrides: decisions.csv
"""
ODD_VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 2**31, 2**63, 10**400, 0.5, 1e300, float("inf"), float("nan"), "", " ", "\t", "\n", "a", "email", "crm",
    "/(/", "//", "/", "/^x|/", "/[/", "/(?<n>a)\\k<n>/", "/\\Qa/", "/a{3,1}/", "/(?x) a #/", "prefix:0", "prefix:x", "prefix:99999999999", "prefix:²", "soundex:3",
    "${X}", "${", "$${X}", "${X:-1}", "${X:-}", "yyyy-MM-dd", "'", "\\", "$1", "\\Z", "a" * 5000, "é", "\ud83d\ude00", "\x00", "`", "a.b.c.d", "``",
    "2147483648", "٣", "²", "1e9", "null", "no", "{}", "[", "versionAsOf", [], {}, [None], [[]], [{}], {"a": None}, {"": ""}, [1, "a", None], {"expr": None}, {"expr": {}},
    [[[[[["deep"]]]]]], {"a": {"b": {"c": {"d": 1}}}},
]  # fmt: skip
ODD_YAML = [
    "!!timestamp x", "!!int x", "!!int ''", "!!float x", "!!bool x", "!!null x", "!!binary x", "!!set {a}", "!!omap [a: b]", "!!pairs [a: b]", "!!str 5", "!!map [a]",
    "!!seq {a: b}", "!!python/name:os.system", "!x y", "&a [*a]", "*nowhere", "<<: 5", "{<<: [1, {a: b}]}", "0123", "1_000", "0x1F", "1:30", "2024-01-31",
    "2024-99-99", "2024-01-31 99:99:99", "NO", "~", "=", "{a: 1, a: 2}", "{? [a] : b}", "{1: a}", "- - -", "|\n x", "'", '"\\x"', "[", "}", ": :", "%TAG", "---\na\n---\nb", "\x07", "...", "@a", "`a",
]  # fmt: skip


def places(tree: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*way, key)
        yield from places(value, (*way, key))


def changed(tree: Any, chance: random.Random) -> Any:
    """The tree with one of its places damaged."""
    *way, last = chance.choice(list(places(tree)))
    holder = tree
    for step in way:
        holder = holder[step]
    kind = chance.randrange(6)
    if kind == 0:
        del holder[last]
    elif kind == 1 and isinstance(holder, dict):
        holder[misspelt(str(last), chance)] = holder.pop(last)
    elif kind == 2 and isinstance(holder, list):
        holder.append(deepcopy(holder[last]))
    elif kind == 3 and isinstance(holder[last], str):
        holder[last] = misspelt(holder[last], chance)
    elif kind == 4:
        holder[last] = deepcopy(at(tree, chance.choice(list(places(tree)))))
    else:
        holder[last] = chance.choice(ODD_VALUES)
    return tree


def at(tree: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        tree = tree[step]
    return tree


def misspelt(word: str, chance: random.Random) -> str:
    letters = list(word)
    for _ in range(chance.randint(1, 2)):
        place = chance.randint(0, len(letters))
        letters[place : place + chance.randint(0, 2)] = chance.choice(["", chance.choice(string.printable), "é"])
    return "".join(letters)


def settings(tree: Any, chance: random.Random) -> list[str]:
    """``--set`` arguments: of a place of the tree or near it, with odd YAML."""
    way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in chance.choice(list(places(tree))))
    place = way.lstrip(".") if chance.random() < 0.8 else misspelt(way, chance)
    return [f"{place}{chance.choice(['=', '=', '=', '', '.x=', '[0]=', '[9]='])}{chance.choice(ODD_YAML)}"]


@pytest.fixture(scope="module")
def mutations() -> list[tuple[str, list[str]]]:
    """YAML texts with settings; half of the texts are damaged as trees, the others letter by letter or not at all."""
    chance, found = random.Random(24), []
    sound = yaml.safe_load(SOUND)
    for n in range(MUTATIONS):
        tree, given = deepcopy(sound), []
        if n % 4 < 2:
            for _ in range(chance.randint(1, 3)):
                tree = changed(tree, chance)
            text = json.dumps(tree, ensure_ascii=False)  # is YAML, and written in no time
        elif n % 4 == 2:
            start = chance.randrange(len(SOUND))
            text = SOUND[:start] + chance.choice([*ODD_YAML, *string.printable]) + SOUND[start + chance.randint(0, 9) :]
        else:
            text, given = SOUND, settings(sound, chance)
        found.append((text, given))
    return found


def outcome(file: Path, given: list[str]) -> Config | Exception:
    try:
        return load_config([file], given, {"X": "y"})
    except Exception as error:
        return error


def test_the_configuration_is_sound(tmp_path):
    (tmp_path / "sound.yaml").write_text(SOUND, "utf-8")
    assert load_config([tmp_path / "sound.yaml"], (), {}).project == "small"


def test_a_damaged_configuration_loads_or_is_refused_in_lines(tmp_path, mutations):
    file, loaded, refused = tmp_path / "config.yaml", 0, set()
    for text, given in mutations:
        file.write_text(text, "utf-8", errors="replace")
        found = outcome(file, given)
        if isinstance(found, Config):
            assert len(config_hash(found)) == 64
            loaded += 1
            continue
        assert isinstance(found, ConfigError), f"{found!r}\n{given}\n{text}"
        assert found.problems, text
        for problem in found.problems:
            assert re.fullmatch(r"[^\n]+?: [^\n]+", problem), (text, given, problem)
            refused.add(re.sub(r"[^a-z ]", "", problem.partition(": ")[2])[:40])
    assert loaded > MUTATIONS / 20, "some damage does no harm"
    assert len(refused) > 150, "and the rest does many kinds of it"
