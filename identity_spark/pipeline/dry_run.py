"""``resolve`` for other programs: what a run would publish now, as frames; nothing is written."""

from dataclasses import replace
from datetime import datetime, timezone

from pyspark.sql import SparkSession

from identity_spark import schemas
from identity_spark.config import Config
from identity_spark.pipeline import overriding, resolution
from identity_spark.pipeline.preparation import read_records
from identity_spark.pipeline.resolution import Resolution
from identity_spark.pipeline.work import InMemory, Run
from identity_spark.storage import runs, session, sources
from identity_spark.storage.known import known
from identity_spark.storage.tables import Tables


def resolve(spark: SparkSession, config: Config) -> Resolution:
    """The tables that ``run`` would publish now, as frames that are computed already; nothing is written.

    ``tables`` has a frame for each output table but ``identity_runs``, by name, with the columns of
    ``identity_spark.schemas.TABLES``; golden records and lookup have the project's fields besides. ``counts``,
    ``metrics`` and ``reasons`` say in figures what the report says. Ids are carried over from the last committed run
    of the output; where there is none they are those of a first run.

    A temporary view may be a source, so that frames go in as well:

    >>> from pathlib import Path
    >>> from identity_spark import load_config, resolve
    >>> rows = [("1", "ann@lee.io", "Lee"), ("2", "ANN@lee.io", "LEE"), ("3", "bob@ray.io", "Ray")]
    >>> spark.createDataFrame(rows, "id string, mail string, name string").createOrReplaceTempView("people")
    >>> written = Path("people.yaml").write_text('''
    ... project: people
    ... sources: {crm: {table: people, primary_key: id, columns: {email: mail, last_name: name}}}
    ... identifiers: {email: {type: email}, last_name: {type: last_name}}
    ... rules: [{name: email, criteria: [{identifiers: [email, last_name]}]}]
    ... output: {path: "${LAKE:-lake}/people"}
    ... ''')
    >>> found = resolve(spark, load_config(["people.yaml"]))
    >>> found.counts["records"], found.counts["golden_records"]
    (3, 2)
    >>> found.tables["identity_golden"].orderBy("email").select("email", "last_name", "record_count").show()
    +----------+---------+------------+
    |     email|last_name|record_count|
    +----------+---------+------------+
    |ann@lee.io|      Lee|           2|
    |bob@ray.io|      Ray|           1|
    +----------+---------+------------+
    <BLANKLINE>

    Clusters come from DataFrames whatever ``clustering.engine`` says, for the other engine needs files; they are the
    same. The frames stay with the executors until nothing refers to them any more.

    Raises ``ConfigError`` where the session has no Delta or the configuration does not fit, ``InputError`` where a
    source or the output cannot be read, ``CheckError`` where the results contradict one another.
    """
    session.require_delta(spark)
    tables = Tables(spark, config.output)
    now = datetime.now(timezone.utc)
    with session.run_settings(spark):
        committed = runs.committed(tables)
        run_id = runs.new_run_id(now)
        this = Run(run_id, runs.start_after(next(iter(committed), None), now), InMemory(tables, run_id))
        versions = {s.name: sources.delta_version(spark, s) for s in config.sources}
        read, given = read_records(spark, config, versions), overriding.read(spark, config, this.started_at)
        in_frames = replace(config, engine="dataframe")
        before = known(tables, committed, this.work.materialize)
        found = resolution.resolution_of(read, given, before, in_frames, this)
        unchanged = {
            "identity_changes": schemas.empty(spark, schemas.CHANGES),
            "identity_redirects": before.redirects,
            "identity_history": before.history,
        }
        # Computed while the settings of a run hold.
        frames = unchanged | dict(found.tables)
        computed = {name: this.work.materialize(name, frame) for name, frame in frames.items()}
    return replace(found, tables=computed)
