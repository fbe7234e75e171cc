"""One writer at a time: whoever holds the lock on an output, for a lease that it renews.

A lock whose lease has run out, or whose process is gone from this very machine, is taken over. Whoever lost it finds
out before publishing, for ``require`` then raises. Where the lock is kept, and how one of two racing writers gets it,
says ``storage/lock_rows.py``.
"""

import logging
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from identity_spark.errors import LockedError, first_line
from identity_spark.storage import processes
from identity_spark.storage.lock_rows import TABLE, Row, row_of
from identity_spark.storage.tables import Tables

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=30)
RENEWALS = 6  # in a lease: several may fail


class Lock:
    """The right to write to one output."""

    def __init__(self, tables: Tables, run_id: str, lease: timedelta = LEASE) -> None:
        self.run_id = run_id
        self.lease = lease
        self.last_committed: str | None = None  # the newest committed run, as the holders of the lock know it
        self._place = tables.location(TABLE)
        self._row = row_of(tables)
        self._token = secrets.token_hex(8)
        self._one_at_a_time = threading.Lock()

    def acquire(self) -> None:
        """Raises ``LockedError`` where somebody else holds the output."""
        found = self._row.read()
        if found is None and self._row.create(self._held()):
            return
        found = found or self._row.read()
        if found is None:
            raise LockedError(f"{self._place}: another run has just given up the output; start again")
        if found["run_id"] is not None and not _is_over(found):
            raise LockedError(self._held_by(found))
        if not self._change(found["token"], **self._held()):
            raise LockedError(self._held_by(self._row.read()))
        self.last_committed = found["last_committed"]
        if found["run_id"] is not None:
            log.warning("run %s left its lock on the output; run %s takes it over", found["run_id"], self.run_id)

    def renew(self) -> None:
        """Holds the lock for another lease; raises ``LockedError`` where another run took it over meanwhile."""
        if not self._change(self._token, expires_at=_now() + self.lease):
            raise LockedError(f"run {self.run_id} lost the output: {self._held_by(self._row.read())}")

    def require(self) -> None:
        """Holds the lock for at least half a lease more; raises ``LockedError`` as ``renew`` does.

        A look is enough as a rule: only where the lease runs out soon is there a change, which may cost more.
        """
        row = self._row.read()
        if row is None or row["token"] != self._token or row["expires_at"] < _now() + self.lease / 2:
            self.renew()

    def release(self) -> None:
        """Lets go; an output that never saw a run gets its lock removed."""
        if self.last_committed is not None:
            self._change(self._token, run_id=None, host=None, process=None, last_committed=self.last_committed)
        elif (row := self._row.read()) is not None and row["token"] == self._token:
            self._row.remove()

    def keep_renewing(self, stop: threading.Event) -> None:
        """Renews until ``stop``; what fails once is tried again; before publishing ``require`` has the last word."""
        while not stop.wait(self.lease.total_seconds() / RENEWALS):
            try:
                self.renew()
            except Exception as error:  # Spark's or Py4J's, or another run has it
                log.warning("the lock was not renewed: %s", first_line(error))

    def _held(self) -> dict[str, str | datetime | None]:
        """What the row says while this run holds the lock, for a lease from now."""
        now = _now()
        return {
            "token": self._token,
            "run_id": self.run_id,
            "host": socket.gethostname(),
            "process": processes.this_process(),
            "acquired_at": now,
            "expires_at": now + self.lease,
        }

    def _change(self, expected: str | None, **values: str | datetime | None) -> bool:
        with self._one_at_a_time:
            return self._row.change(expected, values)

    def _held_by(self, row: Row | None) -> str:
        if row is None or row["run_id"] is None:
            return f"{self._place}: another run has just had the output; start again"
        since, until = (f"{row[name]:%Y-%m-%d %H:%M:%S} UTC" for name in ("acquired_at", "expires_at"))
        return (
            f"{self._place}: run {row['run_id']} on {row['host']} holds the output since {since}, and at least until"
            f" {until}; start again when it is done, or after that time if it died"
        )


@contextmanager
def writing(tables: Tables, run_id: str, lease: timedelta = LEASE) -> Iterator[Lock]:
    """The lock on the output while the block runs; raises ``LockedError`` where another run has it."""
    lock = Lock(tables, run_id, lease)
    lock.acquire()
    stop = threading.Event()
    renewing = threading.Thread(target=lock.keep_renewing, args=(stop,), name="lock", daemon=True)
    renewing.start()
    try:
        yield lock
    finally:
        stop.set()
        _let_go(lock)


def _let_go(lock: Lock) -> None:
    """Releases the lock; where that fails, whatever ended the run is what its user must hear of."""
    try:
        lock.release()
    except Exception as error:  # Spark's, or Py4J's where Spark is gone
        log.warning("the lock was not released and ends with its lease: %s", first_line(error))


def _is_over(row: Row) -> bool:
    return bool(row["expires_at"] < _now()) or processes.is_gone(row["process"])


def _now() -> datetime:
    return datetime.now(timezone.utc)
