"""The one row of a lock, changed only by who expects the row that is there.

Of an output at a path it is a file that the driver writes, so that no change waits for executors: each change makes the
file of the next number, which a file system lets one writer do. In a catalog, which has no files, it is a Delta table,
whose commits let one of two racing writers through.
"""

import json
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

import delta.exceptions as races
from pyspark.errors import PySparkException

from identity_spark.schemas import LOCK
from identity_spark.storage import files, session
from identity_spark.storage.small_frames import small_frame
from identity_spark.storage.tables import Tables

TABLE = "_lock"
MOMENTS = ("acquired_at", "expires_at")
PATIENCE, PAUSE = 50, 0.1  # looks at a file that another process is just writing, and seconds between them
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

Row = Mapping[str, Any]  # by column of ``schemas.LOCK``; moments know their zone


class LockRow(Protocol):
    """The row, wherever it is kept."""

    def read(self) -> Row | None:
        """The row as it is now; None where there is none."""

    def create(self, row: Row) -> bool:
        """Makes the row; False where there is one already, or another writer was faster."""

    def change(self, token: str | None, values: Row) -> bool:
        """Changes columns where the row bears ``token``; whether it did, and nobody else came first."""

    def remove(self) -> None:
        """Takes the row away, and an output that holds nothing else."""


def row_of(tables: Tables) -> LockRow:
    return TableRow(tables) if tables.output.path is None else FileRow(tables)


class FileRow:
    """The newest of the numbered files in a folder beside the tables."""

    def __init__(self, tables: Tables) -> None:
        self._spark = tables.spark
        self._folder = tables.location(TABLE)

    def read(self) -> Row | None:
        return self._newest()[1]

    def create(self, row: Row) -> bool:
        number, found = self._newest()
        return found is None and self._write(number + 1, {name: row.get(name) for name in LOCK.names})

    def change(self, token: str | None, values: Row) -> bool:
        number, found = self._newest()
        return found is not None and found["token"] == token and self._write(number + 1, {**found, **values})

    def remove(self) -> None:
        files.delete_folder(self._spark, self._folder, empty_parents=1)

    def _newest(self) -> tuple[int, Row | None]:
        """The number of the newest file and its row; 0 and None where there is none.

        Where its writer died before it was whole, the row of the file before holds on: that is there until the new one
        is. A file that cannot be read raises what the file system does: nobody may take that for a free lock.
        """
        for _ in range(PATIENCE):
            numbers = self._numbers()
            if not numbers:
                return 0, None
            if (row := self._row(numbers[-1])) is not None:
                return numbers[-1], row
            time.sleep(PAUSE)
        earlier = (self._row(number) for number in reversed(numbers[:-1]))
        return numbers[-1], next((row for row in earlier if row is not None), None)

    def _row(self, number: int) -> Row | None:
        """The row of a file; None where it is not whole, or gone since."""
        try:
            text = files.file_text(self._spark, self._file(number))
        except Exception:  # each file system has one of its own
            if number in self._numbers():
                raise
            return None
        try:
            row: dict[str, Any] = json.loads(text)
        except ValueError:
            return None
        return row | {name: datetime.fromisoformat(row[name]) for name in MOMENTS}

    def _write(self, number: int, row: Row) -> bool:
        shown = {name: value.astimezone(timezone.utc).isoformat() for name, value in row.items() if name in MOMENTS}
        if not files.create_file(self._spark, self._file(number), json.dumps({**row, **shown})):
            return False
        if (newest := self._numbers()[-1]) != number:  # asleep since it looked, while the file of this number went
            files.delete_folder(self._spark, self._file(number))
            return False
        for name in files.file_names(self._spark, self._folder):
            if name < f"{newest:020}":
                files.delete_folder(self._spark, f"{self._folder}/{name}")
        return True

    def _numbers(self) -> list[int]:
        names = files.file_names(self._spark, self._folder)
        return [int(name[:20]) for name in names if name[:20].isdigit() and name[20:] == ".json"]

    def _file(self, number: int) -> str:
        return f"{self._folder}/{number:020}.json"


class TableRow:
    """The row of a Delta table in the schema of the output."""

    def __init__(self, tables: Tables) -> None:
        # A session of its own: Delta notes the last version written in the session, which ``Tables`` reads.
        self._tables = Tables(session.another(tables.spark), tables.output)

    def read(self) -> Row | None:
        table = self._tables.read(TABLE)
        row = None if table is None else table.first()
        # PySpark hands timestamps out in local time and without saying so.
        if row is None:
            return None
        return row.asDict() | {name: row[name].astimezone(timezone.utc) for name in MOMENTS}

    def create(self, row: Row) -> bool:
        frame = small_frame(self._tables.spark, [[row.get(name) for name in LOCK.names]], LOCK)
        try:
            self._tables.create(TABLE, frame, PROPERTIES)
        except PySparkException:
            if self.read() is None:
                raise
            return False
        return True

    def change(self, token: str | None, values: Row) -> bool:
        try:
            return self._tables.update(TABLE, "token = :expected", {"expected": token}, **values)
        except PySparkException as error:
            # Over Spark Connect the name of the error tells, not its class.
            if not isinstance(error, LOST_RACE) and not (error.getCondition() or "").startswith(RACES):
                raise
            return False

    def remove(self) -> None:
        self._tables.drop(TABLE)
