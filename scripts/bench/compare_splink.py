#!/usr/bin/env python3
"""Times the pairs and clusters of four exact rules beside Splink's on Spark, on one machine, and prints JSON.

  scripts/bench/compare_splink.py --rows 1000000 [--driver-memory 8g] [--keep DIR]

Both start from the same file of standardized records with one value per identifier, each in a Spark of its own with
the same settings, and end with clusters in a file. ``seconds`` are the best of ``REPETITIONS``, without Spark's start;
``same`` tells whether both found the same clusters. Splink is installed from PyPI for this script alone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from bench import MINIMAL, make_people  # noqa: E402 - the folder above

SPLINK = "splink==5.0.0"
LIBRARY = ROOT / ".spark" / "splink"
REPETITIONS = 2
FIELDS = ("loyalty_id", "email", "own_phone", "first_name", "last_name", "birth_date")
BLOCKS = (("loyalty_id",), ("email",), ("own_phone",), ("first_name", "last_name", "birth_date"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Times pairs and clusters of exact rules beside Splink's.")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--driver-memory", default="8g")
    parser.add_argument("--keep", metavar="DIR", help="keep the data there, and use it again")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        PARTS[arguments.part](Path(arguments.keep))
        return
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="compare-")).resolve()
    try:
        print(json.dumps({"rows": arguments.rows, **compare(arguments, folder)}, indent=1))
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def compare(arguments: argparse.Namespace, folder: Path) -> dict:
    if not LIBRARY.exists():
        pip = [str(ROOT / ".venv" / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([*pip, "--target", str(LIBRARY), SPLINK], check=True, stdout=sys.stderr)
    people = folder / f"people-{arguments.rows}-1"
    if not people.exists():
        make_people(arguments.rows, 1, people)
    environment = {**os.environ, "PEOPLE": str(people), "OUTPUT": str(folder / "output")}
    environment["PYTHONPATH"] = f"{ROOT}:{LIBRARY}"
    for part in PARTS:
        submit = [str(ROOT / "scripts" / "submit"), "--driver-memory", arguments.driver_memory, __file__]
        given = ["--rows", str(arguments.rows), "--keep", str(folder), "--part", part]
        subprocess.run([*submit, *given], check=True, env=environment, stdout=sys.stderr)
    found = {part: json.loads((folder / f"{part}.json").read_text("utf-8")) for part in ("ours", "splink", "same")}
    return {**found, "ratio": round(found["splink"]["seconds"] / found["ours"]["seconds"], 1)}


def prepare(folder: Path) -> None:
    """Standardized records as the job has them when it looks for pairs, with the first of several values."""
    from pyspark.sql import functions as F

    from identity_spark.pipeline import overriding, preparation
    from identity_spark.pipeline.work import Run
    from identity_spark.schemas import is_multi_valued
    from identity_spark.storage import session
    from identity_spark.storage.tables import Tables
    from identity_spark.storage.workspace import Workspace

    (spark, config), now = started(folder), datetime.now(timezone.utc)
    this = Run("prepare", now, Workspace(Tables(spark, config.output), "prepare"))
    with session.run_settings(spark):
        read = preparation.read_records(spark, config, {source.name: None for source in config.sources})
        prepared = preparation.prepare(read, overriding.read(spark, config, now), config, this)
        usable = preparation.usable_records(prepared, config, this)
        values = [F.get(n, F.lit(0)).alias(n) if is_multi_valued(usable, n) else F.col(n) for n in FIELDS]
        usable.select("record_id", "record_key", "source", *values).write.mode("overwrite").parquet(f"{folder}/records")
        this.work.clear()


def ours(folder: Path) -> None:
    from identity_spark.pipeline.clustering import connect
    from identity_spark.pipeline.work import Stage
    from identity_spark.stages import match_pairs

    spark, config = started(folder)
    records = spark.read.parquet(f"{folder}/records")

    class Files:
        def materialize(self, name, frame):
            frame.write.mode("overwrite").parquet(f"{folder}/ours/{name}")
            return spark.read.schema(frame.schema).parquet(f"{folder}/ours/{name}")

    def find() -> None:
        stage = Stage(Files())
        links = stage.write("links", match_pairs.exact_links(records, config)).frame
        stage.write("clusters", connect(links, "graphframes", stage, "clusters"))

    timed("ours", find, folder)


def splink(folder: Path) -> None:
    import splink as library

    spark, _ = started(folder)
    records = spark.read.parquet(f"{folder}/records")

    def find() -> None:
        api = library.SparkAPI(spark_session=spark, register_udfs_automatically=False)
        rules = [library.block_on(*block) for block in BLOCKS]
        settings = library.SettingsCreator(
            link_type="dedupe_only", blocking_rules_to_generate_predictions=rules, unique_id_column_name="record_id"
        )
        linker = library.Linker(api.register(records), settings)
        pairs = linker.inference.deterministic_link()
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs)
        found.as_spark_dataframe().write.mode("overwrite").parquet(f"{folder}/splink/clusters")

    timed("splink", find, folder)


def same(folder: Path) -> None:
    """Whether both made the same clusters of several records."""
    from pyspark.sql import functions as F

    spark, _ = started(folder)
    of_ours = spark.read.parquet(f"{folder}/ours/clusters").select("record_id", F.col("cluster_id").alias("ours"))
    of_splink = spark.read.parquet(f"{folder}/splink/clusters").select("record_id", F.col("cluster_id").alias("splink"))
    several = of_splink.groupBy("splink").agg(F.count("*").alias("records")).where("records > 1")
    both = of_ours.join(of_splink.join(several, "splink"), "record_id", "full")
    counted = both.agg(F.count_distinct("ours"), F.count_distinct("splink"), F.count_distinct("ours", "splink"))
    missing = both.where("ours IS NULL OR splink IS NULL").count()
    (by_ours, by_splink, by_both), records = counted.first(), both.count()
    is_same = missing == 0 and by_ours == by_splink == by_both
    result = {"clusters": by_ours, "records": records, "same": is_same}
    (folder / "same.json").write_text(json.dumps(result), "utf-8")


def started(folder: Path):
    """A Spark session, and the configuration of the sample with the four rules."""
    from identity_spark.config import load_config
    from identity_spark.storage import session

    config = load_config([ROOT / "conf" / "customers.yaml"], [MINIMAL])
    spark = session.get_session("compare")
    spark.sparkContext.setCheckpointDir(f"{folder}/checkpoints")
    return spark, config


def timed(name: str, find: Callable[[], None], folder: Path) -> None:
    seconds = []
    for _ in range(REPETITIONS):
        start = time.monotonic()
        find()
        seconds.append(round(time.monotonic() - start, 1))
    (folder / f"{name}.json").write_text(json.dumps({"seconds": min(seconds), "each": seconds}), "utf-8")


PARTS = {"prepare": prepare, "ours": ours, "splink": splink, "same": same}

if __name__ == "__main__":
    main()
