"""Functions of the elements of arrays."""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import interpreted, side_by_side

UNROLLED = 2  # so many elements are written out in generated code; for more there is a lambda, which Spark interprets


def for_each(arrays: Sequence[Column], form: Callable[..., Column], most: float = inf) -> Column:
    """array: ``form`` of the elements of ``arrays`` at each position and of that position, from 0.

    It is as long as the first of the ``arrays``, and at least ``UNROLLED``: elements that are not there count as null.
    ``most`` tells how many elements that array has at most.
    """

    def at(position: Column) -> Column:
        return form(*(F.get(values, position) for values in arrays), position)

    first = F.array(*side_by_side([partial(at, F.lit(n)) for n in range(UNROLLED)]))
    if most <= UNROLLED:
        return first
    size = F.size(arrays[0])
    with interpreted():
        rest = F.transform(F.sequence(F.lit(UNROLLED), size - 1), at)
    return F.concat(first, F.when(size > UNROLLED, rest).otherwise(F.expr("array()")))
