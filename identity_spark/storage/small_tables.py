"""Reads tables that people keep beside the sources, in whatever format they are: labels, overrides."""

from dataclasses import dataclass
from difflib import get_close_matches

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.config import name_parts, quoted
from identity_spark.errors import InputError, first_line
from identity_spark.storage.files import file_names
from identity_spark.storage.session import is_connect

FORMATS = {"csv": "csv", "json": "json", "jsonl": "json", "ndjson": "json", "parquet": "parquet", "orc": "orc"}


@dataclass(frozen=True)
class Wanted:
    """What is to be read: as errors call it, where it was said, and the columns that it cannot do without."""

    what: str
    said_by: str
    columns: tuple[str, ...]

    @property
    def needed(self) -> str:
        return " and ".join(self.columns)


def read_small_table(spark: SparkSession, place: str, wanted: Wanted) -> DataFrame:
    """What is at ``place``: a file, a folder, or else a table of that name; values of text formats stay text.

    The names of the files tell the format, else what they hold: the first format that gives the columns wanted. Raises
    ``InputError`` where none does.
    """
    problems = []
    for form in _formats(spark, place, wanted):
        try:
            rows = _load(spark, place, form)
        except Exception as error:  # of a damaged file Spark raises no exception of PySpark's
            why = first_line(error) if isinstance(error, PySparkException) else "damaged, or of another format"
            nothing = f"there is no file or folder {place}, and it " if form == "table" else f"{place} "
            problems.append(f"{nothing}cannot be read as {form}: {why}")
            continue
        if not (missing := _missing_columns(rows, form, wanted)):
            return rows
        problems.append(f"{place}, read as {form}, {missing}")
    if len(problems) > 1:
        plural = "s" if len(wanted.columns) > 1 else ""
        raise InputError(
            f"{wanted.said_by}: {place} gives no column{plural} {wanted.needed} in any format tried;"
            " name its files .parquet, .csv, .json or .orc to learn why"
        )
    raise InputError(f"{wanted.said_by}: {problems[0]}")


LABELS = Wanted("labels", "--truth", ("record_key", "entity_id"))


def read_labels(spark: SparkSession, place: str) -> DataFrame:
    """``record_key`` and ``entity_id`` as text, blank ones null, from a file, a folder or else a table of that name.

    Raises ``InputError`` where there are no such columns.
    """
    rows = read_small_table(spark, place, LABELS)
    texts = {name: F.col(name).cast("string") for name in LABELS.columns}
    return rows.select(*(F.when(F.trim(text) != "", text).alias(name) for name, text in texts.items()))


def _formats(spark: SparkSession, place: str, wanted: Wanted) -> list[str]:
    """The format of the files at ``place``; every possible one where their names do not tell; ``table`` for no path."""
    names = _file_names(spark, place, wanted)
    if not names:
        if "/" not in place and 1 <= len(name_parts(place)) <= 3:
            return ["table"]
        raise InputError(f"{wanted.said_by}: there is no file or folder {place}")
    if "_delta_log" in names:
        return ["delta"]
    folder = place
    while partitions := [name for name in names if "=" in name]:
        folder = f"{folder}/{partitions[0]}"
        names = _file_names(spark, folder, wanted)
    data = [name for name in names if not name.startswith(("_", "."))]
    told = {FORMATS[part] for name in data for part in name.lower().split(".")[1:] if part in FORMATS}
    return list(told) if len(told) == 1 else ["csv", "json", "orc", "parquet"]  # those that fail softly come first


def _file_names(spark: SparkSession, folder: str, wanted: Wanted) -> list[str]:
    if is_connect(spark):  # no look at files: the place itself may tell
        name = folder.rsplit("/", 1)[-1]
        return [name] if "/" in folder or name.rsplit(".", 1)[-1].lower() in FORMATS else []
    try:
        return file_names(spark, folder)
    except Exception as error:  # whatever the file system raises: no permission, no such host, no such scheme
        message = f"{wanted.said_by}: cannot look at {folder}; check the path and its permissions"
        raise InputError(message) from error


def _load(spark: SparkSession, place: str, form: str) -> DataFrame:
    if form == "table":
        rows = spark.read.table(quoted(place))
    else:
        rows = spark.read.format(form).options(header="true", primitivesAsString="true").load(place)
    rows.schema  # noqa: B018 - Spark looks for the table now, so that the error names it
    return rows


def _missing_columns(rows: DataFrame, form: str, wanted: Wanted) -> str:
    """Which columns ``rows`` lacks, as an error says it; of its own columns only names close to those wanted."""
    found = [name.lower() for name in rows.columns]
    hints = []
    for name in (name for name in wanted.columns if name not in found):
        close = get_close_matches(name, found, n=1)
        hints.append(name + (f" (did you mean {close[0]!r}?)" if close else ""))
    remedy = f"; {wanted.what} need {wanted.needed}" + (", named in a header line" if form == "csv" else "")
    return f"has no column {' and no column '.join(hints)}{remedy}" if hints else ""
