"""The way to look a constant up."""

from collections.abc import Mapping
from functools import cache

from pyspark.sql import Column
from pyspark.sql import functions as F

PARTS = 32
PART, LINE, END = "\f", "\n", "\t"


def lookup(table: Mapping[str, str], key: Column, otherwise: Column) -> Column:
    """The value of ``key`` in the table, else the text ``otherwise``; null for null. Nothing in it holds white space
    but plain spaces.

    Spark searches a constant map from its start, and prints it with every use. So the table is text, in parts by the
    first letter of the key, with every value once in a part: it is short, and few bytes of it are looked through.
    """
    part = F.get(F.split(F.lit(_as_text(tuple(table.items()))), PART), F.ascii(key) % PARTS)
    named = F.concat(F.lit(END), key, F.lit(END))
    before = F.call_function("substring_index", part, named, F.lit(1))  # all of it where the key is not there
    return F.substring_index(F.concat(F.substring_index(before, LINE, -1), otherwise), END, 1)


@cache
def _as_text(entries: tuple[tuple[str, str], ...]) -> str:
    """In each part a line for each value: the value, an END, and the keys that have it between ENDs."""
    parts: list[dict[str, list[str]]] = [{} for _ in range(PARTS)]
    for key, value in entries:
        parts[ord(key[0]) % PARTS].setdefault(value, []).append(key)
    lines = ("".join(f"{value}{END}{END}{END.join(keys)}{END}{LINE}" for value, keys in p.items()) for p in parts)
    return PART.join(lines)
