"""The job as a user runs it: its one line, its exit code, and never a Spark."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JOB = ROOT / "jobs" / "validate.py"
EXAMPLE = ROOT / "tests" / "config" / "customers.yaml"
ONE_OF_EACH = """
    project: small
    sources: {crm: {path: crm, primary_key: id, columns: {email: mail}}}
    identifiers: {email: {type: email}}
    rules: [{name: email, criteria: [{identifiers: email}]}]
    output: {path: lake}
"""


def run(*arguments, cwd, python=()):
    command = [sys.executable, *python, JOB, *arguments]
    done = subprocess.run(command, cwd=cwd, env={}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_right_from_any_directory(tmp_path):
    assert run("--config", EXAMPLE, cwd=tmp_path) == (
        0,
        "ok: project customers: 3 sources, 8 identifiers, 2 rules\n",
        "",
    )


def test_one_of_each_is_singular(tmp_path):
    (tmp_path / "small.yaml").write_text(ONE_OF_EACH, "utf-8")
    expected = "ok: project small: 1 source, 1 identifier, 1 rule\n"
    assert run("--config", "small.yaml", cwd=tmp_path) == (0, expected, "")


def test_files_and_sets_in_order(tmp_path):
    (tmp_path / "over.yaml").write_text("project: over\n", "utf-8")
    files = ("--config", EXAMPLE, "--config", "over.yaml")
    assert run(*files, cwd=tmp_path)[1].startswith("ok: project over:")
    sets = ("--set", "project=third", "--set", "project=fourth")
    assert run(*files, *sets, cwd=tmp_path)[1].startswith("ok: project fourth:")


def test_every_problem_on_its_own_line(tmp_path):
    sets = ("--set", "match_pairs=al", "--set", "rules[0].criteria[0].identifiers=emial")
    assert run("--config", EXAMPLE, *sets, cwd=tmp_path) == (
        2,
        "",
        "error: rules[0].criteria[0].identifiers: 'emial' is no identifier; did you mean 'email'?\n"
        "error: match_pairs: 'al' is unknown; did you mean 'all'?\n",
    )


USAGE = [
    ((), "the following arguments are required: --config; see --help"),
    (("--config",), "argument --config: expected one argument; see --help"),
    (("--config", EXAMPLE, "--sett", "a=b"), "unrecognized arguments: --sett a=b; see --help"),
    (("--conf", EXAMPLE), "the following arguments are required: --config; see --help"),
    (
        ("--config", "no.yaml"),
        "no.yaml: cannot be read (No such file or directory); check the path given by --config",
    ),
]


@pytest.mark.parametrize(("arguments", "expected"), USAGE)
def test_usage_is_one_line_and_exit_2(tmp_path, arguments, expected):
    assert run(*arguments, cwd=tmp_path) == (2, "", f"error: {expected}\n")


def test_spark_is_never_imported(tmp_path):
    code, _, imported = run("--config", EXAMPLE, cwd=tmp_path, python=("-X", "importtime"))
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in imported.splitlines()}
    assert code == 0
    assert {"yaml", "identity_spark"} <= modules  # the list is what we think it is
    assert not {"pyspark", "py4j", "graphframes", "delta"} & modules
