"""Files and folders on whatever file system a path names, by Hadoop in the driver: no job, no executor."""

from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from identity_spark.errors import ConfigError
from identity_spark.storage.session import PATH, STREAMS, is_connect, java


def require_files(spark: SparkSession, place: str) -> None:
    """Raises ``ConfigError`` where files cannot be listed and removed; ``place`` names the setting that asks for it."""
    if is_connect(spark):
        raise ConfigError(
            f"{place}: over Spark Connect no files can be listed or removed; set output: {{schema: CATALOG.SCHEMA}}"
        )


def path_in_sql(spark: SparkSession, path: str) -> str:
    """The Delta table at ``path`` as SQL names it: whole, with its file system, where that can be known."""
    if not is_connect(spark):
        found, files = _path_and_files(spark, path)
        path = str(found.makeQualified(files.getUri(), files.getWorkingDirectory()).toString())
    return "delta.`" + path.replace("`", "``") + "`"


def make_folder(spark: SparkSession, folder: str) -> None:
    """Makes ``folder`` and its parents, on whatever file system its path names; raises ``ConfigError`` if it cannot."""
    try:
        path, files = _path_and_files(spark, folder)
        files.mkdirs(path)
    except Exception as error:  # whatever the file system raises: no folder, no permission, no such host
        raise ConfigError(f"output.path: cannot write to {folder}; check the path and its permissions") from error


def file_names(spark: SparkSession, folder: str) -> list[str]:
    """The names of what ``folder`` holds, sorted; none where it does not exist."""
    path, files = _path_and_files(spark, folder)
    return sorted(str(file.getPath().getName()) for file in files.listStatus(path)) if files.exists(path) else []


def file_text(spark: SparkSession, file: str) -> str:
    """What a small text ``file`` holds, read by the driver without a job."""
    path, files = _path_and_files(spark, file)
    stream = files.open(path)
    try:
        return str(getattr(java(spark), STREAMS).toString(stream, "UTF-8"))
    finally:
        stream.close()


def create_file(spark: SparkSession, file: str, text: str) -> bool:
    """Writes ``text`` to a new ``file`` and makes its folder; False where there is one of that name already.

    Of several that write it at once one gets True: local file systems and HDFS, Azure's and Google's refuse to create
    what is there, S3 does since Hadoop 3.4.2. It may be empty for a moment.
    """
    path, files = _path_and_files(spark, file)
    try:
        if files.getUri().getScheme() == "file":  # where Hadoop looks first and creates then
            here = Path(path.toUri().getPath())
            here.parent.mkdir(parents=True, exist_ok=True)
            with here.open("x", encoding="utf-8") as new:
                new.write(text)
        else:
            stream = files.create(path, False)
            stream.write(text.encode())
            stream.close()
    except FileExistsError:
        return False
    except Exception:  # each other file system has one of its own
        if files.getUri().getScheme() != "file" and files.exists(path):
            return False
        raise
    return True


def delete_folder(spark: SparkSession, folder: str, empty_parents: int = 0) -> None:
    """Removes ``folder`` and all below it, on whatever file system its path names, and so many parents if now empty."""
    path, files = _path_and_files(spark, folder)
    files.delete(path, True)
    for _ in range(empty_parents):
        path = path.getParent()
        if not files.exists(path) or files.listStatus(path):
            break
        files.delete(path, False)


def _path_and_files(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """``path`` as Hadoop knows it, and its file system."""
    found = getattr(java(spark), PATH)(path)
    return found, found.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
