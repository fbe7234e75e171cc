"""What the benchmark reads in Spark's event log."""

import event_log


def job(number, stages, description=None):
    named = {} if description is None else {"spark.job.description": description}
    return {"Event": "SparkListenerJobStart", "Job ID": number, "Stage IDs": stages, "Properties": named}


def task(stage, cpu_ns=0, shuffled=0, spilled=0):
    metrics = {
        "Executor CPU Time": cpu_ns,
        "Disk Bytes Spilled": spilled,
        "Shuffle Write Metrics": {"Shuffle Bytes Written": shuffled},
    }
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task Metrics": metrics}


def test_the_work_of_every_stage_is_summed_by_the_name_of_its_jobs():
    megabyte, second = 1 << 20, 1_000_000_000
    events = [
        job(0, [0, 1], "links"),
        task(0, second, 2 * megabyte),
        task(0, second, megabyte),
        task(1, second, spilled=megabyte),
        job(1, [1, 2], "golden"),  # stage 1 was done before
        task(2, 3 * second, megabyte),
        job(2, [3], "Delta: publish: Compute snapshot for version: 0"),
        task(3),
        job(3, [4], "Delta: Filtering files for query"),
        job(4, [5]),
        task(5),
        {"Event": "SparkListenerTaskEnd", "Stage ID": 5},  # a task that was killed has no metrics
        {"Event": "SparkListenerApplicationEnd"},
    ]
    works = event_log.summed(events, ["links", "golden", "publish"])
    names = ("jobs", "tasks", "exchanges", "shuffle_mb", "spill_mb", "cpu_s")
    assert {name: tuple(work.figures()[n] for n in names) for name, work in works.items()} == {
        "links": (1, 3, 1, 3.0, 1.0, 3.0),
        "golden": (1, 1, 1, 1.0, 0.0, 3.0),
        "publish": (1, 1, 0, 0.0, 0.0, 0.0),
        event_log.UNNAMED: (2, 1, 0, 0.0, 0.0, 0.0),
    }
    assert tuple(event_log.total(works.values()).figures()[n] for n in names) == (5, 6, 2, 4.0, 1.0, 6.0)
