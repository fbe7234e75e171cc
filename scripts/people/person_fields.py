"""Names and birth dates as records hold them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from people.text import choose, edit, join, known, padded, pick, typo, where
from people.vocabulary import FIRST, FIRST_OF_MEN, LAST, NICKNAME_COUNT, NICKNAME_START, NICKNAMES, Names
from people.writer import Writer

NAME_PLACEHOLDERS = pa.array(["unknown", "test", "n/a", "Unknown", "-", "xxx"])
BIRTH_PLACEHOLDERS = np.array(["1900-01-01", "1970-01-01"], dtype="datetime64[D]")
BIRTH_SHIFTS = np.array([-1, 1, -10, 10, 365, -365, -3652, 3652])


def names(writer: Writer, missing_first: float, missing_last: float) -> tuple[pa.Array, pa.Array]:
    """First and last names, some of them in each other's place."""
    first = _given_names(writer, missing_first)
    last = writer.gaps(_last_names(writer), "last", missing_last)
    swapped = writer.chance("swapped", 0.012) & known(first) & known(last)
    first, last = where(swapped, last, first), where(swapped, first, last)
    writer.mark("swapped_names", swapped)
    last = writer.placeholders(last, "last", NAME_PLACEHOLDERS)
    return writer.typed(first, "first"), writer.typed(last, "last")


def first_name(writer: Writer, missing: float) -> pa.Array:
    """For a source without last names."""
    return writer.typed(_given_names(writer, missing), "first")


def _given_names(writer: Writer, missing: float) -> pa.Array:
    """The given name, or a nickname, or an initial."""
    index = writer.records.first
    nickname = writer.chance("nickname", 0.14) & (NICKNAME_COUNT[index] > 0)
    initial = writer.chance("initial", 0.025) & ~nickname
    absent = writer.chance("first missing", missing)
    name = _spelled(writer, FIRST, index, "first", ~nickname & ~initial & ~absent)
    name = where(nickname, _nicknames(writer, index), name)
    name = where(initial, _initials(writer, index), name)
    name = where(writer.chance("title", 0.007), join(_titles(index), " ", name), name)
    writer.mark("nickname", nickname & ~absent)
    writer.mark("initial", initial & ~absent)
    return writer.placeholders(where(absent, None, name), "first", NAME_PLACEHOLDERS)


def _last_names(writer: Writer) -> pa.Array:
    records = writer.records
    name = _spelled(writer, LAST, records.last, "last", np.ones(len(records.row), dtype=bool))
    name = where(records.junior & writer.chance("suffix", 0.5), join(name, " Jr"), name)
    return where(records.senior & writer.chance("suffix", 0.25), join(name, " Sr"), name)


def _spelled(writer: Writer, vocabulary: Names, index: np.ndarray, field: str, used: np.ndarray) -> pa.Array:
    """With or without its accents, and sometimes wrong; ``used`` are the rows that will show it."""
    dropped = vocabulary.accented[index] & writer.chance(f"{field} accents", 0.5)
    slips = writer.chance(f"{field} typo", 0.03)
    writer.mark("accents_dropped", dropped & used)
    writer.mark("name_typo", slips & used)
    name = where(dropped, pick(vocabulary.plain, index), pick(vocabulary.full, index))
    return edit(name, slips, typo, writer.bits(f"{field} slip"))


def _nicknames(writer: Writer, index: np.ndarray) -> pa.Array:
    which = writer.dice.below(writer.records.row, "which nickname", 60) % np.maximum(NICKNAME_COUNT[index], 1)
    return pick(NICKNAMES, np.minimum(NICKNAME_START[index] + which, len(NICKNAMES) - 1))


def _initials(writer: Writer, index: np.ndarray) -> pa.Array:
    letter = pc.utf8_slice_codeunits(pick(FIRST.full, index), 0, 1)
    return choose(writer.dice.below(writer.records.row, "dotted", 2), [letter, join(letter, ".")])


def _titles(index: np.ndarray) -> pa.Array:
    return where(index < len(FIRST_OF_MEN), "Mr.", pick(pa.array(["Ms.", "Dr."]), index % 2))


def birth_dates(writer: Writer, missing: float, day_first: bool = False) -> pa.Array:
    """ISO text, or with ``day_first`` as dd/MM/yyyy."""
    records, dice = writer.records, writer.dice
    wrong, dummy = writer.chance("birth error", 0.03), writer.chance("birth placeholder", 0.015)
    absent = records.chain | writer.chance("birth missing", missing)
    days = np.where(wrong, _wrong_days(writer), records.birth)
    dummies = BIRTH_PLACEHOLDERS.astype(np.int64)[dice.below(records.row, "birth dummy", len(BIRTH_PLACEHOLDERS))]
    year, month, day = _date_parts(np.where(dummy, dummies, days))
    writer.mark("birth_date_error", wrong & ~dummy & ~absent)
    writer.mark("placeholder", dummy & ~absent)
    parts = padded(year, 4), padded(month, 2), padded(day, 2)
    return where(absent, None, join(*reversed(parts), sep="/") if day_first else join(*parts, sep="-"))


def _wrong_days(writer: Writer) -> np.ndarray:
    """Day and month swapped, or another day or year."""
    birth, dice, row = writer.records.birth, writer.dice, writer.records.row
    year, month, day = _date_parts(birth)
    first_of_month = (12 * (year - 1970) + day - 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    swappable = (day <= 12) & (day != month) & (dice.below(row, "birth kind", 3) > 0)
    shifted = birth + BIRTH_SHIFTS[dice.below(row, "birth shift", len(BIRTH_SHIFTS))]
    return np.where(swappable, first_of_month + month - 1, shifted)


def _date_parts(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month and day of days since 1970."""
    date = days.astype("datetime64[D]")
    months = date.astype("datetime64[M]")
    number = months.astype(np.int64)
    return 1970 + number // 12, 1 + number % 12, 1 + (date - months.astype("datetime64[D]")).astype(np.int64)
