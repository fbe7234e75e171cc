"""The output: Delta tables under a folder or in a catalog schema, and the working files of a run beside them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, DataFrameReader, SparkSession

from identity_spark.config import Output
from identity_spark.errors import ConfigError, InputError, first_line
from identity_spark.storage.session import delete_folder, file_names, make_folder
from identity_spark.storage.sources import newest_version, quoted

LAST_VERSION = "spark.databricks.delta.lastCommitVersionInSession"  # Delta sets it at each commit
ABSENT = ("PATH_NOT_FOUND", "DELTA_PATH_DOES_NOT_EXIST", "TABLE_OR_VIEW_NOT_FOUND")


class Tables:
    """Every table of one output by its name."""

    def __init__(self, spark: SparkSession, output: Output) -> None:
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
        frame = self.read(table, versions.get(table))
        if frame is None:
            raise InputError(f"{self.location(table)}: the last committed run wrote it, and it is gone; restore it")
        return frame

    def require_writable(self, names: Iterable[str]) -> None:
        """Raises ``ConfigError`` where something else than a Delta table stands in the place of a table."""
        if self.output.path is not None:
            present = file_names(self.spark, self.output.path)
            names = [name for name in names if name in present]
        for name in names:
            self.read(name)

    def version(self, table: str) -> int:
        """The newest version of an existing table."""
        if self.output.path is not None:
            return newest_version(self.spark, path=self._path(table), table=None)
        return newest_version(self.spark, path=None, table=f"{self.output.schema}.{table}")

    def replace(self, table: str, rows: DataFrame, run_id: str) -> int:
        """Makes ``rows`` the whole content of the table; returns the version written."""
        return self._write(table, rows, run_id, "overwrite", {"overwriteSchema": "true"})

    def add(self, table: str, rows: DataFrame, run_id: str, dead: Sequence[str]) -> int:
        """Puts ``rows`` beside those of other runs; what the ``dead`` ones left goes. Returns the version."""
        if self.read(table) is None:
            return self.replace(table, rows, run_id)
        gone = ", ".join(f"'{run}'" for run in sorted({run_id, *dead}))
        return self._write(table, rows, run_id, "overwrite", {"replaceWhere": f"run_id IN ({gone})"})

    def _write(self, table: str, rows: DataFrame, run_id: str, mode: str, options: dict[str, str]) -> int:
        writer = rows.write.format("delta").mode(mode).options(**options)
        writer = writer.option(
            "delta.dataSkippingNumIndexedCols", "1"
        )  # the key; statistics of the rest cost and help none
        writer = writer.option("userMetadata", json.dumps({"run_id": run_id}))
        self.spark.conf.unset(LAST_VERSION)
        if self.output.path is not None:
            writer.save(self._path(table))
        else:
            writer.saveAsTable(self.location(table))
        written = self.spark.conf.get(LAST_VERSION, None)
        return int(written) if written else self.version(table)

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


class Workspace:
    """The working files of one run: frames written once and read back, so that no plan is computed twice or grows."""

    def __init__(self, tables: Tables, run_id: str) -> None:
        self.tables = tables
        self.run_id = run_id
        self.spark = tables.spark
        self._made: list[str] = []

    @property
    def folder(self) -> str:
        beside = self.tables.output.path or "/tmp/identity_spark"  # a catalog has no folder: checkpoints go elsewhere
        return f"{beside.rstrip('/')}/_work/{self.run_id}"

    def materialize(self, name: str, frame: DataFrame) -> DataFrame:
        """``frame`` as it was written under ``name``: the same rows and ids at every later use."""
        if self.tables.output.path is not None:
            frame.write.mode("overwrite").parquet(f"{self.folder}/{name}")
            return self.spark.read.schema(frame.schema).parquet(f"{self.folder}/{name}")
        table = self.tables.location(re.sub(r"\W", "_", f"_work_{self.run_id}_{name}").lower())
        frame.write.mode("overwrite").format("delta").saveAsTable(table)
        self._made.append(table)
        return self.spark.read.table(table)

    def prepare(self) -> None:
        """Makes the folder of the run; raises ``ConfigError`` where the output cannot be written to."""
        if self.tables.output.path is not None:
            make_folder(self.spark, self.folder)

    def clear(self) -> None:
        """Removes everything this run left."""
        for table in self._made:
            self.spark.sql(f"DROP TABLE IF EXISTS {table}")
        delete_folder(self.spark, self.folder, empty_parents=2)
