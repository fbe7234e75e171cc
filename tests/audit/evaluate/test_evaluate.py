"""The job against labels: what it prints, the table of wrong pairs it leaves, and what it refuses."""

import sys
from types import SimpleNamespace

import pytest
import yaml
from committed import committed
from deltalake import DeltaTable
from outputs import rows

from identity_spark.config import load_config
from jobs import evaluate

EMAIL = [{"identifiers": "email", "match": "exact"}]
CARD = [{"identifiers": "card", "match": "exact"}]
SOURCE = {
    "format": "csv",
    "options": {"header": True},
    "primary_key": "id",
    "columns": {"email": "mail", "card": "card"},
}
LOOKUP = [
    ("crm:1", "crm", "p1"),
    ("crm:2", "crm", "p1"),
    ("crm:3", "crm", "p3"),
    ("shop:1", "shop", "p3"),
    ("shop:2", "shop", "p2"),
    ("shop:3", "shop", None),
]
PAIRS = [
    ("crm:1", "crm:2", "email", "accepted"),
    ("crm:3", "shop:1", "card", "accepted"),
    ("crm:3", "shop:1", "email", "accepted"),
]
TRUTH = "record_key,entity_id\ncrm:1,e1\ncrm:2,e2\ncrm:3,e3\nshop:1,e3\nshop:2,e1\ncrm:4,e1\n"

TEXT = """\
  5 labelled records of 3 entities, 2 true pairs, 2 found
  left out: records without a label 1, labels without a record 1
  pairs: precision 0.5000, recall 0.5000, F1 0.5000
  records (B-cubed): precision 0.8000, recall 0.8000
  entities exactly right: 0.3333

  pairs of     true  found  right  precision  recall      F1
  crm - shop      2      1      1     1.0000  0.5000  0.6667
  crm - crm       0      1      0     0.0000       -       -
  shop - shop     0      0      0          -       -       -

  links by  links  right  precision  only here  right  precision
  email         2      1     0.5000          1      0     0.0000
  card          1      1     1.0000          0      0          -
"""


