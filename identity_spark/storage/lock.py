"""One writer at a time: a Delta table of one row, changed only by commits that expect the row they read.

Delta lets one of two racing commits through, on object stores too (on S3 drivers that race need Delta's log store with
DynamoDB), so that nothing else is needed. A lock is held for a lease, which the holder renews; one whose lease has run
out, or whose process is gone from this very machine, is taken over. Whoever lost it finds out before publishing, for
``require`` then raises.
"""

import logging
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import delta.exceptions as races
from pyspark.errors import PySparkException
from pyspark.sql import Row

from identity_spark.errors import LockedError, first_line
from identity_spark.schemas import LOCK
from identity_spark.small_frames import small_frame
from identity_spark.storage import processes
from identity_spark.storage.session import another
from identity_spark.storage.tables import Tables

log = logging.getLogger(__name__)

TABLE = "_lock"
LEASE = timedelta(minutes=30)
RENEWALS = 6  # in a lease: jobs of the run may hold up a renewal or two
LOST_RACE = (  # they have no class in common
    races.ConcurrentAppendException,
    races.ConcurrentDeleteDeleteException,
    races.ConcurrentDeleteReadException,
    races.ConcurrentTransactionException,
    races.ConcurrentWriteException,
    races.DeltaConcurrentModificationException,
    races.MetadataChangedException,
    races.ProtocolChangedException,
)
RACES = ("DELTA_CONCURRENT", "DELTA_METADATA_CHANGED", "DELTA_PROTOCOL_CHANGED")
PROPERTIES = {
    "delta.enableDeletionVectors": "false",
    "delta.logRetentionDuration": "interval 1 day",  # every renewal is a commit and a small file; nobody needs old ones
    "delta.deletedFileRetentionDuration": "interval 1 day",
}


class Lock:
    """The right to write to one output."""

    def __init__(self, tables: Tables, run_id: str, lease: timedelta = LEASE) -> None:
        self.tables = tables
        self.run_id = run_id
        self.lease = lease
        self.last_committed: str | None = None  # the newest committed run, as the holders of the lock know it
        self._token = secrets.token_hex(8)
        self._one_at_a_time = threading.Lock()

    def acquire(self) -> None:
        """Raises ``LockedError`` where somebody else holds the output."""
        found = self._row()
        if found is None and self._create():
            return
        found = found or self._row()
        if found is None:
            raise LockedError(f"{self.tables.location(TABLE)}: another run has just given up the output; start again")
        if found["run_id"] is not None and not self._is_over(found):
            raise LockedError(self._held_by(found))
        if not self._swap(found["token"], **self._held()):
            raise LockedError(self._held_by(self._row()))
        self.last_committed = found["last_committed"]
        if found["run_id"] is not None:
            log.warning("run %s left its lock on the output; run %s takes it over", found["run_id"], self.run_id)

    def renew(self) -> None:
        """Holds the lock for another lease; raises ``LockedError`` where another run took it over meanwhile."""
        if not self._swap(self._token, expires_at=_now() + self.lease):
            raise LockedError(f"run {self.run_id} lost the output: {self._held_by(self._row())}")

    def require(self) -> None:
        """Holds the lock for at least half a lease more; raises ``LockedError`` as ``renew`` does.

        A look at the row is enough as a rule: only where its lease runs out soon is there a commit, which costs more.
        """
        row = self._row()
        if row is None or row["token"] != self._token or _aware(row["expires_at"]) < _now() + self.lease / 2:
            self.renew()

    def release(self) -> None:
        """Lets go; an output that never saw a run gets its lock removed."""
        if self.last_committed is None:
            if self._is_mine():
                self.tables.drop(TABLE)
            return
        self._swap(self._token, run_id=None, host=None, process=None, last_committed=self.last_committed)

    def keep_renewing(self, stop: threading.Event) -> None:
        """Renews until ``stop``; what fails once is tried again; before publishing ``require`` has the last word."""
        while not stop.wait(self.lease.total_seconds() / RENEWALS):
            try:
                self.renew()
            except (LockedError, PySparkException) as error:
                log.warning("the lock was not renewed: %s", error)

    def _row(self) -> Row | None:
        table = self.tables.read(TABLE)
        return None if table is None else table.first()

    def _create(self) -> bool:
        """Makes the lock, held by this run; False where another writer was faster."""
        held = self._held()
        row = small_frame(self.tables.spark, [[held.get(name) for name in LOCK.names]], LOCK)
        try:
            self.tables.create(TABLE, row, PROPERTIES)
        except PySparkException:
            if self._row() is None:
                raise
            return False
        return True

    def _held(self) -> dict[str, str | datetime | None]:
        """The columns of the row while this run holds the lock, for a lease from now."""
        now = _now()
        return {
            "token": self._token,
            "run_id": self.run_id,
            "host": socket.gethostname(),
            "process": processes.this_process(),
            "acquired_at": now,
            "expires_at": now + self.lease,
        }

    def _swap(self, expected: str, **values: str | datetime | None) -> bool:
        """Changes the row where its token is the ``expected`` one; whether it was, and nobody else came first."""
        with self._one_at_a_time:
            try:
                return self.tables.update(TABLE, "token = :expected", {"expected": expected}, **values)
            except PySparkException as error:
                if not _lost_race(error):
                    raise
                log.debug("another commit came first", exc_info=True)
                return False

    def _is_mine(self) -> bool:
        row = self._row()
        return row is not None and row["token"] == self._token

    def _is_over(self, row: Row) -> bool:
        return _aware(row["expires_at"]) < _now() or processes.is_gone(row["process"])

    def _held_by(self, row: Row | None) -> str:
        place = self.tables.location(TABLE)
        if row is None or row["run_id"] is None:
            return f"{place}: another run has just had the output; start again"
        since, until = (f"{_aware(row[name]):%Y-%m-%d %H:%M:%S} UTC" for name in ("acquired_at", "expires_at"))
        return (
            f"{place}: run {row['run_id']} on {row['host']} holds the output since {since}, and at least until {until};"
            " start again when it is done, or after that time if it died"
        )


@contextmanager
def writing(tables: Tables, run_id: str, lease: timedelta = LEASE) -> Iterator[Lock]:
    """The lock on the output while the block runs; raises ``LockedError`` where another run has it."""
    # A session of its own: Delta notes the last version written in the session, which ``Tables`` reads.
    lock = Lock(Tables(another(tables.spark), tables.output), run_id, lease)
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


def _lost_race(error: PySparkException) -> bool:
    """Whether another commit came first; over Spark Connect the name of the error tells, not its class."""
    return isinstance(error, LOST_RACE) or (error.getCondition() or "").startswith(RACES)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _aware(value: datetime) -> datetime:
    """A timestamp as PySpark hands it out, in local time and without saying so, as one that says so."""
    return value.astimezone(timezone.utc)
