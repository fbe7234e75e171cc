"""Publishes saved results as a run does, and dies on the way: in a test, or as a process: CONFIG RESULTS RUN_ID TABLE."""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from sessions import new_session

from identity_spark import schemas
from identity_spark.config import Config, load_config
from identity_spark.pipeline import publication
from identity_spark.pipeline.resolution import Resolution
from identity_spark.storage.known import Known
from identity_spark.storage.tables import Tables

COMMITTED = "committed"  # after the last write; the other points are the tables that are about to be written
Change = Callable[[Resolution], Resolution]


class Saved(Exception):  # noqa: N818 - no error: the results are where the test wants them
    pass


class Dead(BaseException):
    """No ``Exception``: nothing in a run may catch it, as nothing catches a kill."""


def save_results(spark: SparkSession, config: Config, folder: Path) -> None:
    """What a run of this configuration would publish now; nothing is published."""
    resolve = publication.resolution_of

    def saving(*given: object) -> Resolution:
        found = resolve(*given)
        for name, rows in found.tables.items():
            rows.drop("run_id").write.parquet(str(folder / name))
        (folder / "rest").write_bytes(pickle.dumps((dict(found.counts), dict(found.metrics), dict(found.reasons))))
        raise Saved

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publication, "resolution_of", saving)
        with pytest.raises(Saved):
            publication.run(spark, config, "saved")


def publish_saved(
    spark: SparkSession, config: Config, folder: Path, run_id: str, change: Change = lambda r: r
) -> list[tuple]:
    """A run whose results are those saved, with a ``change``; returns the claims to ids that it had to start from."""
    started_from = []

    def saved(_read: object, _given: object, known: Known, *_: object) -> Resolution:
        started_from.append(sorted(map(tuple, known.ids.select("record_key", "dinmo_id", "published").collect())))
        tables = {}
        for name in [name for name in schemas.TABLES if (folder / name).exists()]:
            stamp = [f"'{run_id}' AS run_id"] if "run_id" in schemas.TABLES[name].names else []
            tables[name] = spark.read.parquet(str(folder / name)).selectExpr("*", *stamp)
        return change(Resolution(tables, *pickle.loads((folder / "rest").read_bytes())))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publication, "resolution_of", saved)
        publication.run(spark, config, run_id)
    return started_from[0]


@contextmanager
def dying(point: str, die: Callable[[], None]) -> Iterator[None]:
    """Whoever is about to write the table ``point`` dies; at ``COMMITTED``, whoever has just written the manifest."""

    def deadly(write: Callable) -> Callable:
        @wraps(write)
        def written(tables: Tables, table: str, *rest: object, **more: object) -> int:
            if table == point:
                die()
            version = write(tables, table, *rest, **more)
            if (table, point) == ("identity_runs", COMMITTED):
                die()
            return version

        return written

    with pytest.MonkeyPatch.context() as patched:
        for name in ("replace", "add"):
            patched.setattr(Tables, name, deadly(getattr(Tables, name)))
        yield


def power_failure() -> None:
    """The driver, Python and JVM, is gone at once."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    config_file, results, run_id, table = sys.argv[1:]
    with dying(table, power_failure):
        publish_saved(new_session(Path(results)), load_config([config_file], environment={}), Path(results), run_id)
