"""What standardizing a customer's identifiers costs beyond reading them; started by ``scripts/bench/bench.py``.

Every record holds every identifier: where a made person's is missing, another person's stands in. Timed are warm passes
into ``noop``, in rounds, so that a busy moment of the machine touches every expression alike; each figure is a median.

``read_s`` reads the columns, ``standardize_s`` is what standardizing them adds; ``cpu_s`` the same in processor time
spread over the cores, which other processes disturb less. ``each`` is in seconds per million values. ``code``: is every
select generated code, how long is its longest method, and is that short enough for the JVM to compile.
"""

import argparse
import io
import json
import os
import re
import statistics
import sys
import time
from contextlib import redirect_stdout
from functools import reduce
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions.phone import dialling
from identity_spark.expressions.standardizers import standardizer

TODAY = "2026-01-01"
TYPES = {
    "email": "email",
    "phone": "phone",
    "first_name": "first_name",
    "last_name": "last_name",
    "birth_date": "date",
    "street": "address",
    "city": "address",
    "postcode": "postal_code",
}
SOURCES: dict[str, list[str | None]] = {  # the columns of each source, in the order of TYPES
    "crm": ["email", "phone", "given_name", "family_name", "dob", "street", "town", "postcode"],
    "shop": ["mail", "mobile", "first", "last", None, "address", "city", "zip"],
    "app": ["email_address", "phone_number", "forename", "surname", "birthday", None, None, None],
    "newsletter": ["email", None, "name_first", None, None, None, None, None],
}
FORMATS = {"crm": "parquet", "shop": "parquet", "app": "csv", "newsletter": "json"}
STAND_INS = 1000  # so many values of each identifier take the places of missing ones
WARM_UP = 2  # rounds before the clock counts
JIT_LIMIT = 8000  # bytes of code; the JVM only ever interprets a longer method
METHOD_SIZE = re.compile(r"maxMethodCodeSize:(\d+)")


def main() -> None:
    arguments = parse()
    spark = SparkSession.builder.appName("bench standardize").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    records = complete_records(spark, Path(arguments.people), Path(arguments.work) / "records")
    forms = standardized()
    passes = {"read": records, "all": records.select(*forms.values())}
    for name, form in forms.items():
        passes |= {f"read {name}": records.select(name), name: records.select(form)}
    wall, cpu = timed(passes, arguments.repetitions)
    cores, millions = spark.sparkContext.defaultParallelism, records.count() / 1e6
    result = {
        "read_s": round(wall["read"], 2),
        "standardize_s": round(wall["all"] - wall["read"], 2),
        "cpu_s": round((cpu["all"] - cpu["read"]) / cores, 2),
        "each": {name: round((wall[name] - wall[f"read {name}"]) / millions, 2) for name in forms},
        "each_cpu_s": {name: round((cpu[name] - cpu[f"read {name}"]) / cores / millions, 2) for name in forms},
        "code": {name: code(passes[name]) for name in ("all", *forms)},
    }
    Path(arguments.result).write_text(json.dumps(result), encoding="utf-8")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times the standardizers on made people.")
    parser.add_argument("--people", required=True, help="folder of scripts/make_people.py")
    parser.add_argument("--work", required=True, help="folder for the records")
    parser.add_argument("--result", required=True, help="JSON file to write")
    parser.add_argument("--repetitions", type=int, default=5)
    return parser.parse_args()


def standardized() -> dict[str, Column]:
    """The canonical form of each identifier, as a default configuration for American customers makes it."""
    formats = ["yyyy-MM-dd", "dd/MM/yyyy"]
    forms = {kind: standardizer(kind, dialling(F.lit("US")), F.lit(TODAY), formats=formats) for kind in TYPES.values()}
    return {name: forms[kind](F.col(name)).alias(name) for name, kind in TYPES.items()}


def complete_records(spark: SparkSession, people: Path, folder: Path) -> DataFrame:
    """The raw identifiers of all sources in one Parquet table, none of them missing."""
    records = reduce(DataFrame.union, (source(spark, people, name) for name in SOURCES))
    place = F.pmod(F.xxhash64(*TYPES), F.lit(STAND_INS)).cast("int")
    filled = [F.coalesce(name, F.get(F.lit(stand_ins(records, name)), place)).alias(name) for name in TYPES]
    parts = 2 * spark.sparkContext.defaultParallelism
    records.select(filled).repartition(parts).write.mode("overwrite").parquet(str(folder))
    return spark.read.parquet(str(folder))


def source(spark: SparkSession, people: Path, name: str) -> DataFrame:
    table = spark.read.format(FORMATS[name]).option("header", True).load(str(people / name))
    columns = zip(TYPES, SOURCES[name], strict=True)
    return table.select(*((F.col(own) if own else F.lit(None)).cast("string").alias(to) for to, own in columns))


def stand_ins(records: DataFrame, name: str) -> list[str]:
    known = records.select(name).where(F.col(name).isNotNull()).limit(STAND_INS).collect()
    return [known[n % len(known)][name] for n in range(STAND_INS)]


def timed(passes: dict[str, DataFrame], repetitions: int) -> tuple[dict[str, float], dict[str, float]]:
    """The median seconds of each pass: by the clock, and of processor time."""
    wall: dict[str, list[float]] = {name: [] for name in passes}
    cpu: dict[str, list[float]] = {name: [] for name in passes}
    for round_number in range(WARM_UP + repetitions):
        for name, frame in passes.items():
            start, cpu_start = time.monotonic(), cpu_seconds()
            frame.write.format("noop").mode("overwrite").save()
            if round_number >= WARM_UP:
                wall[name].append(time.monotonic() - start)
                cpu[name].append(cpu_seconds() - cpu_start)
        print(f"round {round_number + 1} of {WARM_UP + repetitions}", file=sys.stderr)
    return medians(wall), medians(cpu)


def medians(figures: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(found) for name, found in figures.items()}


def cpu_seconds() -> float:
    """Processor time of the JVM, which is spark-submit's and this script's parent, so far."""
    fields = Path(f"/proc/{os.getppid()}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def code(frame: DataFrame) -> dict[str, int | bool]:
    """Whether every select is generated code, the bytes of its longest method, and whether the JVM compiles that."""
    projects = re.findall(r"^(.*)\bProject ", explained(frame, "simple"), re.MULTILINE)
    generated = all("*(" in stage for stage in projects)
    largest = max(map(int, METHOD_SIZE.findall(explained(frame, "codegen"))), default=0)
    return {"generated": generated, "largest_method": largest, "compiled": generated and largest < JIT_LIMIT}


def explained(frame: DataFrame, mode: str) -> str:
    with redirect_stdout(io.StringIO()) as plan:
        frame.explain(mode=mode)
    return plan.getvalue()


if __name__ == "__main__":
    main()
