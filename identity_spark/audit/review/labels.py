"""What people said about a sample of pairs: labels read, and how right each stratum is by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from identity_spark.audit.intervals import Interval, Stratum, stratified, wilson
from identity_spark.errors import InputError

COLUMNS = ("label", "left_record_key", "right_record_key", "rule", "band", "status", "stratum_size", "run_id")
LABELS = ("yes", "no", "unsure")
SHOWN = 20  # so many wrong rows are named

Row = Mapping[str, str]


@dataclass(frozen=True)
class Labelled:
    """A stratum and its labels: ``yes`` and ``no`` count as labelled, ``unsure`` and none do not."""

    rule: str
    status: str
    band: str
    size: int
    yes: int = 0
    no: int = 0
    unsure: int = 0
    unlabelled: int = 0

    @property
    def labelled(self) -> int:
        return self.yes + self.no

    @property
    def precision(self) -> float | None:
        """The share of the labelled pairs that are of one person; None where none is labelled."""
        return self.yes / self.labelled if self.labelled else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.yes, self.labelled)


def labelled_strata(rows: Sequence[Row]) -> list[Labelled]:
    """The strata of a sample, in the order in which they first appear; a row that is there twice counts once.

    ``rows`` hold ``COLUMNS``. Raises ``InputError`` that names each row that cannot be read: the header is row 1, as a
    spreadsheet has it.
    """
    problems = [f"row {n} ({_pair(row)}): {why}" for n, row in enumerate(rows, 2) if (why := _problem(row))]
    problems = problems or _contradictions(rows)
    if not rows:
        problems = ["there is no row below the header"]
    if problems:
        more = ["and more rows like these"] if len(problems) > SHOWN else []
        raise InputError("\n".join(f"--sample: {problem}" for problem in [*problems[:SHOWN], *more]))
    strata: dict[tuple[str, str, str], list[Row]] = {}
    for row in {_key(row): row for row in rows}.values():
        strata.setdefault((row["rule"], row["status"], row["band"]), []).append(row)
    return [_labelled(stratum, found) for stratum, found in strata.items()]


def overall(strata: Sequence[Labelled]) -> tuple[float, Interval] | None:
    """The share of right pairs among all of ``strata``, each weighed by its size; None where nothing is labelled."""
    return stratified([Stratum(s.size, s.labelled, s.yes) for s in strata])


def _labelled(stratum: tuple[str, str, str], rows: Sequence[Row]) -> Labelled:
    labels = [_label(row) for row in rows]
    yes, no, unsure, none = (labels.count(label) for label in (*LABELS, ""))
    return Labelled(*stratum, int(rows[0]["stratum_size"]), yes, no, unsure, none)


def _problem(row: Row) -> str | None:
    """What cannot be read of a row by itself."""
    if empty := [name for name in COLUMNS if name != "label" and not row[name]]:
        return f"{', '.join(empty)} is empty; leave all columns but label as they were"
    if _label(row) not in (*LABELS, ""):  # not shown: where columns slipped it may be anything
        return f"its label is none of {', '.join(LABELS)}"
    if not row["stratum_size"].isdecimal() or row["stratum_size"] == "0":
        return "its stratum_size is no whole number; leave all columns but label as they were"
    return None


def _contradictions(rows: Sequence[Row]) -> list[str]:
    """Rows that cannot be meant beside an earlier one."""
    problems = []
    labels: dict[tuple[str, str], tuple[int, str]] = {}
    sizes: dict[tuple[str, str, str], tuple[int, str]] = {}
    for n, row in enumerate(rows, 2):
        if row["run_id"] != rows[0]["run_id"]:
            problems.append(f"row {n} is of run {row['run_id']}, row 2 of {rows[0]['run_id']}; a file for each run")
        stratum = (row["rule"], row["status"], row["band"])
        first, size = sizes.setdefault(stratum, (n, row["stratum_size"]))
        if row["stratum_size"] != size:
            problems.append(f"row {n} gives its stratum another stratum_size than row {first}")
        first, label = labels.setdefault((row["left_record_key"], row["right_record_key"]), (n, _label(row)))
        if _label(row) != label:
            problems.append(f"row {n} ({_pair(row)}) and row {first} label the same pair differently; make them agree")
    return problems


def _label(row: Row) -> str:
    return row["label"].lower()


def _key(row: Row) -> tuple[str, ...]:
    return (row["left_record_key"], row["right_record_key"], row["rule"])


def _pair(row: Row) -> str:
    return f"{row['left_record_key']} and {row['right_record_key']}"
