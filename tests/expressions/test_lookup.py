"""Constants that are looked up."""

import pytest
from pyspark.sql import functions as F

from identity_spark.expressions.lookup import listed, lookup

TABLE = {"bill": "william", "billy": "william", "bob": "robert", "mary ann": "maria", "`": "mark", "ж": "x"}


@pytest.mark.parametrize("key", [*TABLE, None, "", " ", "b", "bil", "billy ", "mary", "ann", "@", "william", "😀"])
def test_a_key_has_its_value_and_anything_else_the_other_text(spark, key):
    found = spark.createDataFrame([(key,)], "key string").select(
        lookup(TABLE, F.col("key"), F.lit("")), listed(TABLE, F.col("key"))
    )
    assert found.first() == ((None, None) if key is None else (TABLE.get(key, ""), key in TABLE))
