"""The direction of imports: jobs -> pipeline -> {stages, storage} -> {expressions, config, schemas} -> errors."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "identity_spark"

LEAVES = {"errors", "reference"}
ALLOWED = {
    "errors": set(),
    "reference": set(),
    "packages": set(),
    "tasks": set(),
    "summary": set(),
    "intervals": set(),
    "sampling": set(),
    "small_frames": set(),
    "profile_graph": set(),
    "explanation": {"config", "profile_graph"},
    "why_apart": {"config", "explanation"},
    "explanation_text": {"explanation", "why_apart"},
    "labelled_sample": {"intervals", "errors"},
    "labelled_sample_text": {"intervals", "labelled_sample"},
    "page": {"page", "profile_graph"},
    "shared_values_text": {"config"},
    "measures": {"config", "intervals"},
    "measures_text": {"measures"},
    "rule_advice_text": {"config"},
    "config": {"config", *LEAVES},
    "expressions": {"expressions", "reference"},
    "schemas": LEAVES,
    "stages": {"stages", "expressions", "config", "schemas", "small_frames", *LEAVES},
    "storage": {"storage", "config", "schemas", "packages", "small_frames", *LEAVES},
    "command_line": {"errors"},
    "pipeline": {
        "pipeline",
        "stages",
        "storage",
        "expressions",
        "config",
        "schemas",
        "summary",
        "measures",
        "measures_text",
        "sampling",
        "small_frames",
        "profile_graph",
        "explanation",
        "why_apart",
        "explanation_text",
        "labelled_sample",
        "labelled_sample_text",
        "page",
        "shared_values_text",
        "rule_advice_text",
        "version",
        *LEAVES,
    },
    "jobs": {"pipeline", "storage", "config", "command_line", *LEAVES},
}
WITHOUT_SPARK = (
    "config",
    "errors.py",
    "reference.py",
    "command_line.py",
    "summary.py",
    "intervals.py",
    "measures.py",
    "measures_text.py",
    "sampling.py",
    "profile_graph.py",
    "explanation.py",
    "why_apart.py",
    "explanation_text.py",
    "labelled_sample.py",
    "labelled_sample_text.py",
    "page",
    "shared_values_text.py",
    "rule_advice_text.py",
)


def imported_modules(file: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def our_rooms(file: Path) -> set[str]:
    """The rooms of ``identity_spark`` that ``file`` imports."""
    ours = {tuple(m.split(".")) for m in imported_modules(file)}
    rooms = {parts[1] for parts in ours if parts[0] == "identity_spark" and len(parts) > 1}
    return {"version" if room == "__version__" else room for room in rooms}


def files() -> list[tuple[str, Path]]:
    found = [(p.relative_to(PACKAGE).parts[0].removesuffix(".py"), p) for p in sorted(PACKAGE.rglob("*.py"))]
    return [(room, p) for room, p in found if room != "__init__"] + [
        ("jobs", p) for p in sorted((ROOT / "jobs").glob("*.py"))
    ]


@pytest.mark.parametrize(("room", "file"), files(), ids=lambda v: v if isinstance(v, str) else v.name)
def test_imports_keep_their_direction(room: str, file: Path):
    assert our_rooms(file) <= ALLOWED[room]


@pytest.mark.parametrize("file", sorted((PACKAGE / "stages").rglob("*.py")), ids=lambda p: p.name)
def test_a_stage_imports_no_other_stage(file: Path):
    own = file.relative_to(PACKAGE / "stages").parts[0].removesuffix(".py")
    others = {m.split(".")[2] for m in imported_modules(file) if m.startswith("identity_spark.stages.")}
    assert others <= {own}


def test_graphframes_has_one_place():
    users = {f.name for _, f in files() if any(m.startswith("graphframes") for m in imported_modules(f))}
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
