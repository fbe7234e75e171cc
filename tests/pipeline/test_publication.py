"""One output through its life: other configurations, a rollback, damage, cleaning up; and who had which id when."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from deltalake import DeltaTable
from dying_publication import publish_saved
from outputs import ids, rows
from projects import Project
from pyspark.sql import functions as F

from identity_spark import pipeline, schemas
from identity_spark.errors import CheckError, InputError, LockedError
from identity_spark.storage.lock import writing
from identity_spark.storage.readers import ids_on, newest_run, read_run
from identity_spark.storage.tables import Tables

TEN_DAYS = 10 * 24 * 3600 * 1000
# Without phones: an identifier and a rule go, others come, and a source.
OTHER = (
    "identifiers={email: {type: email}, last_name: {type: last_name}, domain: {from: email, transform: domain}}",
    "rules=[{name: email, criteria: [{identifiers: email}]}, {name: names, criteria: [{identifiers: [domain, last_name]}]}]",
)


@pytest.fixture(scope="module")
def life(one_run, tmp_path_factory):
    """Runs one and two, the second by another configuration, and what was so after the first."""
    project = one_run.copied(tmp_path_factory.mktemp("life") / "p")
    after_one = datetime.now(timezone.utc)
    (project.folder / "shop.csv").write_text("id,mail\n1,e@x.io\n", "utf-8")
    shop = "sources.shop={path: %s, format: csv, options: {header: true}, primary_key: id, columns: {email: mail}}"
    before = ids(project.output)
    project.run("two", None, *OTHER, shop % (project.folder / "shop.csv"))
    return project, after_one, before, ids(project.output)


def versions(project: Project) -> dict[str, int]:
    return {name: DeltaTable(str(project.output / name)).version() for name in schemas.TABLES}


def published(found: dict[str, str | None]) -> dict[str, str]:
    return {key: dinmo_id for key, dinmo_id in found.items() if dinmo_id is not None}


def events(project: Project, run_id: str) -> dict[str, set[str]]:
    found = {}
    for e in rows(project.output, "identity_changes"):
        if e["run_id"] == run_id:
            found.setdefault(e["event"], set()).add(e["cause"])
    return found


def test_another_configuration_keeps_the_ids(life):
    project, _, one, two = life
    assert one["crm:3"] == one["crm:4"]
    assert two["crm:3"] != two["crm:4"]
    assert {r: two[r] for r in ("crm:1", "crm:2", "crm:5")} == {r: one[r] for r in ("crm:1", "crm:2", "crm:5")}
    assert one["crm:3"] in (two["crm:3"], two["crm:4"])
    assert events(project, "two") == {"created": {"phone", "sources"}, "split": {"phone"}}
    golden = DeltaTable(str(project.output / "identity_golden")).schema().to_arrow().names
    assert {"email", "phone"} <= set(golden)  # no identifier now, so a field like any other
    assert "domain" in DeltaTable(str(project.output / "identity_lookup")).schema().to_arrow().names


def test_which_id_had_this_record_on_that_day_and_which_now(spark, life):
    project, after_one, one, two = life
    found = ids_on(spark, str(project.output), after_one).collect()
    assert {r.record_key: r.dinmo_id for r in found} == published(one)
    assert {r.record_key: r.dinmo_id_now for r in found} == {
        k: i for k, i in published(two).items() if k.startswith("crm")
    }
    assert newest_run(spark, str(project.output)) == "two"
    assert {
        r.record_key: r.dinmo_id for r in read_run(spark, str(project.output), "identity_lookup", "one").collect()
    } == one
    assert [r.run_id for r in read_run(spark, str(project.output), "identity_runs", "one").collect()] == ["one"]
    with pytest.raises(InputError, match="'three' is no committed run"):
        read_run(spark, str(project.output), "identity_lookup", "three")


def test_another_type_of_a_column_is_refused(spark, saved):
    """As a second column for the field would make it."""
    project, results = saved
    before = versions(project)

    def several(found):
        golden = found.tables["identity_golden"].withColumn("email", F.array("email"))
        return replace(found, tables={**found.tables, "identity_golden": golden})

    with pytest.raises(
        CheckError, match=r"identity_golden: column email is string and would become array<string>; give"
    ):
        publish_saved(spark, project.config(), results, "two", several)
    assert versions(project) == before


def test_nobody_rolls_back_or_cleans_up_while_a_run_works(spark, life):
    project, *_ = life
    with writing(Tables(spark, project.config().output), "at-work") as lock:
        lock.last_committed = "two"
        for job in (
            lambda: pipeline.rollback(spark, project.config(), "one"),
            lambda: pipeline.cleanup(spark, project.config()),
        ):
            with pytest.raises(LockedError, match="run at-work"):
                job()
    with pytest.raises(InputError, match=r"--to: 'none' is no committed run of .*; the newest are two, one"):
        pipeline.rollback(spark, project.config(), "none")


def test_rollback_and_repair(spark, life):
    project, _, one, _ = life
    assert (
        pipeline.rollback(spark, project.config(), "one", "back")
        == "run back: the results of run one are current again"
    )
    assert ids(project.output) == one
    assert events(project, "back") == {"retired": {"rollback"}, "merged": {"rollback"}}
    again = versions(project)
    assert "committed already" in pipeline.rollback(spark, project.config(), "one", "back")
    for table in ("identity_golden", "identity_history"):  # what a rollback replaces, and what it builds on
        spark.sql(f"DELETE FROM {Tables(spark, project.config().output).in_sql(table)}")
    with pytest.raises(
        InputError, match=r"(?s)identity_golden: somebody else changed.*identity_history: somebody else changed"
    ):
        project.run("four")
    assert {k: v - again[k] for k, v in versions(project).items() if v != again[k]} == {
        "identity_golden": 1,
        "identity_history": 1,
    }
    pipeline.rollback(spark, project.config(), "back", "repaired")
    assert ids(project.output) == one
    assert events(project, "repaired") == {}
    open_periods = {
        p["record_key"]: p["dinmo_id"] for p in rows(project.output, "identity_history") if p["valid_to"] is None
    }
    assert open_periods == published(one)


@pytest.mark.slow
def test_cleanup_removes_what_no_kept_run_needs(spark, life, tmp_path):
    """Of a copy in which the second run's commits look as if they were ten days old."""
    project, *_ = life
    for to, run_id in (("one", "back"), ("back", "repaired")):  # as the test before did, where it ran
        pipeline.rollback(spark, project.config(), to, run_id)
    old = Project(spark, shutil.copytree(project.folder, tmp_path / "old"))
    for log in [old.output / name / "_delta_log" for name in schemas.TABLES]:
        for checksum in log.glob(".*.crc"):
            checksum.unlink()
        entry = log / f"{1:020}.json"
        if not entry.exists():  # no row before, none after: Delta writes no version
            continue
        earlier = re.sub(r'(?<="deletionTimestamp":)\d+', lambda m: str(int(m[0]) - TEN_DAYS), entry.read_text("utf-8"))
        entry.write_text(earlier, "utf-8")
        assert all(json.loads(line) for line in earlier.splitlines())
    for file in [file for name in schemas.TABLES for file in (old.output / name).glob("*.parquet")]:
        subprocess.run(["touch", "-d", "20 days ago", file], check=True)
    (old.output / "_work" / "dead" / "links").mkdir(parents=True)
    before = versions(old)
    kept = old.config("output.keep_runs=3")
    said = pipeline.cleanup(spark, kept, dry_run=True)
    assert said.startswith(f"would be removed:\n  {old.output}/identity_golden: ")
    assert versions(old) == before
    assert (old.output / "_work").exists()
    assert pipeline.cleanup(spark, kept) == said.replace("would be removed", "removed")
    assert not (old.output / "_work").exists()
    for run_id in ("two", "back", "repaired"):  # every file of theirs is there
        for table in schemas.TABLES:
            read_run(spark, str(old.output), table, run_id).collect()
    with pytest.raises(InputError, match=r"identity_golden \(version 0\): 1 of its 1 files are gone|2 of its 2"):
        pipeline.rollback(spark, kept, "one")
    every = pipeline.cleanup(spark, old.config("output.keep_runs=null"), dry_run=True)
    assert every == "nothing to remove"
