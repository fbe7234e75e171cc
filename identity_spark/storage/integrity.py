"""Whether an output is as its last committed run left it, so that nothing is built on a damaged one, or over it."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from pyspark.sql import DataFrame, Row, SparkSession

from identity_spark.errors import CheckError, InputError
from identity_spark.schemas import TABLES
from identity_spark.storage.delta_log import Commit
from identity_spark.storage.files import file_names
from identity_spark.storage.session import is_connect
from identity_spark.storage.tables import RESTORE, Tables

# What an operator may do to a table without changing a row of it.
HARMLESS = ("OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES", "COMPUTE STATS")
AT_ONCE = 4  # looks at tables: each waits for a small job of Delta's, far below what a machine can do
OF_PROJECT = ("identity_golden", "identity_lookup")  # the tables with columns of the project's own
AGAIN = "; nothing was written"


def require_intact(tables: Tables, committed: Sequence[Row], last_committed: str | None) -> None:
    """Raises ``InputError`` with every table that somebody else changed or damaged since the last committed run.

    ``committed`` are the rows of the committed runs, the newest first; ``last_committed`` is the run that the lock
    remembers, None where it remembers none.
    """
    require_manifest(tables, committed, last_committed)
    if committed:
        versions = dict(committed[0]["table_versions"])
        problem_of = partial(_table_problem, tables, versions=versions, last=committed[0])
        with ThreadPoolExecutor(AT_ONCE) as looks:
            _refuse(looks.map(problem_of, [name for name in TABLES if name in versions]))


def require_manifest(tables: Tables, committed: Sequence[Row], last_committed: str | None) -> None:
    """Raises ``InputError`` where somebody else changed ``identity_runs``, or a row of it is gone."""
    place = tables.location("identity_runs")
    if last_committed is not None and all(row["run_id"] != last_committed for row in committed):
        _refuse([f"{place}: run {last_committed} was committed, and its row is gone; restore the table"])
    if not committed:
        return
    for commit in tables.commits("identity_runs"):
        if commit.run_id is not None or commit.operation == "RESTORE":
            return
        if commit.operation not in HARMLESS:
            _refuse([f"{_changed(place, commit)}; undo it with RESTORE TABLE"])


def require_readable(tables: Tables, names: Iterable[str], versions: Mapping[str, int]) -> None:
    """Raises ``InputError`` with every table of which these versions cannot be read whole."""
    with ThreadPoolExecutor(AT_ONCE) as looks:
        _refuse(looks.map(partial(_unreadable, tables, versions=versions), names))


def require_same_types(tables: Tables, results: Mapping[str, DataFrame], last: Row | None) -> None:
    """Raises ``CheckError`` with every column that would change its type, on which readers of the output rely."""
    if last is None:
        return
    problems = []
    for name in OF_PROJECT:
        rows = results[name]
        before = {
            f.name: f.dataType.simpleString() for f in tables.at(name, dict(last["table_versions"])).schema.fields
        }
        for field in rows.schema.fields:
            now = field.dataType.simpleString()
            if before.get(field.name, now) != now:
                problems.append(
                    f"{tables.location(name)}: column {field.name} is {before[field.name]} and would become {now};"
                    f" give the field another name in the configuration, or choose another output{AGAIN}"
                )
    if problems:
        raise CheckError("\n".join(problems))


def _refuse(problems: Iterable[str | None]) -> None:
    if lines := [f"{problem}{AGAIN}" for problem in problems if problem]:
        raise InputError("\n".join(lines))


def _table_problem(tables: Tables, name: str, versions: Mapping[str, int], last: Row) -> str | None:
    if problem := _unreadable(tables, name, versions):
        return problem
    for commit in tables.commits(name, versions[name]):
        if commit.operation == "RESTORE" and str(commit.parameters.get("version")) == str(versions[name]):
            break
        if commit.run_id is None and commit.operation not in HARMLESS:
            return (
                f"{_changed(tables.location(name), commit)}; undo it with RESTORE TABLE to version {versions[name]},"
                f" or with jobs/rollback.py --to {last['run_id']}"
            )
    return None


def _changed(place: str, commit: Commit) -> str:
    return f"{place}: somebody else changed it ({commit.operation}, version {commit.version})"


def _unreadable(tables: Tables, name: str, versions: Mapping[str, int]) -> str | None:
    """What keeps the table from being read at its version: no log, or no file; None where nothing does."""
    try:
        table = tables.at(name, versions)
        known = tables.files(name, versions[name])
        files = table.inputFiles() if known is None else known
    except InputError as error:
        return str(error)
    if not is_connect(tables.spark) and (missing := _missing_files(tables.spark, files)):
        return (
            f"{tables.location(name)} (version {versions[name]}): {missing} of its {len(files)} files are gone;"
            f" {RESTORE}"
        )
    return None


def _missing_files(spark: SparkSession, files: Iterable[str]) -> int:
    folders: dict[str, set[str]] = {}
    missing = 0
    for file in files:
        folder, _, name = file.rpartition("/")
        if folder not in folders:
            folders[folder] = set(file_names(spark, folder))
        missing += name not in folders[folder]
    return missing
