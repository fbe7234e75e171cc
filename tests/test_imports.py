"""The rooms, and the direction of imports between them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "identity_spark"

# What a room may import, itself aside. A module of another room is named where not all of that room is meant.
BELOW = {"errors", "reference"}
ROOMS = {
    "jobs": {"command_line"},
    "audit": {
        "pipeline.preparation",  # records as a run has them
        "pipeline.work",  # the one place that runs Spark
        "pipeline.text",  # the one printer, which the summary of a run needs too
        *("stages", "storage", "expressions", "config", "schemas"),
        *BELOW,
    },
    "pipeline": {"stages", "storage", "expressions", "config", "schemas", "__version__", *BELOW},
    "stages": {"expressions", "config", "schemas", *BELOW},
    "storage": {"config", "schemas", *BELOW},
    "expressions": {"config.types", "config.dates", *BELOW},  # the one table of types, the one of date formats
    "config": BELOW,
    "schemas": BELOW,
    "command_line": BELOW,  # and by name the module of the job,
}
ROOT_MODULES = {"__init__", *BELOW, "schemas", "command_line"}
WITHOUT_SPARK = ("config", "errors.py", "reference.py", "command_line.py")


def imported_modules(file: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def ours(file: Path) -> set[str]:
    """What ``file`` imports of ``identity_spark``, below that name."""
    return {
        name.removeprefix("identity_spark.") for name in imported_modules(file) if name.startswith("identity_spark.")
    }


def room_of(file: Path) -> str:
    if file.is_relative_to(PACKAGE):
        return file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "jobs"


FILES = [*sorted(PACKAGE.rglob("*.py")), *sorted((ROOT / "jobs").glob("*.py"))]


def test_nothing_else_stands_at_the_root():
    assert {file.stem for file in PACKAGE.glob("*.py")} == ROOT_MODULES
    folders = {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    assert folders == {room for room in ROOMS if (PACKAGE / room).is_dir()}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_keep_their_direction(room: str):
    allowed = {room, *ROOMS[room]}
    files = [file for file in FILES if room_of(file) == room]
    assert files
    wrong = {
        (str(file.relative_to(ROOT)), name)
        for file in files
        for name in ours(file)
        if not any(name == one or name.startswith(f"{one}.") for one in allowed)
    }
    assert not wrong


def test_no_stage_imports_another():
    """They meet in ``schemas``."""
    stages = PACKAGE / "stages"
    inner = 0
    for file in stages.rglob("*.py"):
        own = file.relative_to(stages).parts[0].removesuffix(".py")
        others = {name.split(".")[1] for name in ours(file) if name.startswith("stages.")}
        assert others <= {own}, file
        inner += len(others)
    assert inner > 3, "stages of several modules import their own"


ACTIONS = {"collect", "count", "isEmpty", "first", "head", "take", "tail", "toPandas", "toLocalIterator", "show"}
WRITES = {"write", "writeTo", "cache", "persist", "checkpoint", "localCheckpoint", "foreach", "foreachPartition"}


def test_no_stage_runs_spark():
    """``count`` of a grouping makes a frame; every other name here is an action, or writes something down."""
    files = sorted((PACKAGE / "stages").rglob("*.py"))
    assert len(files) > 10
    assert {found for file in files for found in actions(file)} == set()
    assert len(actions(PACKAGE / "storage" / "runs.py")) > 0, "where there are some they are seen"


def actions(file: Path) -> set[str]:
    """Where a file runs Spark, or has it write."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Attribute) or node.attr not in ACTIONS | WRITES:
            continue
        of = ast.unparse(node.value)
        is_grouping = node.attr == "count" and ".groupBy(" in of.splitlines()[-1]
        if of != "F" and not is_grouping:
            found.add(f"{file.relative_to(PACKAGE)}:{node.lineno} {of}.{node.attr}")
    return found


def test_graphframes_has_one_place():
    users = {f.name for f in FILES if any(m.startswith("graphframes") for m in imported_modules(f))}
    assert users == {"clustering.py"}


def test_configuration_needs_no_spark():
    without = [
        f
        for place in WITHOUT_SPARK
        for f in ([PACKAGE / place] if place.endswith(".py") else (PACKAGE / place).rglob("*.py"))
    ]
    assert len(without) > 5
    assert not [f for f in without if any(m.startswith("pyspark") for m in imported_modules(f))]


def test_a_run_does_not_wait_for_what_draws_pictures():
    """They take a quarter of the time of all imports."""
    told = "import sys, jobs.resolve; print(*{'networkx', 'jinja2', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
