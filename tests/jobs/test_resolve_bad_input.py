"""Bad input ends in one clear line, the exit code that says whose turn it is, and an untouched output."""

import sys
from pathlib import Path

import pytest
import yaml

from jobs import resolve

GOOD = {
    "project": "small",
    "sources": {
        "crm": {
            "path": "crm.csv",
            "format": "csv",
            "options": {"header": True},
            "primary_key": "id",
            "updated_at": "seen",
            "columns": {"email": "mail", "last_name": "surname"},
        }
    },
    "identifiers": {"email": {"type": "email"}, "last_name": {"type": "last_name"}},
    "rules": [{"name": "email", "criteria": [{"identifiers": "email", "match": "exact"}]}],
    "clustering": {"engine": "dataframe"},
    "output": {"path": "lake"},
}
CRM = "id,mail,surname,seen\n1,ann@x.io,Lee,2026-01-01\n2,ANN@x.io,Leigh,2026-01-02\n3,bob@x.io,Ray,2026-01-03\n"
MAPS = {"id": 1, "mail": {"a": "b"}, "surname": "Lee", "seen": "2026-01-01"}


@pytest.fixture
def job(spark, tmp_path, monkeypatch, capsys):
    """Runs the job in this session on ``GOOD`` with changes; gives the exit code and the error lines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IDENTITY_LOG", str(tmp_path / "identity.log"))
    (tmp_path / "crm.csv").write_text(CRM, "utf-8")

    def run(changes=None, text=None, arguments=()):
        config = yaml.safe_load(yaml.safe_dump(GOOD))
        for place, value in (changes or {}).items():
            *way, last = place.split(".")
            target = config
            for step in way:
                target = target[int(step) if step.isdigit() else step]
            target[last] = value
        for place in [config["output"], *config["sources"].values()]:  # the JVM has a working directory of its own
            if "path" in place:
                place["path"] = str(tmp_path / place["path"])
        (tmp_path / "config.yaml").write_text(text or yaml.safe_dump(config, sort_keys=False), "utf-8")
        monkeypatch.setattr(sys, "argv", ["resolve.py", "--config", "config.yaml", *arguments])
        code = resolve.main()
        lines = capsys.readouterr().err.splitlines()
        return code, [line for line in lines if line.startswith("error: ")]

    return run


def test_the_good_configuration_runs_once(job, tmp_path):
    """One run: what it leaves, what its log shows and what it does not, and that its id given again does nothing."""
    (tmp_path / "crm.csv").write_text(CRM.replace("2026-01-02", "yesterday"), "utf-8")
    assert job(arguments=("--run-id", "one")) == (0, [])
    assert (tmp_path / "lake" / "identity_golden" / "_delta_log").is_dir()
    assert not (tmp_path / "lake" / "_work").exists()
    log = Path(tmp_path / "identity.log").read_text("utf-8")
    assert "run one" in log
    assert "sources.crm.updated_at: 1 values are no time" in log
    assert not [value for value in ("ann@x.io", "bob@x.io", "leigh") if value in log.lower()]
    before = sorted(p.name for p in (tmp_path / "lake").rglob("*.json"))
    assert job(arguments=("--run-id", "one")) == (0, [])
    assert sorted(p.name for p in (tmp_path / "lake").rglob("*.json")) == before


CASES = {
    "missing file": ({"sources.crm.path": "no.csv"}, 3, "no.csv as csv"),
    "missing table": (
        {"sources.crm": {"table": "no_such_table", "primary_key": "id", "columns": {"email": "m", "last_name": "n"}}},
        3,
        "sources.crm: cannot read table no_such_table",
    ),
    "missing column": (
        {"sources.crm.columns.email": "mial"},
        3,
        "sources.crm.columns.email: 'mial' is no column of the table; did you mean 'mail'?",
    ),
    "missing key column": ({"sources.crm.primary_key": "idd"}, 3, "sources.crm.primary_key 'idd' is no column"),
    "invalid where": ({"sources.crm.where": "id >"}, 2, "sources.crm.where: 'id >' is no SQL predicate"),
    "where on a missing column": ({"sources.crm.where": "deleted = 1"}, 3, "sources.crm.where: 'deleted = 1'"),
    "where that is no predicate": ({"sources.crm.where": "id"}, 3, "sources.crm.where: 'id'"),
    "invalid expr": (
        {"sources.crm.columns.email": {"expr": "lower(mail"}},
        2,
        "sources.crm.columns.email.expr: 'lower(mail' is no SQL expression",
    ),
    "expr on a missing column": (
        {"sources.crm.columns.email": {"expr": "lower(mial)"}},
        3,
        "sources.crm.columns.email.expr: 'lower(mial)' does not fit the table",
    ),
    "nothing left by where": ({"sources.crm.where": "id = 99"}, 3, "sources.crm: no rows to read"),
    "a rule without an anchor": ({"rules.0.criteria": []}, 2, "rules[0].criteria"),
    "a rule on no identifier": ({"rules.0.criteria.0.identifiers": "emial"}, 2, "did you mean 'email'?"),
    "an unknown key": ({"guardrail": {}}, 2, "guardrail"),
    "Java refuses the regular expression": (
        {"identifiers.email.blocked": ["/a{2,1}+?*/"]},
        2,
        "identifiers.email.blocked",
    ),
    "output is a file": ({"output.path": "crm.csv"}, 2, "output.path"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_line_an_exit_code_and_no_output(job, tmp_path, name: str):
    changes, code, message = CASES[name]
    actual, errors = job(changes)
    assert actual == code
    assert len(errors) == 1
    assert message in errors[0]
    assert not (tmp_path / "lake").exists()


DATA = {
    "no rows": ("id,mail,surname,seen\n", "sources.crm: no rows to read"),
    "all values null": ("id,mail,surname,seen\n1,,,2026-01-01\n2,,,\n", "every identifier is null in all 2 rows"),
}


@pytest.mark.parametrize("name", DATA)
def test_a_source_without_anything_to_match_is_an_error(job, tmp_path, name: str):
    text, message = DATA[name]
    (tmp_path / "crm.csv").write_text(text, "utf-8")
    code, errors = job()
    assert (code, len(errors)) == (3, 1)
    assert message in errors[0]
    assert not (tmp_path / "lake").exists()


def test_an_unreadable_date_of_an_override_stops_the_job_and_names_the_row(job, tmp_path):
    (tmp_path / "bad.csv").write_text("kind,left_record_key,right_record_key,expires_at\nmust_link,crm:1,crm:2,soon\n")
    message = "error: overrides: row 1 (must_link): expires_at soon is no date or time; write it like 2026-12-31"
    assert job({"overrides": str(tmp_path / "bad.csv")}) == (3, [message])
    assert not (tmp_path / "lake").exists()


def test_columns_of_unusable_types_are_named_together(spark, job, tmp_path):
    spark.createDataFrame(
        [(1, {"a": "b"}, b"x", 5)], "id int, mail map<string,string>, surname binary, seen int"
    ).write.parquet(str(tmp_path / "typed"))
    code, errors = job({"sources.crm": {**GOOD["sources"]["crm"], "path": "typed", "format": "parquet", "options": {}}})
    assert code == 3
    assert [e.split(" is of type ")[0] for e in errors] == [
        "error: sources.crm.columns.email: column 'mail'",
        "error: sources.crm.columns.last_name: column 'surname'",
        "error: sources.crm.updated_at: column 'seen'",
    ]


def test_problems_of_every_source_come_together(job):
    crm = {**GOOD["sources"]["crm"], "columns": {"email": "mial", "last_name": "surname"}}
    shop = {**GOOD["sources"]["crm"], "path": "gone.csv"}
    code, errors = job({"sources": {"crm": crm, "shop": shop}})
    assert code == 3
    assert len(errors) == 2
    assert "sources.crm.columns.email: 'mial' is no column of the table" in errors[0]
    assert "sources.shop: cannot read" in errors[1]


def test_a_folder_that_is_no_delta_table_is_left_alone(job, tmp_path):
    mine = tmp_path / "lake" / "identity_golden"
    mine.mkdir(parents=True)
    (mine / "precious.txt").write_text("mine", "utf-8")
    code, errors = job()
    assert code == 2
    assert "identity_golden" in errors[0]
    assert [p.name for p in (tmp_path / "lake").rglob("*") if p.is_file()] == ["precious.txt"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("project: [", "config.yaml"),
        ("project: small\nproject: other\n", "repeated"),
        ("project: !!python/object/apply:os.getcwd []\n", "config.yaml"),
    ],
)
def test_unreadable_yaml(job, text: str, message: str):
    code, errors = job(text=text)
    assert code == 2
    assert message in errors[0]


def test_no_graphframes_on_the_class_path_names_the_other_engine(job, monkeypatch, tmp_path):
    from identity_spark.storage import session

    monkeypatch.setattr(session, "GRAPHFRAMES_CLASS", "org.graphframes.NotThere")
    code, errors = job({"clustering.engine": "graphframes"})
    assert code == 2
    assert "engine: dataframe" in errors[0]
    assert not (tmp_path / "lake").exists()


def test_a_run_id_that_is_no_folder_name_is_refused(job):
    code, errors = job(arguments=("--run-id", "../up"))
    assert (code, len(errors)) == (2, 1)
    assert "--run-id: '../up'" in errors[0]
