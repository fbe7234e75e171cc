"""A small project in a folder of its own: one source of people, run in the session of the tests."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml
from pyspark.sql import SparkSession

from identity_spark import pipeline
from identity_spark.config import Config, load_config
from identity_spark.pipeline.publication import Published

NO_BASELINE = ("source_rows_drop", "completeness_drop", "ended_ids", "bad_keys", "over_shared")  # few rows are no night
Row = tuple[str, str | None, str | None, str | None]  # id, mail, phone, surname
# 1 and 2 share an e-mail, 3 and 4 a phone, 5 is alone.
PEOPLE: list[Row] = [("1", "a@x.io", None, "A"), ("2", "a@x.io", None, "A"), ("3", "b@x.io", "2025550111", "B"), ("4", "c@x.io", "2025550111", "C"), ("5", "d@x.io", None, "D")]  # fmt: skip


class Project:
    """One source of people; runs of it one after another."""

    def __init__(self, spark: SparkSession | None, folder: Path) -> None:
        self.spark = spark
        self.folder = folder
        self.output = folder / "lake"
        self.settings = {
            "project": "small",
            "default_country": "US",
            "sources": {
                "crm": {
                    "path": str(folder / "crm"),
                    "format": "json",
                    "primary_key": "id",
                    "columns": {"email": "mail", "phone": "tel", "last_name": "name"},
                }
            },
            "identifiers": {
                "email": {"type": "email", "max_distinct_per_value": None},
                "phone": {"type": "phone", "max_distinct_per_value": None},
                "last_name": {"type": "last_name"},
            },
            "rules": [
                {"name": "email", "criteria": [{"identifiers": "email", "match": "exact"}]},
                {"name": "phone", "criteria": [{"identifiers": "phone", "match": "exact"}]},
            ],
            "clustering": {"engine": "dataframe"},
            "gates": dict.fromkeys(NO_BASELINE),
            "output": {"path": str(self.output)},
        }

    def write(self, rows: Sequence[Row]) -> None:
        people = [dict(zip(("id", "mail", "tel", "name"), row, strict=True)) for row in rows]
        (self.folder / "crm").mkdir(exist_ok=True)
        (self.folder / "crm" / "people.json").write_text("\n".join(map(json.dumps, people)), "utf-8")

    def copied(self, folder: Path) -> "Project":
        """The same sources and output in another folder."""
        return Project(self.spark, shutil.copytree(self.folder, folder))

    def config(self, *changes: str) -> Config:
        file = self.folder / "config.yaml"
        file.write_text(yaml.safe_dump(self.settings, sort_keys=False), "utf-8")
        return load_config([file], changes, environment={})

    def run(self, run_id: str, rows: Sequence[Row] | None = None, *changes: str) -> Published:
        if rows is not None:
            self.write(rows)
        return pipeline.run(self.spark, self.config(*changes), run_id)
