"""``resolve`` as another program uses it, on a session that is its own."""

import doctest
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from outputs import ids, rows

import identity_spark
from identity_spark import schemas
from identity_spark.pipeline import dry_run


def settings(spark) -> dict[str, str]:
    """What a user may have set, and a run sets for itself."""
    names = ("spark.sql.session.timeZone", "spark.sql.shuffle.partitions", "spark.sql.adaptive.enabled")
    return {name: spark.conf.get(name) for name in names}


@pytest.fixture
def in_tokyo(spark):
    """The session with a time zone of its user's."""
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    yield spark
    spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_the_example_of_the_docstring(in_tokyo, tmp_path, monkeypatch):
    """It gives every table, in its schema, writes none, and leaves the session as it was."""
    spark, lake = in_tokyo, tmp_path / "lake"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKE", str(lake))
    before = settings(spark)
    (example,) = doctest.DocTestFinder().find(dry_run.resolve, globs={"spark": spark})
    outcome = doctest.DocTestRunner().run(example, clear_globs=False)
    spark.catalog.dropTempView("people")
    assert outcome == (0, len(example.examples))
    assert outcome.attempted > 5
    assert settings(spark) == before
    assert not lake.exists()
    tables = example.globs["found"].tables
    assert set(tables) == set(schemas.TABLES) - {"identity_runs"}
    assert {name: d for name, frame in tables.items() if (d := schemas.differences(frame, schemas.TABLES[name]))} == {}


def test_it_starts_from_the_last_committed_run_and_writes_nothing(one_run, tmp_path, monkeypatch):
    """Though the clock went back: who is left of a profile keeps its id, which a first run would not give."""
    project = one_run.copied(tmp_path / "p")
    people, before = project.folder / "crm" / "people.json", ids(project.output)
    people.write_text(
        people.read_text("utf-8").partition("\n")[2], "utf-8"
    )  # without crm:1, after which the id is made
    long_ago = datetime(2020, 1, 1, tzinfo=timezone.utc)
    monkeypatch.setattr(dry_run, "datetime", SimpleNamespace(now=lambda zone: long_ago))
    found = identity_spark.resolve(project.spark, project.config("clustering.engine=graphframes"))
    assert before["crm:1"] == before["crm:2"] is not None
    lookup = {row.record_key: row.dinmo_id for row in found.tables["identity_lookup"].collect()}
    assert lookup == {key: dinmo_id for key, dinmo_id in before.items() if key != "crm:1"}
    assert found.tables["identity_changes"].collect() == []
    (ended,) = found.tables["identity_history"].where("valid_to IS NOT NULL").collect()
    assert ended.record_key == "crm:1"
    assert ended.valid_to > ended.valid_from
    assert ids(project.output) == before
    assert [row["run_id"] for row in rows(project.output, "identity_runs")] == ["one"]


def test_the_public_names_are_there_and_no_other():
    assert identity_spark.__all__ == ["Config", "Published", "Resolution", "load_config", "resolve", "run"]
    assert [getattr(identity_spark, name).__name__ for name in identity_spark.__all__] == identity_spark.__all__
    with pytest.raises(AttributeError, match="no attribute 'resolved'"):
        _ = identity_spark.resolved
