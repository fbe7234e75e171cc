"""What a run may cost, in counts that no other load of the machine changes: queries, jobs, plan text, calls to Java.

Of 20,000 records (slow; of 2,000 else, for nothing of this grows with the data) and a frozen configuration: a feature
that needs more says so in a test of its own. Text of plans decides what a small run costs, for Spark analyses, optimizes
and compiles what it says.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import make_people
import pytest
from py4j.java_gateway import GatewayClient
from pyspark.sql import SparkSession

from identity_spark import pipeline
from identity_spark.config import load_config
from identity_spark.storage.workspace import Workspace

CONFIG = Path(__file__).resolve().parents[1] / "data" / "budget_customers.yaml"
ADDRESSES = 17_000  # characters: street words and house numbers of sixty countries, beyond the plan before them
COVERED = 0.95  # of a run's wall time that belongs to a stage


@dataclass(frozen=True)
class Cost:
    """What one run did."""

    executions: int
    jobs: int
    plans: list[int]  # characters of each
    calls: int  # from Python to Java
    files: int  # working files
    covered: float


def cost_of_run(spark: SparkSession, config, run_id: str, monkeypatch: pytest.MonkeyPatch) -> Cost:
    queries, tracker = spark._jsparkSession.sharedState().statusStore(), spark.sparkContext.statusTracker()
    # Spark keeps the last thousand: what is new has a higher number than what was there, a count says nothing.
    query = max((query.executionId() for query in _listed(queries.executionsList())), default=-1)
    job = max(tracker.getJobIdsForGroup(None), default=-1)
    calls, files = [0], []
    send, materialize = GatewayClient.send_command, Workspace.materialize

    def counted(self, *command, **more):
        calls[0] += 1
        return send(self, *command, **more)

    def named(self, name, frame):
        files.append(name)
        return materialize(self, name, frame)

    start = time.monotonic()
    with monkeypatch.context() as patched:
        patched.setattr(GatewayClient, "send_command", counted)
        patched.setattr(Workspace, "materialize", named)
        published = pipeline.run(spark, config, run_id)
    wall = time.monotonic() - start
    spark.sparkContext._jsc.sc().listenerBus().waitUntilEmpty()
    plans = [
        len(found.physicalPlanDescription())
        for found in _listed(queries.executionsList())
        if found.executionId() > query
    ]
    jobs = sum(found > job for found in tracker.getJobIdsForGroup(None))
    return Cost(len(plans), jobs, plans, calls[0], len(files), sum(published.seconds.values()) / wall)


def _listed(found: object) -> list:
    return [found.apply(n) for n in range(found.size())]


@pytest.fixture(scope="module", params=["2000", pytest.param("20000", marks=pytest.mark.slow)])
def costs(spark: SparkSession, tmp_path_factory, request) -> tuple[Cost, Cost]:
    folder = tmp_path_factory.mktemp("budget")
    make_people.main(["--rows", request.param, "--seed", "20", "--out", str(folder / "people")])
    environment = {"PEOPLE": str(folder / "people"), "OUTPUT": str(folder / "output")}
    config = load_config([CONFIG], (), environment=environment)
    with pytest.MonkeyPatch.context() as monkeypatch:
        return cost_of_run(spark, config, "one", monkeypatch), cost_of_run(spark, config, "two", monkeypatch)


def test_a_first_run(costs: tuple[Cost, Cost]) -> None:
    first, _ = costs
    assert min(first.executions, first.jobs, first.files, first.calls) > 10, "what is counted is what there is"
    assert first.executions <= 80
    assert first.jobs <= 100
    assert first.files <= 20
    assert max(first.plans) <= 150_000 + ADDRESSES
    assert sum(first.plans) <= 800_000 + ADDRESSES
    assert first.calls <= 20_000
    assert first.covered >= COVERED


def test_a_second_run(costs: tuple[Cost, Cost]) -> None:
    _, second = costs
    assert min(second.executions, second.jobs, second.files, second.calls) > 10, "what is counted is what there is"
    assert second.executions <= 105
    assert second.jobs <= 130
    assert max(second.plans) <= 150_000 + ADDRESSES
    assert second.calls <= 24_000
    assert second.covered >= COVERED
