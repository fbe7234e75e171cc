import pytest
from pyspark.sql import functions as F

from identity_spark.expressions.elements import UNROLLED, for_each

VALUES = [None, [], ["a"], ["a", None], [None, "b"], ["a", "b", "c"], ["a", None, "c", "a", "b", None]]


@pytest.mark.parametrize("values", VALUES)
def test_every_element_with_its_neighbour_and_its_position(spark, values):
    others = None if values is None else [f"{n}." for n in range(len(values))]
    frame = spark.createDataFrame([(values, others)], "values array<string>, others array<string>")
    each = for_each([F.col("values"), F.col("others")], lambda v, o, n: F.concat_ws("", n.cast("string"), v, o))
    (found,) = frame.select(each.alias("each")).first()
    expected = [f"{n}{value or ''}{n}." for n, value in enumerate(values or [])]
    assert found == expected + [str(n) for n in range(len(expected), UNROLLED)]
