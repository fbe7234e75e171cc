"""Parts of a canonical value, as derived identifiers have them; null where nothing is left."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.text import keep_if


def soundex(canonical: Column) -> Column:
    """How it sounds."""
    return _unless_empty(F.soundex(canonical))


def prefix(canonical: Column, length: int) -> Column:
    """The first so many characters."""
    return _unless_empty(F.substring(canonical, 1, length))


def domain(canonical_email: Column) -> Column:
    return _unless_empty(F.substring_index(canonical_email, "@", -1))


def local_part(canonical_email: Column) -> Column:
    return _unless_empty(F.substring_index(canonical_email, "@", 1))


def tokens(canonical: Column) -> Column:
    """array: each of its words."""
    return F.array_distinct(F.split(canonical, " "))


def _unless_empty(text: Column) -> Column:
    """Two uses of a text that is too short to compute to have a name."""
    return keep_if(text, text != "")
