from datetime import datetime, timedelta, timezone

import pytest
from chispa import assert_df_equality
from py4j.protocol import Py4JJavaError
from pyspark.sql import types as T

from identity_spark.storage.small_frames import small_frame

SCHEMA = T.StructType(
    [
        T.StructField("text", T.StringType()),
        T.StructField("count", T.LongType()),
        T.StructField("place", T.IntegerType()),
        T.StructField("at", T.TimestampType()),
        T.StructField("seconds", T.MapType(T.StringType(), T.DoubleType())),
        T.StructField("versions", T.MapType(T.StringType(), T.LongType())),
        T.StructField("names", T.ArrayType(T.StringType())),
    ]
)
SUMMER = datetime(2026, 7, 1, 12, 30, 59, 123456)
ROWS = [
    ("plain", 2**62, 1, SUMMER, {"a b": 0.1, "": 2e300}, {"t": 2**53 + 1}, ["x", None]),
    ('"quoted" \\ \n\t ünï 😀 \x00', -1, -2, SUMMER.replace(tzinfo=timezone.utc), {}, {"t": None}, []),
    ("elsewhere", 0, 0, SUMMER.replace(tzinfo=timezone(timedelta(hours=-9, minutes=-30))), None, None, None),
    (None, None, None, None, None, None, None),
]


def test_the_same_rows_as_those_of_python(spark):
    assert_df_equality(small_frame(spark, ROWS, SCHEMA), spark.createDataFrame(ROWS, SCHEMA), ignore_nullable=True)


def test_no_rows(spark):
    assert small_frame(spark, [], SCHEMA).collect() == []
    assert small_frame(spark, [], SCHEMA).schema == SCHEMA


@pytest.mark.parametrize(
    ("row", "error"),
    [(("short",), ValueError), (("text", "no number", *[None] * 5), Py4JJavaError), ((b"raw", *[None] * 6), TypeError)],
)
def test_what_does_not_fit_fails(spark, row, error):
    with pytest.raises(error):
        small_frame(spark, [row], SCHEMA).collect()
