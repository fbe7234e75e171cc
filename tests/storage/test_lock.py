"""One writer at a time, whoever comes first, dies, sleeps or races."""

import secrets
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from identity_spark.config import Output
from identity_spark.errors import LockedError
from identity_spark.storage import files, lock_rows, processes
from identity_spark.storage.lock import LEASE, Lock, writing
from identity_spark.storage.lock_rows import row_of
from identity_spark.storage.tables import Tables

LONG_AGO = timedelta(seconds=-1)  # a lease that is over as soon as it begins


@pytest.fixture(params=["path", "schema"])
def tables(spark, tmp_path, request):
    """An output in a folder, and one in a catalog."""
    if request.param == "path":
        yield Tables(spark, Output(path=str(tmp_path / "out")))
        return
    schema = f"locks_{secrets.token_hex(4)}"
    spark.sql(f"CREATE SCHEMA {schema}")
    yield Tables(spark, Output(schema=schema))
    spark.sql(f"DROP SCHEMA {schema} CASCADE")


def holder(tables):
    return row_of(tables).read()["run_id"]


def change(tables, **values):
    """As if the holder had written so."""
    row = row_of(tables)
    assert row.change(row.read()["token"], values)


def test_one_holds_it_and_another_is_told_who_and_until_when(tables, tmp_path):
    with writing(tables, "first") as lock:
        lock.last_committed = "first"
        with pytest.raises(
            LockedError, match=r"_lock`?: run first on \S+ holds the output since 20.* UTC, and at least until 20"
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
    change(tables, process=gone)
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
        change(tables, expires_at=datetime(2020, 1, 1, tzinfo=timezone.utc))


def test_a_lease_that_runs_out_soon_is_renewed_when_the_lock_is_required(tables):
    lock = Lock(tables, "run")
    lock.acquire()
    whole = row_of(tables).read()["expires_at"]
    lock.require()
    assert row_of(tables).read()["expires_at"] == whole  # it runs on for long: no commit
    change(tables, expires_at=whole - 0.6 * LEASE)
    lock.require()
    assert row_of(tables).read()["expires_at"] > whole


def test_it_is_renewed_while_the_run_works(tables):
    with writing(tables, "slow", timedelta(seconds=3)) as lock:
        lock.last_committed = "slow"
        before = row_of(tables).read()["expires_at"]
        end = time.monotonic() + 60
        while row_of(tables).read()["expires_at"] == before:
            assert time.monotonic() < end, "it was not renewed"
            time.sleep(0.05)


def test_a_first_run_that_fails_leaves_nothing(tables, tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tables, "first"):
        raise ZeroDivisionError
    assert not (tmp_path / "out").exists()
    assert row_of(tables).read() is None
    with writing(tables, "second") as lock:  # Delta remembers no table that is gone
        lock.renew()


def test_a_file_that_its_writer_left_empty_changes_nothing(spark, tmp_path, monkeypatch):
    """What the file before says holds on: who has the lock, and which run was committed last."""
    monkeypatch.setattr(lock_rows, "PAUSE", 0)
    tables = Tables(spark, Output(path=str(tmp_path / "out")))
    with writing(tables, "first") as lock:
        lock.last_committed = "first"
        (tmp_path / "out" / "_lock" / f"{2:020}.json").write_text("")
        with pytest.raises(LockedError, match="run first on"):
            Lock(tables, "second").acquire()
    (tmp_path / "out" / "_lock" / f"{4:020}.json").write_text("")
    second = Lock(tables, "second")
    second.acquire()
    assert (holder(tables), second.last_committed) == ("second", "first")


def test_a_file_that_cannot_be_read_is_no_free_lock(spark, tmp_path, monkeypatch):
    tables = Tables(spark, Output(path=str(tmp_path / "out")))

    def broken(*_):
        raise OSError("no route to the file system")

    with writing(tables, "first") as lock:
        lock.last_committed = "first"
        with monkeypatch.context() as patched:
            patched.setattr(files, "file_text", broken)
            with pytest.raises(OSError, match="no route"):
                Lock(tables, "second").acquire()
        assert holder(tables) == "first"


def test_a_writer_that_slept_while_others_went_on_does_not_win(spark, tmp_path, monkeypatch):
    """The file that it is about to make is free again, for those before the newest are removed."""
    tables = Tables(spark, Output(path=str(tmp_path / "out")))
    sleeper, other = Lock(tables, "sleeper", LONG_AGO), Lock(tables, "other")
    sleeper.acquire()
    create = files.create_file

    def late(*arguments):
        monkeypatch.setattr(files, "create_file", create)
        other.acquire()
        other.renew()
        return create(*arguments)

    monkeypatch.setattr(files, "create_file", late)
    with pytest.raises(LockedError, match="run sleeper lost the output"):
        sleeper.renew()
    assert holder(tables) == "other"
