"""The job as a user runs it: its one line, its exit code, and never a Spark unless asked what the rules will cost."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from jobs import validate

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


PROFILED = """
project: small
sources:
  crm: {path: crm.csv, format: csv, options: {header: true}, primary_key: id, columns: {email: mail, last: name}}
identifiers:
  email: {type: email, max_records_per_value: 3}
  last: {type: last_name}
rules:
  - {name: email, criteria: [{identifiers: email}]}
  - {name: last, max_block_records: 2, criteria: [{identifiers: last}, {identifiers: email, match: fuzzy_medium}]}
clustering: {engine: dataframe}
output: {path: lake}
"""
# One record twice, one without a key, and an e-mail of more records than one may have.
PEOPLE = """id,mail,name
1,ann@x.io,Lee
1,ann@x.io,Lee
,ann@x.io,Lee
2,ANN@x.io,Lee
3,desk@x.io,lee
4,desk@x.io,Ray
5,desk@x.io,Ray
6,desk@x.io,
7,,Poe
"""
ADVICE = """\
ok: project small: 1 source, 2 identifiers, 2 rules
rule   applies to  keys  largest block  compares  links  skipped blocks  records in them  pairs avoided
email           2     1              2         0      1               0                0              0
last            6     3              3         1      -               1                3              3

warning: rules[1] last: about 100% of the pairs of the key last are chance; ten times the records make about 100 times \
the pairs (now 4); add an identifier to its exact criteria, or lower max_block_records
warning: rules[1] last: max_block_records: 2 leaves out 50.0% of the records with last; add an identifier to its exact \
criteria, or raise max_block_records
"""


@pytest.fixture
def profile(tmp_path, monkeypatch, capsys):
    """Runs the job with --profile in this session, with changes to its configuration; its exit code and streams."""
    monkeypatch.setenv("IDENTITY_LOG", str(tmp_path / "identity.log"))
    (tmp_path / "crm.csv").write_text(PEOPLE, "utf-8")
    config = yaml.safe_load(PROFILED)
    config["sources"]["crm"]["path"], config["output"]["path"] = str(tmp_path / "crm.csv"), str(tmp_path / "lake")
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")

    def run(*changes):
        sets = [text for change in changes for text in ("--set", change)]
        monkeypatch.setattr(sys, "argv", ["validate.py", "--config", str(tmp_path / "small.yaml"), "--profile", *sets])
        code = validate.main()
        printed = capsys.readouterr()
        return code, printed.out, [line for line in printed.err.splitlines() if line.startswith("error: ")]

    return run


def test_a_profile_is_of_the_records_that_a_run_matches(spark, profile, tmp_path):
    assert profile() == (0, ADVICE, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm.csv", "identity.log", "small.yaml"]


def test_no_profile_of_a_source_that_cannot_be_read(spark, profile, tmp_path):
    code, printed, (error,) = profile(f"sources.crm.path={tmp_path / 'gone.csv'}")
    assert (code, printed) == (3, ADVICE.splitlines(keepends=True)[0])
    assert error.startswith("error: sources.crm")


def test_no_profile_of_a_wrong_configuration(profile):
    code, printed, (error,) = profile("match_pairs=al")
    assert (code, printed) == (2, "")
    assert error.startswith("error: match_pairs")


def test_a_profile_without_spark_is_one_line(profile, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code, _, errors = profile()
    assert code == 2
    assert errors == ["error: --profile: it needs Spark; run scripts/submit jobs/validate.py --config FILE --profile"]
