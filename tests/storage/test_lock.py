"""One writer at a time, whoever comes first, dies, sleeps or races."""

import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest

from identity_spark.config import Output
from identity_spark.errors import LockedError
from identity_spark.storage import processes
from identity_spark.storage.lock import LEASE, TABLE, Lock, writing
from identity_spark.storage.tables import Tables

LONG_AGO = timedelta(seconds=-1)  # a lease that is over as soon as it begins


@pytest.fixture
def tables(spark, tmp_path):
    return Tables(spark, Output(path=str(tmp_path / "out")))


def holder(tables):
    return tables.read(TABLE).first()["run_id"]


def test_one_holds_it_and_another_is_told_who_and_until_when(tables, tmp_path):
    with writing(tables, "first") as lock:
        lock.last_committed = "first"
        with pytest.raises(
            LockedError, match=r"_lock: run first on \S+ holds the output since 20.* UTC, and at least until 20"
        ):
            Lock(tables, "second").acquire()
        assert holder(tables) == "first"
    assert holder(tables) is None
    with writing(tables, "second") as lock:
        assert (holder(tables), lock.last_committed) == ("second", "first")
        with pytest.raises(LockedError):
            Lock(tables, "second").acquire()  # not even under the same name


def test_a_lease_that_is_over_is_taken_over_and_whoever_had_it_learns_so(tables):
    sleeper, next_one = Lock(tables, "sleeper", LONG_AGO), Lock(tables, "next")
    sleeper.acquire()
    sleeper.renew()  # nobody came meanwhile
    next_one.acquire()
    for insist in (sleeper.renew, sleeper.require):
        with pytest.raises(LockedError, match=r"run sleeper lost the output: .*run next on"):
            insist()
    sleeper.release()
    assert holder(tables) == "next"
    next_one.renew()


def test_the_lock_of_a_process_that_is_gone_from_this_machine_is_taken_over_at_once(tables):
    lock = Lock(tables, "dead")
    lock.acquire()
    with pytest.raises(LockedError):
        Lock(tables, "next").acquire()
    code = "from identity_spark.storage.processes import this_process as me; print(me())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert processes.is_gone(gone)
    assert not processes.is_gone(processes.this_process())
    assert not processes.is_gone(f"another-boot {gone.partition(' ')[2]}")
    assert not processes.is_gone(None)
    tables.update(TABLE, "true", {}, process=gone)
    Lock(tables, "next").acquire()
    assert holder(tables) == "next"


def test_of_those_that_start_together_one_gets_it(tables):
    got, told = [], []

    def start(name):
        try:
            Lock(tables, name).acquire()
            got.append(name)
        except LockedError:
            told.append(name)

    for names in (("a", "b", "c"), ("d", "e")):  # a new table; then a lock whose lease is over
        threads = [threading.Thread(target=start, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(got), len(told)) == (1, len(names) - 1)
        assert holder(tables) == got.pop()
        told.clear()
        tables.update(TABLE, "true", {}, expires_at=datetime(2020, 1, 1))


def test_a_lease_that_runs_out_soon_is_renewed_when_the_lock_is_required(tables):
    lock = Lock(tables, "run")
    lock.acquire()
    whole = tables.read(TABLE).first()["expires_at"]
    lock.require()
    assert tables.read(TABLE).first()["expires_at"] == whole  # it runs on for long: no commit
    tables.update(TABLE, "true", {}, expires_at=whole - 0.6 * LEASE)
    lock.require()
    assert tables.read(TABLE).first()["expires_at"] > whole


def test_it_is_renewed_while_the_run_works(tables):
    with writing(tables, "slow", timedelta(seconds=3)) as lock:
        lock.last_committed = "slow"
        before = tables.read(TABLE).first()["expires_at"]
        for _ in range(40):
            if tables.read(TABLE).first()["expires_at"] > before:
                break
        else:
            pytest.fail("it was not renewed")


def test_a_first_run_that_fails_leaves_nothing(tables, tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tables, "first"):
        raise ZeroDivisionError
    assert not (tmp_path / "out").exists()
    with writing(tables, "second") as lock:  # Delta remembers no table that is gone
        lock.renew()
