"""Gates: a bad night stops before it is published, and leaves its figures behind and nothing else."""

import pytest
from deltalake import DeltaTable
from outputs import ids, rows
from projects import Project

from identity_spark import pipeline, schemas
from identity_spark.errors import CheckError, ConfigError, InputError
from identity_spark.pipeline import gates
from identity_spark.storage.readers import newest_run

# Ten people of one record each, and a second source with one record.
NIGHT = [(str(n), f"{chr(96 + n)}@x.io", f"20255501{n:02}", f"N{n}") for n in range(1, 11)]
GATES = ("source_rows_drop", "completeness_drop", "ended_ids", "bad_keys", "over_shared")
DEFAULTS = tuple(f"gates.{name}={limit}" for name, limit in zip(GATES, (0.5, 0.5, 0.2, 0.05, 0.5), strict=True))
ALONE = {name: tuple(f"gates.{other}=null" for other in GATES if other != name) for name in GATES}


@pytest.fixture(scope="module")
def good(spark, tmp_path_factory):
    """A first run of a good night, with every default on."""
    project = Project(spark, tmp_path_factory.mktemp("gates"))
    project.run("one", NIGHT, *DEFAULTS)
    return project


def versions(project):
    return {
        name: DeltaTable(str(project.output / name)).version()
        for name in schemas.TABLES
        if name not in ("identity_runs", "identity_golden_report")
    }


def of_run(project, run_id):
    (row,) = [row for row in rows(project.output, "identity_runs") if row["run_id"] == run_id]
    return row


SHARED = [*NIGHT[:4], *((n, "a@x.io", tel, name) for n, _, tel, name in NIGHT[4:])]
JOINED = [(n, mail if int(n) > 4 else "a@x.io", tel, name) for n, mail, tel, name in NIGHT]
BAD_NIGHTS = {
    "source_rows_drop:crm": (NIGHT[:4], 0.6, "gates.source_rows_drop, crm: 60.0% of its records are gone, more than 50.0%"),
    "completeness_drop:phone": (
        [(n, mail, tel if int(n) < 4 else None, name) for n, mail, tel, name in NIGHT],
        0.7,
        "gates.completeness_drop, phone: 70.0% of its completeness is gone, more than 50.0%",
    ),
    "ended_ids": (JOINED, 0.3, "gates.ended_ids: 30.0% of the last run's ids end, more than 20.0%; most likely"),
    "bad_keys:crm": (
        [*NIGHT, (None, "z@x.io", None, None)],
        1 / 11,
        "gates.bad_keys, crm: 9.1% of its records have no primary key of their own, more than 5.0%; last run: 0.0%",
    ),
    "over_shared:email": (
        SHARED,
        0.7,
        "gates.over_shared, email: 70.0% of the records that hold it lose it as over-shared, more than 50.0%",
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", BAD_NIGHTS)
def test_a_bad_night_stops_and_leaves_its_figures(good, tmp_path, title):
    project = good.copied(tmp_path / "p")
    before, published = versions(project), ids(project.output)
    night, figure, line = BAD_NIGHTS[title]
    gate = title.partition(":")[0]
    changes = (*DEFAULTS, *ALONE[gate], "identifiers.email.max_records_per_value=5")
    with pytest.raises(CheckError) as caught:
        project.run("bad", night, *changes)
    (said,) = str(caught.value).splitlines()
    assert said.startswith(line)
    assert f"--accept {title} lets one run pass" in said
    assert versions(project) == before
    refused = of_run(project, "bad")
    assert refused["status"] == "refused"
    assert dict(refused["broken_gates"]) == {title: pytest.approx(figure)}
    figures = [row for row in rows(project.output, "identity_golden_report") if row["run_id"] == "bad"]
    assert {row["scope"] for row in figures} >= {"project", "source", "identifier"}
    # Accepted once, under either name; then the same night is no drop any more.
    project_run(project, "bad", changes, accepted=[title])
    assert of_run(project, "bad")["status"] == "committed"
    assert of_run(project, "bad")["accepted"] == [title]
    keys = [
        (r["scope"], r["name"], r["metric"])
        for r in rows(project.output, "identity_golden_report")
        if r["run_id"] == "bad"
    ]
    assert len(keys) == len(set(keys))
    assert (ids(project.output) != published) == (gate in ("source_rows_drop", "ended_ids"))


def project_run(project, run_id, changes, accepted=()):
    return pipeline.run(project.spark, project.config(*changes), run_id, accepted=accepted)


def test_a_first_run_passes_and_names_the_gates_that_wait(spark, tmp_path, caplog):
    project = Project(spark, tmp_path)
    with caplog.at_level("INFO", logger="identity_spark"):
        project.run("one", NIGHT, *DEFAULTS)
    assert "gates that wait for the next run: source_rows_drop, completeness_drop, ended_ids" in caplog.text


def test_every_broken_gate_is_told_at_once_and_the_next_night_minds_nothing(good, tmp_path):
    project = good.copied(tmp_path / "p")
    with pytest.raises(CheckError) as caught:
        project.run("bad", NIGHT[:2], *DEFAULTS)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "gates.source_rows_drop, crm", "gates.ended_ids",
    ]  # fmt: skip
    published = ids(project.output)
    project.run("two", NIGHT, *DEFAULTS)
    assert ids(project.output) == published
    assert newest_run(project.spark, str(project.output)) == "two"


def test_drops_are_held_against_the_largest_of_the_last_seven(good, tmp_path):
    project = good.copied(tmp_path / "p")
    slowly = (*DEFAULTS, "gates.ended_ids=null")
    project.run("two", NIGHT[:6], *slowly)
    with pytest.raises(CheckError, match=r"60\.0% of its records are gone"):
        project.run("three", NIGHT[:4], *slowly)


def test_what_is_accepted_has_to_be_a_gate(good):
    config = good.config()
    for typed, said in {
        "endedids": "--accept: 'endedids' is no gate; choose from source_rows_drop",
        "bad_keys:shop": "--accept: 'bad_keys:shop' names nothing that bad_keys is of; choose from crm",
        "ended_ids:crm": "--accept: 'ended_ids:crm' names nothing that ended_ids is of; it is of the whole run",
    }.items():
        with pytest.raises(ConfigError) as caught:
            gates.require_accepted_known([typed], config)
        assert str(caught.value).startswith(said)


def test_a_refused_run_is_nothing_to_roll_back_to_and_survives_a_rollback(good, tmp_path):
    project = good.copied(tmp_path / "p")
    with pytest.raises(CheckError):
        project.run("bad", NIGHT[:2], *DEFAULTS)
    with pytest.raises(InputError, match="'bad' is no committed run"):
        pipeline.rollback(project.spark, project.config(), "bad", "back")
    pipeline.rollback(project.spark, project.config(), "one", "back")
    project.run("two", NIGHT, *DEFAULTS)
    assert of_run(project, "bad")["status"] == "refused"
