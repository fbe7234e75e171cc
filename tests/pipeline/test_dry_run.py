"""``resolve`` as another program uses it, on a session that is its own."""

import doctest
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from pyspark.sql import Row

import identity_spark
from identity_spark import schemas
from identity_spark.pipeline import dry_run
from identity_spark.pipeline.resolution import Resolution


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


def test_it_starts_from_the_last_committed_run_and_needs_no_files(spark, make_config, monkeypatch):
    last, handed = Row(run_id="last", started_at=datetime(2100, 1, 1, tzinfo=timezone.utc)), {}

    def resolve(read, given, known, config, this):
        handed.update(known=known, config=config, this=this)
        return Resolution({}, {"records": 0}, {}, {})

    monkeypatch.setattr(dry_run.runs, "committed", lambda tables: [last])
    kept = {"redirects": schemas.empty(spark, schemas.REDIRECTS), "history": schemas.empty(spark, schemas.HISTORY)}
    monkeypatch.setattr(dry_run, "known", lambda tables, committed, write: SimpleNamespace(committed=committed, **kept))
    monkeypatch.setattr(dry_run, "read_records", lambda *given: None)
    monkeypatch.setattr(dry_run.resolution, "resolution_of", resolve)
    found = identity_spark.resolve(spark, make_config("clustering.engine=graphframes"))
    assert found.counts == {"records": 0}
    assert handed["known"].committed == [last]
    assert set(found.tables) == {"identity_changes", "identity_redirects", "identity_history"}, "nothing changed"
    assert handed["this"].started_at > last.started_at
    assert handed["config"].engine == "dataframe"


def test_the_public_names_are_there_and_no_other():
    assert all(getattr(identity_spark, name) for name in identity_spark.__all__)
    with pytest.raises(AttributeError, match="no attribute 'resolved'"):
        _ = identity_spark.resolved
