"""Samples of pairs that people label: a CSV file on this machine, written once and read back with labels in it."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from identity_spark.errors import ConfigError, InputError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = (",", ";", "\t")  # spreadsheets of some countries save with others than they read


def require_free(path: str) -> None:
    """Raises ``ConfigError`` where a sample cannot be written to ``path``: what is there may hold labels."""
    if os.path.lexists(path):
        raise ConfigError(f"--out: {path} is there already and may hold labels; choose another name, or move it away")
    if not os.access(Path(path).absolute().parent, os.W_OK):
        raise ConfigError(f"--out: cannot write to {path}; check the path and its permissions")


def write_sample(path: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A new CSV file with a header line, readable by its owner alone; null is an empty cell.

    UTF-8 with a byte order mark, without which spreadsheets misread accents. A cell that a spreadsheet would take for a
    formula gets an apostrophe in front. Raises ``ConfigError`` where it cannot be written.
    """
    require_free(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([_safe(cell) for cell in row] for row in rows)
    except OSError as error:
        raise ConfigError(f"--out: cannot write {path}: {error.strerror}") from error


def read_sample(path: str, wanted: Sequence[str]) -> list[Mapping[str, str]]:
    """The ``wanted`` columns of each row, blanks trimmed, short rows filled with ``""``; empty lines are left out.

    Raises ``InputError`` where the file cannot be read or lacks a column.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"--sample: cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"--sample: {path} is not UTF-8; save it as CSV UTF-8") from error
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise InputError(f"--sample: {path} is no CSV file: {error}") from error
    names = [name.strip().lower() for name in rows[0]] if rows else []
    if missing := [name for name in wanted if name not in names]:
        raise InputError(
            f"--sample: {path} has no column {', no column '.join(missing)}; it needs all that jobs/review.py wrote"
        )
    places = {name: names.index(name) for name in wanted}
    return [{name: row[at].strip() if at < len(row) else "" for name, at in places.items()} for row in rows[1:]]


def _safe(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
