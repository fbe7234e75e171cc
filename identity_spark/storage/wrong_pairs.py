"""The table of wrong pairs that an evaluation leaves to look at: Delta, at a path of the user's own."""

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from identity_spark.errors import ConfigError, first_line
from identity_spark.storage.files import file_names, make_folder
from identity_spark.storage.session import run_settings


def replace_wrong_pairs(spark: SparkSession, path: str, rows: DataFrame) -> DataFrame:
    """Writes ``rows`` to ``path`` and reads them back; raises ``ConfigError`` where something else stands there."""
    _require_own(spark, path, rows)
    try:
        make_folder(spark, path)
    except ConfigError as error:
        raise ConfigError(f"--pairs: cannot write to {path}; check the path and its permissions") from error
    with run_settings(spark):
        rows.write.format("delta").mode("overwrite").save(path)
    return spark.read.format("delta").load(path)


def _require_own(spark: SparkSession, path: str, rows: DataFrame) -> None:
    """Nothing at ``path``, or a table like ``rows``."""
    advice = "move what is there away, or choose another path"
    try:
        if not file_names(spark, path):
            return
        columns = spark.read.format("delta").load(path).columns
    except PySparkException as error:
        raise ConfigError(f"--pairs: {path} is no Delta table ({first_line(error)}); {advice}") from error
    except Exception as error:  # whatever the file system raises: no permission, no such host, no such scheme
        raise ConfigError(f"--pairs: cannot look at {path}; check the path and its permissions") from error
    if columns != rows.columns:
        raise ConfigError(f"--pairs: {path} is a table of something else than wrong pairs; {advice}")
