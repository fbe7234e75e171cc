"""The working files of a run, beside the tables of its output."""

import re

from pyspark.sql import DataFrame

from identity_spark.storage.files import delete_folder, make_folder
from identity_spark.storage.session import is_connect
from identity_spark.storage.tables import Tables


class Workspace:
    """The working files of one run: frames written once and read back, so that no plan is computed twice or grows."""

    def __init__(self, tables: Tables, run_id: str) -> None:
        self.tables = tables
        self.run_id = run_id
        self.spark = tables.spark
        self._made: list[str] = []

    @property
    def folder(self) -> str:
        return f"{self.tables.work_folder}/{self.run_id}"

    def materialize(self, name: str, frame: DataFrame) -> DataFrame:
        """``frame`` as it was written under ``name``: the same rows and ids at every later use."""
        if self.tables.output.path is not None:
            frame.write.mode("overwrite").parquet(f"{self.folder}/{name}")
            return self.spark.read.schema(frame.schema).load(f"{self.folder}/{name}", "parquet")
        table = self.tables.location(re.sub(r"\W", "_", f"_work_{self.run_id}_{name}").lower())
        frame.write.mode("overwrite").format("delta").option("overwriteSchema", "true").saveAsTable(table)
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
        if not is_connect(self.spark):
            delete_folder(self.spark, self.folder, empty_parents=2)
