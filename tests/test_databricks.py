"""The asset bundle against the types that Databricks publishes in ``databricks-bundles``, and against this project.

The package refuses unknown keys and wrong types of a job. It has no type for the top of the file, so that is held
against the keys used here.
"""

from pathlib import Path

import pytest
import yaml
from databricks.bundles.jobs import Job

from identity_spark.config import load_config

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = yaml.safe_load((ROOT / "conf" / "databricks" / "databricks.yml").read_text("utf-8"))
JOBS = BUNDLE["resources"]["jobs"]
SET = {"${var.schema}": "main.identity", "${var.config}": str(ROOT / "conf" / "customers.yaml")}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_has_the_published_shape(name):
    job = Job.from_dict(JOBS[name])
    assert {task.python_wheel_task.package_name for task in job.tasks} == {"identity_spark"}


def test_an_unknown_key_would_be_seen():
    with pytest.raises(ValueError, match="Unexpected field 'entry_pint'"):
        Job.from_dict({"tasks": [{"task_key": "a", "python_wheel_task": {"entry_pint": "a", "package_name": "b"}}]})


@pytest.mark.parametrize("name", JOBS)
def test_a_task_runs_a_job_that_is_there_with_arguments_that_it_takes(name):
    for task in JOBS[name]["tasks"]:
        wheel = task["python_wheel_task"]
        job = wheel["entry_point"].removeprefix("identity-").removesuffix("-task")
        assert (ROOT / "jobs" / f"{job}.py").exists()
        assert {type(argument) for argument in wheel["parameters"]} == {str}
        arguments = [_filled_in(argument) for argument in wheel["parameters"]]
        options = dict(zip(arguments[::2], arguments[1::2], strict=True))
        assert set(options) == {"--config", "--set"}
        settings = [value for option, value in zip(arguments[::2], arguments[1::2], strict=True) if option == "--set"]
        config = load_config([options["--config"]], settings, environment={})
        assert config.output.schema == "main.identity"
        assert config.engine == ("dataframe" if "environment_key" in task else "graphframes")


def test_every_variable_is_declared_and_every_target_sets_known_ones():
    assert set(BUNDLE) == {"bundle", "variables", "artifacts", "resources", "targets"}
    used = {part.split("}")[0] for part in yaml.safe_dump(JOBS).split("${var.")[1:]}
    assert used == set(BUNDLE["variables"])
    assert {target["mode"] for target in BUNDLE["targets"].values()} == {"development", "production"}
    for target in BUNDLE["targets"].values():
        assert set(target.get("variables", {})) <= used


def _filled_in(argument: str) -> str:
    for variable, value in SET.items():
        argument = argument.replace(variable, value)
    return argument
