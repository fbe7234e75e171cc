#!/usr/bin/env python3
"""Takes from a run what it needs while it runs, and tells what became of it: a table of fault, outcome and seconds.

  scripts/chaos.py [--rows 20000] [--keep DIR] [FAULT ...]

Every fault meets the second run into an output that holds a committed one. What must hold: the job ends with an error
and nothing is published (``digest.py`` finds the tables of the first run), or it survives; and when it was started
again, without a fault, the output is that of a run that never met one. Full disks are small file systems in memory,
for which it has to be root.
Exit code 1 where something did not hold. A worker that dies is in tests/jobs/test_elsewhere.py: the job survives it.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent / "bench"))

from bench import make_people

ROOT = Path(__file__).resolve().parent.parent
FILLER = "filler"


@dataclass(frozen=True)
class Project:
    """The sample data, the output, and where Spark puts what it shuffles."""

    people: Path
    output: Path
    shuffles: Path

    def start(self, run_id: str) -> subprocess.Popen:
        environment = {**os.environ, "PEOPLE": str(self.people), "OUTPUT": str(self.output)}
        submit = [str(ROOT / "scripts" / "submit"), "--conf", f"spark.local.dir={self.shuffles}"]
        job = [str(ROOT / "jobs" / "resolve.py"), "--config", str(ROOT / "conf" / "customers.yaml"), "--run-id", run_id]
        return subprocess.Popen(
            [*submit, *job], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, run_id: str) -> None:
        process = self.start(run_id)
        _, told = process.communicate()
        if process.returncode:
            sys.exit(f"error: the run {run_id} without a fault ended with {process.returncode}:\n{told}")

    def copy(self, folder: Path) -> "Project":
        """The same in another folder, the output as it stands."""
        shutil.copytree(self.output, folder / "output")
        return Project(self.people, folder / "output", folder / "shuffles")


@dataclass(frozen=True)
class Fault:
    """``during`` is what holds while the job runs, ``strike`` what happens once it has written ``stage`` down.

    It is given the project, the folder of the stage, and the process of Spark.
    """

    stage: str
    strike: Callable[[Project, Path, int], None]
    during: Callable[[Project], AbstractContextManager] = nullcontext


def main() -> None:
    parser = argparse.ArgumentParser(description="Takes from runs what they need.")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--keep", metavar="DIR", help="work there, and keep it")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"only these of {', '.join(FAULTS)}")
    arguments = parser.parse_args()
    if unknown := sorted({*arguments.faults} - {*FAULTS}):
        parser.error(f"there is no fault {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="chaos-"))
    try:
        held = chaos(arguments.faults or list(FAULTS), arguments.rows, folder)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if held else 1)


def chaos(names: Sequence[str], rows: int, folder: Path) -> bool:
    """Prints the table; whether everything held."""
    first = Project(folder / "people", folder / "first" / "output", folder / "first" / "shuffles")
    make_people(rows, 1, first.people)
    first.run("first")
    never = first.copy(folder / "never")
    never.run("after")
    before, wanted = digest(first.output), digest(never.output)
    print("| fault | exit code | what it says | published | next run | seconds |", "| --- |" + " --- |" * 5, sep="\n")
    held = True
    for name in names:
        project = first.copy(folder / name)
        started = time.monotonic()
        code, told = meet(FAULTS[name], project)
        seconds = time.monotonic() - started
        kept = digest(project.output) == before
        project.run("after")
        same = digest(project.output) == wanted
        held = held and same and kept == bool(code)
        published = "nothing" if kept else "SOMETHING" if code else "all, as without the fault"
        outcome = (published, "as if nothing had been" if same else "DIFFERS")
        print("|", " | ".join([name.replace("_", " "), str(code), told, *outcome, f"{seconds:.0f}"]), "|", flush=True)
        shutil.rmtree(folder / name)
    return held


def digest(output: Path) -> str:
    """Of the tables of the last committed run, by scripts/digest.py."""
    command = [ROOT / ".venv" / "bin" / "python", ROOT / "scripts" / "digest.py", output]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def meet(fault: Fault, project: Project) -> tuple[int, str]:
    """The exit code of a run that meets the ``fault``, and the last line of what it says."""
    with fault.during(project):
        process = project.start("after")
        written = project.output / "_work" / "after" / fault.stage
        while process.poll() is None and not (written / "._SUCCESS.crc").exists():
            time.sleep(0.02)
        time.sleep(0.2)  # Spark is done with the folder
        fault.strike(project, written, process.pid)
        _, told = process.communicate()
    errors = [line for line in told.splitlines() if line.startswith("error: ")]
    return process.returncode, (errors or told.splitlines() or [""])[-1].split(" (stack trace")[0]


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """``folder``, with what is in it, is a file system with so much room left."""
    held = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.exists() else 0
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f"{folder.name}-aside")
    shutil.copytree(folder, aside)
    size = f"size={held // 2**20 + megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield
    finally:
        (folder / FILLER).unlink(missing_ok=True)
        shutil.rmtree(aside)
        shutil.copytree(folder, aside)  # as the run left it
        subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(folder)
        aside.rename(folder)


def full(place: str, stage: str) -> Fault:
    """The disk of a place of the project (``output``, ``shuffles``) is full once ``stage`` is written down."""

    def fill(project: Project, _: Path, __: int) -> None:
        with suppress(OSError), open(getattr(project, place) / FILLER, "wb", buffering=0) as filler:
            while True:
                filler.write(bytes(2**16))

    return Fault(stage, fill, lambda project: small_disk(getattr(project, place), 256))


FAULTS = {
    "output_disk_full_while_working": full("output", "links"),
    "output_disk_full_while_publishing": full("output", "report"),
    "shuffle_disk_full": full("shuffles", "standardize"),
    "killed_for_memory": Fault("links", lambda project, written, spark: os.kill(spark, signal.SIGKILL)),
    "working_files_lost": Fault("links", lambda project, written, spark: shutil.rmtree(written)),
    "records_lost": Fault("standardize", lambda project, written, spark: shutil.rmtree(written)),
    "checkpoints_lost": Fault("moves_1", lambda project, written, spark: shutil.rmtree(written.parent / "checkpoints")),
}


if __name__ == "__main__":
    main()