@pytest.fixture(scope="module")
def resolved(spark, tmp_path_factory):
    """A committed run over six records: one false pair, one missed, one right by two rules, one record unresolved."""
    folder = tmp_path_factory.mktemp("evaluate")
    config = {
        "project": "small",
        "sources": {name: {**SOURCE, "path": str(folder / f"{name}.csv")} for name in ("crm", "shop")},
        "identifiers": {"email": {"type": "email"}, "card": {"type": "id"}},
        "rules": [{"name": "card", "criteria": CARD}, {"name": "email", "criteria": EMAIL}],
        "clustering": {"engine": "dataframe"},
        "output": {"path": str(folder / "lake")},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    tables = {
        "identity_lookup": spark.createDataFrame(LOOKUP, "record_key string, source string, dinmo_id string"),
        "match_pairs": spark.createDataFrame(
            PAIRS, "left_record_key string, right_record_key string, rule string, status string"
        ),
    }
    committed(load_config([folder / "config.yaml"]).output, "one", tables)
    return folder


@pytest.fixture
def job(resolved, tmp_path, monkeypatch, capsys):
    """Runs the job in this session; gives its exit code, what it printed, and its error lines."""
    monkeypatch.setenv("IDENTITY_LOG", str(tmp_path / "identity.log"))

    def run(truth=TRUTH, *arguments):
        (tmp_path / "truth.csv").write_text(truth, "utf-8")
        command = ["evaluate.py", "--config", str(resolved / "config.yaml"), "--truth", str(tmp_path / "truth.csv")]
        monkeypatch.setattr(sys, "argv", [*command, *map(str, arguments)])
        code = evaluate.main()
        printed = capsys.readouterr()
        errors = [line for line in printed.err.splitlines() if line.startswith("error: ")]
        return SimpleNamespace(code=code, text=printed.out, errors=errors)

    return run


def test_figures_as_text(job):
    done = job()
    assert (done.code, done.errors) == (0, [])
    assert done.text == TEXT


DELETION_VECTORS = "spark.databricks.delta.properties.defaults.enableDeletionVectors"


@pytest.fixture
def deletion_vectors(spark):
    """A session that would give new tables a feature which not every reader knows, as Databricks does."""
    spark.conf.set(DELETION_VECTORS, "true")
    yield
    spark.conf.unset(DELETION_VECTORS)


@pytest.mark.usefixtures("deletion_vectors")
def test_wrong_pairs_are_a_table_that_is_written_anew(job, resolved, tmp_path):
    id_of = {record["record_key"]: record["dinmo_id"] for record in rows(resolved / "lake", "identity_lookup")}

    def pair(kind, left, right, left_entity, right_entity, rules):
        return {
            "kind": kind,
            "left_record_key": left,
            "right_record_key": right,
            "left_dinmo_id": id_of[left],
            "right_dinmo_id": id_of[right],
            "left_entity_id": left_entity,
            "right_entity_id": right_entity,
            "rules": rules,
            "pairs": 1,
        }

    false = pair("false", "crm:1", "crm:2", "e1", "e2", ["email"])
    missed = pair("missed", "crm:1", "shop:2", "e1", "e1", [])
    path = tmp_path / "wrong" / "pairs"
    done = job(TRUTH, "--pairs", path)
    assert done.code == 0, done.errors
    assert done.text == f"{TEXT}\n  pairs to look at: {path}, 1 false and 1 missed\n"
    assert sorted(rows(tmp_path / "wrong", "pairs"), key=lambda row: row["kind"]) == [false, missed]
    assert DeltaTable(str(path)).protocol().reader_features in (None, [])

    done = job(TRUTH.replace("shop:2,e1", "shop:2,e2"), "--pairs", path)
    assert done.code == 0
    (again,) = (row for row in rows(tmp_path / "wrong", "pairs") if row["kind"] == "missed")
    assert (again["left_record_key"], again["right_record_key"]) == ("crm:2", "shop:2")


BAD = {
    "a column is missing": ("record_key,entity\ncrm:1,e1\n", "has no column entity_id"),
    "no label of a record": ("record_key,entity_id\ncrm:9,e1\n", "no record_key of"),
    "labels without an entity": ("record_key,entity_id\ncrm:1,\n", "no record_key of"),
    "one record, two entities": (TRUTH + "crm:1,e5\n", "gives 1 record_key values more than one entity_id"),
}


@pytest.mark.parametrize("name", BAD)
def test_labels_that_cannot_be_used_are_one_line(job, tmp_path, name: str):
    truth, message = BAD[name]
    done = job(truth, "--pairs", tmp_path / "pairs")
    assert (done.code, done.text, len(done.errors)) == (3, "", 1)
    assert message in done.errors[0]
    assert not (tmp_path / "pairs").exists()


def test_without_a_committed_run(job, tmp_path):
    done = job(TRUTH, "--set", f"output.path={tmp_path / 'elsewhere'}")
    assert (done.code, len(done.errors)) == (3, 1)
    assert "holds no committed run" in done.errors[0]


def test_nothing_but_a_table_of_wrong_pairs_is_overwritten(spark, job, resolved, tmp_path):
    frame = spark.createDataFrame([("crm:1", 1)], "left_record_key string, pairs long")
    frame.write.parquet(str(tmp_path / "plain"))
    frame.write.format("delta").save(str(tmp_path / "other"))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    cases = {
        tmp_path / "plain": "is no Delta table",
        tmp_path / "other": "is a table of something else",
        tmp_path / "notes": "is no Delta table",
        tmp_path / "file": "is no Delta table",
        tmp_path / "file" / "below": "cannot write to",
        resolved / "lake" / "match_pairs": "is a table of something else",
        resolved / "lake": "is no Delta table",
    }
    before = files(tmp_path), files(resolved)
    for path, message in cases.items():
        done = job(TRUTH, "--pairs", path)
        assert (done.code, done.text, len(done.errors)) == (2, "", 1), path
        assert done.errors[0].startswith(f"error: --pairs: {message if message.startswith('cannot') else path}")
        assert message in done.errors[0]
    assert (files(tmp_path), files(resolved)) == before


def files(folder):
    """Every file of a folder but those that the job itself leaves: the log, the labels."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.endswith(("identity.log", "truth.csv")))
