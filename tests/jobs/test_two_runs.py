"""Two runs of one output started together, as two schedulers would."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from outputs import rows
from projects import Project

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("identity_golden", "identity_lookup", "identity_runs", "identity_changes", "identity_golden_report")


@pytest.mark.slow
def test_one_finishes_and_the_other_is_told(tmp_path):
    project = Project(None, tmp_path)
    (tmp_path / "crm").mkdir()
    people = [{"id": str(n), "mail": f"m{n // 2}@x.io", "tel": None, "name": "A"} for n in range(9)]
    (tmp_path / "crm" / "people.json").write_text("\n".join(map(json.dumps, people)), "utf-8")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(project.settings), "utf-8")
    command = [str(ROOT / "scripts" / "submit"), "--driver-memory", "1g", str(ROOT / "jobs" / "resolve.py"), "--config", str(tmp_path / "config.yaml")]  # fmt: skip
    environment = {**os.environ, "IDENTITY_LOG": str(tmp_path / "log")}
    started = {
        run_id: subprocess.Popen([*command, "--run-id", run_id], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for run_id in ("left", "right")
    }  # fmt: skip
    said = {run_id: process.communicate()[1] for run_id, process in started.items()}
    codes = {process.returncode: run_id for run_id, process in started.items()}
    assert set(codes) == {0, 5}, said
    (error,) = [line for line in said[codes[5]].splitlines() if line.startswith("error: ")]
    assert f"run {codes[0]} on " in error
    assert "holds the output since" in error
    for table in TABLES:
        assert {r["run_id"] for r in rows(project.output, table)} == {codes[0]}
    assert not (project.output / "_work").exists()
