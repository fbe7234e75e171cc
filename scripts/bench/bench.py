#!/usr/bin/env python3
"""Times the real job on made data, in a fresh process, and prints what it measured as JSON.

  scripts/bench/bench.py --rows 1000000 [--profile minimal] [--engine dataframe] [--driver-memory 8g] [--keep DIR]
  scripts/bench/bench.py --rows 1000000 --compare earlier.json  # the same, with ratios: new to earlier
  scripts/bench/bench.py --rows 1000000 --only standardize  # of each standardizer: bench_standardize.py

``wall_s`` is the whole process with the start of Spark, ``peak_mb`` the resident memory of the job's JVM and Python
together at its highest (sampled each half second). ``stages`` has the seconds and rows of each stage and, from Spark's
event log, what its tasks did: their number and processor seconds, shuffles written and their size, what was spilled.
The profile ``full`` is conf/customers.yaml as it is, ``minimal`` the same with the four exact rules of MINIMAL.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import event_log

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = """rules=[
 {name: loyalty, criteria: [{identifiers: loyalty_id, match: exact}]},
 {name: email, criteria: [{identifiers: email, match: exact}]},
 {name: own_phone, criteria: [{identifiers: own_phone, match: exact}]},
 {name: name_and_birth_date, criteria: [{identifiers: [first_name, last_name, birth_date], match: exact}]}]"""
STAGE = re.compile(r"^\d\d:\d\d:\d\d (?P<name>[a-z_ ]+): (?:(?P<rows>[\d,]+) rows, )?(?P<seconds>[\d.]+) s$")


def main() -> None:
    arguments = parse()
    earlier = json.loads(Path(arguments.compare).read_text(encoding="utf-8")) if arguments.compare else None
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="bench-"))
    try:
        people = folder / f"people-{arguments.rows}-{arguments.seed}"
        if not (people / "meta.json").exists():
            make_people(arguments.rows, arguments.seed, people)
        run = run_standardize if arguments.only == "standardize" else run_job
        result = run(arguments, people, folder)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if earlier is not None:
        result["ratios"] = ratios(result, earlier)
    print(json.dumps(result, indent=1))


def parse(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times the job on made data.")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("graphframes", "dataframe"), default="graphframes")
    parser.add_argument("--profile", choices=("full", "minimal"), default="full")
    parser.add_argument("--driver-memory", default="8g")
    parser.add_argument("--keep", metavar="DIR", help="keep the data there, and use it again")
    parser.add_argument("--compare", metavar="FILE", help="an earlier result, to which ratios are given")
    parser.add_argument("--only", choices=("standardize",), help="time this part alone, warm")
    parser.add_argument("--repetitions", type=int, default=5, help="warm passes of --only, of which the median counts")
    return parser.parse_args(given)


def make_people(rows: int, seed: int, out: Path) -> None:
    command = [str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "scripts" / "make_people.py")]
    options = ["--rows", str(rows), "--seed", str(seed), "--out", str(out), "--force"]
    subprocess.run([*command, *options], check=True, stdout=sys.stderr)


def run_job(arguments: argparse.Namespace, people: Path, folder: Path) -> dict:
    """Runs the job once into an empty output; exits with the job's own code where it fails."""
    output, log = folder / "output", folder / "event_log"
    for old in (output, log):
        shutil.rmtree(old, ignore_errors=True)
    log.mkdir()
    environment = {**os.environ, "PEOPLE": str(people), "OUTPUT": str(output)}
    start = time.monotonic()
    process = subprocess.Popen(
        command(arguments, log), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak = PeakMemory(process.pid)
    out, err = process.communicate()
    wall = time.monotonic() - start
    if process.returncode:
        sys.stderr.write(err)
        sys.exit(process.returncode)
    sys.stderr.write(out)
    stages = {m["name"]: stage(m) for line in err.splitlines() if (m := STAGE.match(line))}
    works = event_log.read(log, stages)
    return {
        "rows": arguments.rows,
        "profile": arguments.profile,
        "engine": arguments.engine,
        "machine": machine(arguments),
        "wall_s": round(wall, 1),
        "stages_s": round(sum(s["seconds"] for s in stages.values()), 1),
        "peak_mb": peak.stop(),
        **event_log.total(works.values()).figures(),
        "stages": {n: {**stages.get(n, {}), **works.get(n, event_log.Work()).figures()} for n in {**stages, **works}},
    }


def command(arguments: argparse.Namespace, log: Path) -> list[str]:
    """The job by spark-submit, its event log in ``log``."""
    settings = {**event_log.SETTINGS, "spark.eventLog.dir": log.resolve().as_uri()}
    options = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    submit = [str(ROOT / "scripts" / "submit"), "--driver-memory", arguments.driver_memory, *options]
    job = [str(ROOT / "jobs" / "resolve.py"), "--config", str(ROOT / "conf" / "customers.yaml")]
    changes = [f"clustering.engine={arguments.engine}", *([MINIMAL] if arguments.profile == "minimal" else [])]
    return [*submit, *job, *(part for change in changes for part in ("--set", change))]


def ratios(result: Mapping, earlier: Mapping) -> dict:
    """Every number of ``result`` divided by the one of the same name in ``earlier``, where both are there and not 0."""
    found = {}
    for name, value in result.items():
        other = earlier.get(name)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            found[name] = ratios(value, other)
        elif isinstance(value, int | float) and isinstance(other, int | float) and other:
            found[name] = round(value / other, 3)
    return found


def run_standardize(arguments: argparse.Namespace, people: Path, folder: Path) -> dict:
    """Runs scripts/bench/bench_standardize.py on the people; exits with its code where it fails."""
    work = folder / "standardize"
    work.mkdir(parents=True, exist_ok=True)
    result = work / "standardize.json"
    submit = [str(ROOT / "scripts" / "submit"), "--driver-memory", arguments.driver_memory]
    part = [str(ROOT / "scripts" / "bench" / "bench_standardize.py"), "--people", str(people), "--work", str(work)]
    options = ["--result", str(result), "--repetitions", str(arguments.repetitions)]
    process = subprocess.run([*submit, *part, *options], stdout=sys.stderr, check=False)
    if process.returncode:
        sys.exit(process.returncode)
    return {"rows": arguments.rows, "machine": machine(arguments), **json.loads(result.read_text(encoding="utf-8"))}


def machine(arguments: argparse.Namespace) -> dict:
    return {"cores": os.cpu_count(), "platform": platform.platform(), "driver_memory": arguments.driver_memory}


def stage(match: re.Match[str]) -> dict:
    rows = {} if match["rows"] is None else {"rows": int(match["rows"].replace(",", ""))}
    return {"seconds": float(match["seconds"]), **rows}


class PeakMemory:
    """The highest resident memory of a process and all its children, in MB."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self.running = pid, 0, True
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self) -> int:
        self.running = False
        self.thread.join()
        return self.peak // 1024

    def _watch(self) -> None:
        while self.running:
            self.peak = max(self.peak, sum(map(resident_kb, family(self.pid))))
            time.sleep(0.5)


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in family(int(child)))]


def resident_kb(pid: int) -> int:
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
