"""The examples of conf/ for Airflow and Kubernetes name what there is; Airflow itself is too large to be installed here."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from identity_spark.storage import packages

ROOT = Path(__file__).resolve().parent.parent
CONF = ROOT / "conf"
COORDINATE = re.compile(r"io\.(?:delta:delta-spark|graphframes:graphframes-spark4)_[\w.]+:[\w.]+")
DOCUMENTS = [
    *ROOT.glob("[!.]*/README.md"),
    ROOT / "README.md",
    *(file for file in CONF.rglob("*") if file.suffix in (".md", ".yml", ".py")),
]


class Task:
    """What ``SparkSubmitOperator`` was given, and the tasks in the order of ``>>``."""

    def __init__(self, **given) -> None:
        self.given = given
        self.after: Task | None = None

    def __rshift__(self, other: "Task") -> "Task":
        other.after = self
        return other


class Dag:
    """What ``DAG`` was given."""

    def __init__(self, **given) -> None:
        made.append(given)

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        return None


made: list = []


@pytest.fixture
def tasks(monkeypatch) -> list[Task]:
    """The tasks of the DAG, by stand-ins for the two names that it imports."""
    names = {"airflow.sdk": {"DAG": Dag}, "airflow.providers.apache.spark.operators.spark_submit": {}}
    found: list[Task] = []

    def operator(**given) -> Task:
        found.append(Task(**given))
        return found[-1]

    names["airflow.providers.apache.spark.operators.spark_submit"]["SparkSubmitOperator"] = operator
    for name, content in names.items():
        for end in range(1, name.count(".") + 2):
            part = ".".join(name.split(".")[:end])
            monkeypatch.setitem(sys.modules, part, sys.modules.get(part) or ModuleType(part))
        vars(sys.modules[name]).update(content)
    made.clear()
    runpy.run_path(str(CONF / "airflow" / "identity.py"))
    return found


def test_the_dag_runs_jobs_that_are_there_with_options_that_they_take(tasks):
    assert [task.given["task_id"] for task in tasks] == ["resolve", "report", "cleanup"]
    assert [task.after and task.after.given["task_id"] for task in tasks] == [None, "resolve", "report"]
    (dag,) = made
    assert (dag["max_active_runs"], dag["catchup"]) == (1, False)
    for task in tasks:
        folder, _, file = task.given["application"].rpartition("/")
        assert folder == "{{ var.value.identity_jobs }}"
        command = [sys.executable, ROOT / "jobs" / file, "--help"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        options = task.given["application_args"][::2]
        assert options[0] == "--config"
        assert set(options) <= set(re.findall(r"--[a-z][\w-]*", shown)), file


def test_the_pod_mounts_the_configuration_where_the_command_reads_it():
    pod = yaml.safe_load((CONF / "kubernetes" / "driver.yaml").read_text("utf-8"))
    (container,) = pod["spec"]["containers"]
    (mount,) = container["volumeMounts"]
    commands = (CONF / "kubernetes" / "README.md").read_text("utf-8")
    assert f"--config {mount['mountPath']}/customers.yaml" in commands
    assert [volume["name"] for volume in pod["spec"]["volumes"]] == [mount["name"]]


def test_every_coordinate_written_down_is_that_of_the_pins():
    found = {(file.name, name) for file in DOCUMENTS for name in COORDINATE.findall(file.read_text("utf-8"))}
    assert {name for _, name in found} == {packages.delta(), packages.graphframes()}
    assert {"operations.md", "identity.py", "databricks.yml"} <= {file for file, _ in found}
