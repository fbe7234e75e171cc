"""The output: Delta tables under a folder or in a catalog schema."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import Output, quoted
from identity_spark.errors import ConfigError, InputError, first_line
from identity_spark.storage import delta_log
from identity_spark.storage.delta_log import Commit
from identity_spark.storage.files import delete_folder, file_names, make_folder, path_in_sql, require_files
from identity_spark.storage.session import is_connect
from identity_spark.storage.sources import newest_version

RESTORE = "restore it, or make a run current that is whole: jobs/rollback.py --to RUN"
ABSENT = ("PATH_NOT_FOUND", "DELTA_PATH_DOES_NOT_EXIST", "TABLE_OR_VIEW_NOT_FOUND")
REMEMBERED = "delta.deletedFileRetentionDuration"
PROPERTIES = {
    "delta.dataSkippingNumIndexedCols": "1",  # the key; statistics of the rest cost and help none
    # Which versions are kept counts in runs, not in days: jobs/cleanup.py removes what no kept run needs.
    "delta.logRetentionDuration": "interval 3650 days",
    REMEMBERED: "interval 3650 days",
}


class Tables:
    """Every table of one output by its name; ``ConfigError`` for a folder where the session cannot look at files."""

    def __init__(self, spark: SparkSession, output: Output) -> None:
        if output.path is not None:
            require_files(spark, "output.path")
        self.spark = spark
        self.output = output

    def location(self, table: str) -> str:
        """The table as error messages name it."""
        if self.output.path is not None:
            return self._path(table)
        return quoted(f"{self.output.schema}.{table}")

    def read(self, table: str, version: int | None = None) -> DataFrame | None:
        """The table at ``version``, its newest by default; None where there is no such table.

        Raises ``ConfigError`` where something else than a Delta table is in its place.
        """
        reader = self.spark.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        try:
            frame = self._load(reader, table)
            frame.schema  # noqa: B018 - Spark looks for the table now
            return frame
        except PySparkException as error:
            if self._is_absent(table, error):
                return None
            place = "path" if self.output.path is not None else "schema"
            raise ConfigError(
                f"output.{place}: {self.location(table)} is no readable Delta table ({first_line(error)});"
                " move what is there away, or choose another output"
            ) from error

    def at(self, table: str, versions: Mapping[str, int]) -> DataFrame:
        """The table as the run with these table versions left it; ``InputError`` where it cannot be read any more."""
        version = versions.get(table)
        place = self.location(table) if version is None else f"{self.location(table)} (version {version})"
        try:
            frame = self.read(table, version)
        except ConfigError as error:
            why = first_line(error.__cause__) if isinstance(error.__cause__, PySparkException) else str(error)
            raise InputError(
                f"{place}: a committed run wrote it, and it cannot be read any more: {why}; {RESTORE}"
            ) from error
        except Exception as error:  # whatever a file system or a parser raises below Spark
            raise InputError(f"{place}: a committed run wrote it, and its log is gone or damaged; {RESTORE}") from error
        if frame is None:
            raise InputError(f"{place}: a committed run wrote it, and it is gone; {RESTORE}")
        return frame

    def prepare(self) -> None:
        """Makes the folder of the output; raises ``ConfigError`` where nobody can write to it or no schema is there."""
        if self.output.path is not None:
            make_folder(self.spark, self.output.path)
        elif not self.spark.catalog.databaseExists(quoted(self.output.schema or "")):
            raise ConfigError(f"output.schema: there is no schema {self.output.schema}; create it first")

    def require_writable(self, names: Iterable[str]) -> None:
        """Raises ``ConfigError`` where something else than a Delta table stands in the place of a table."""
        if self.output.path is not None:
            present = file_names(self.spark, self.output.path)
            names = [name for name in names if name in present]
        for name in names:
            self.read(name)

    @property
    def work_folder(self) -> str:
        """Where the working files of all runs are; a catalog has no folder, so that its checkpoints go elsewhere."""
        beside = self.output.path or f"/tmp/identity_spark/{self.output.schema}"
        return f"{beside.rstrip('/')}/_work"

    def in_sql(self, table: str) -> str:
        """The table as SQL names it."""
        if self.output.path is None:
            return self.location(table)
        return path_in_sql(self.spark, self._path(table))

    def update(self, table: str, where: str, arguments: Mapping[str, object], **values: object) -> bool:
        """Sets columns to ``values`` in the rows that the SQL predicate keeps; whether there were any.

        ``where`` names its ``arguments`` like ``:token``. Spark's own exception where another commit came first.
        """
        settings = ", ".join(f"{name} = :new_{name}" for name in values)
        named = {**arguments, **{f"new_{name}": value for name, value in values.items()}}
        # By way of a view: where SQL names a path, Spark's catalog makes a folder where the job runs.
        view = f"updated_{secrets.token_hex(8)}"
        self._load(self.spark.read.format("delta"), table).createTempView(view)
        try:
            (row,) = self.spark.sql(f"UPDATE {view} SET {settings} WHERE {where}", named).collect()
        finally:
            self.spark.catalog.dropTempView(view)
        return bool(row[0])

    def commits(self, table: str, after: int = -1) -> Iterator[Commit]:
        """The commits later than the version ``after``, the newest first; those that the log no longer holds left out.

        Of a path the driver reads the log itself, an entry when it is asked for: asking Delta costs a job.
        """
        if self.output.path is not None:
            yield from delta_log.commits(self.spark, self._path(table), after)
        else:
            history = self.spark.sql(f"DESCRIBE HISTORY {self.in_sql(table)}").where(F.col("version") > after)
            columns = ("version", "operation", "operationParameters", "userMetadata")
            for row in history.orderBy(F.desc("version")).select(*columns).collect():
                yield Commit(row[0], row[1], dict(row[2] or {}), row[3])

    def files(self, table: str, version: int) -> list[str] | None:
        """The files of the table at a version; None where the log does not tell in one entry, or there is no path."""
        return None if self.output.path is None else delta_log.files(self.spark, self._path(table), version)

    def newest(self, table: str) -> int:
        """The newest version of a table; -1 where there is none."""
        if self.output.path is not None:
            return next(iter(delta_log.versions(self.spark, self._path(table))), -1)
        return -1 if self.read(table) is None else newest_version(self.spark, self.in_sql(table))

    def create(self, table: str, rows: DataFrame, properties: Mapping[str, str]) -> None:
        """A new table with ``rows``; Spark's own exception where there is one already, or another writer was faster."""
        writer = rows.write.format("delta").mode("error").options(**properties)
        if self.output.path is not None:
            writer.save(self._path(table))
        else:
            writer.saveAsTable(self.location(table))

    def drop(self, table: str) -> None:
        """Removes the table, and the folder of the output if nothing else is in it."""
        if self.output.path is not None:
            delete_folder(self.spark, self._path(table), empty_parents=1)
        else:
            self.spark.sql(f"DROP TABLE IF EXISTS {self.location(table)}")

    def keeps_long(self, table: str) -> bool:
        """Whether Delta remembers long enough which files no version needs any more, and since when."""
        (properties,) = self.spark.sql(f"DESCRIBE DETAIL {self.in_sql(table)}").select("properties").collect()[0]
        return bool(properties.get(REMEMBERED) == PROPERTIES[REMEMBERED])

    def unused_files(self, table: str, hours: int) -> int:
        """How many files no version needs that was current in the last ``hours``."""
        return self.spark.sql(f"VACUUM {self.in_sql(table)} RETAIN {hours} HOURS DRY RUN").count()

    def vacuum(self, table: str, hours: int) -> None:
        """Removes those files."""
        self.spark.sql(f"VACUUM {self.in_sql(table)} RETAIN {hours} HOURS")

    def leftovers(self) -> list[str]:
        """The working files and tables that runs left behind; those of a run at work too, so hold the lock."""
        names = [] if is_connect(self.spark) else file_names(self.spark, self.work_folder)
        return [f"{self.work_folder}/{name}" for name in names] + self._work_tables()

    def remove_leftovers(self) -> None:
        for table in self._work_tables():
            self.spark.sql(f"DROP TABLE IF EXISTS {table}")
        if not is_connect(self.spark):
            delete_folder(self.spark, self.work_folder)

    def _work_tables(self) -> list[str]:
        if self.output.schema is None:
            return []
        rows = self.spark.sql(f"SHOW TABLES IN {quoted(self.output.schema)}").collect()
        return sorted(self.location(row["tableName"]) for row in rows if row["tableName"].startswith("_work_"))

    def replace(self, table: str, rows: DataFrame, run_id: str) -> int:
        """Makes ``rows`` the whole content of the table; returns the version written."""
        return self._write(table, rows, run_id, {"overwriteSchema": "true"})

    def add(self, table: str, rows: DataFrame, run_id: str, dead: Sequence[str]) -> int:
        """Puts ``rows`` beside those of other runs; what the ``dead`` ones left goes. Returns the version.

        Columns that the table does not have yet are added to it.
        """
        options = {"mergeSchema": "true"}
        if not dead:
            return self._write(table, rows, run_id, options, mode="append")
        gone = ", ".join(f"'{run}'" for run in sorted({run_id, *dead}))
        return self._write(table, rows, run_id, options | {"replaceWhere": f"run_id IN ({gone})"})

    def _write(self, table: str, rows: DataFrame, run_id: str, options: dict[str, str], mode: str = "overwrite") -> int:
        before = self.newest(table)
        if before < 0 and self.output.path is not None:  # nothing to look for in a table that is not there
            mode = "error"
        elif before < 0:  # a catalog notes down the run only where it may replace the table
            mode, options = "overwrite", {"overwriteSchema": "true"}
        writer = rows.write.format("delta").mode(mode).options(**PROPERTIES, **options)
        writer = writer.option("userMetadata", json.dumps({"run_id": run_id}))
        if self.output.path is not None:
            writer.save(self._path(table))
        else:
            writer.saveAsTable(self.location(table))
        # Delta makes no commit of what changes nothing, as no rows in place of no rows.
        return next((commit.version for commit in self.commits(table, before) if commit.run_id == run_id), before)

    def _is_absent(self, table: str, error: PySparkException) -> bool:
        """Whether ``error`` means that nothing is there: no path, or what a first write left that died."""
        condition = (error.getCondition() or "").split(".")[0]
        if condition == "DELTA_TABLE_NOT_FOUND" and self.output.path is not None:
            names = file_names(self.spark, self._path(table))
            return all(name == "_delta_log" or name.endswith((".parquet", ".crc")) for name in names)
        return condition in ABSENT

    def _path(self, table: str) -> str:
        return f"{(self.output.path or '').rstrip('/')}/{table}"

    def _load(self, reader: DataFrameReader, table: str) -> DataFrame:
        if self.output.path is not None:
            return reader.load(self._path(table))
        return reader.table(self.location(table))
