"""The ways to look a constant up: the value of a key among many or few, or whether a text is listed.

Spark searches a constant map from its start, and a list of literals is a call to the JVM for each. So constants are one
literal, in as many parts as leave a few entries to each, of which the key's checksum says one.
"""

import json
import zlib
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

PER_PART = 12  # keys; more of them make a shorter literal, fewer a quicker look
PART, LINE, VALUE = "\f", "\n", "\t"


def lookup(table: Mapping[str, str], key: Column, otherwise: Column) -> Column:
    """The value of ``key`` in the table, else the text ``otherwise``; null for null.

    No value is "". Keys, values and what is looked up hold no white space but plain spaces, and do not begin with one.
    """
    part = F.get(F.split(F.lit(_as_text(tuple(table.items()))), PART), _part(key, len(table)))
    named = F.concat(F.lit(LINE), key, F.lit(VALUE))
    onward = F.call_function(
        "substring_index", part, named, F.lit(-1)
    )  # all of it where the key is not there: LINE ...
    found = F.concat(F.substring_index(onward, LINE, 1), F.lit(LINE), otherwise)
    return F.substring_index(F.ltrim(found, F.lit(LINE)), LINE, 1)


def listed(texts: Collection[str], text: Column) -> Column:
    """Whether the text is one of the texts; null for null."""
    parts = F.from_json(F.lit(_as_json(tuple(texts))), "array<array<string>>")
    return F.array_contains(F.get(parts, _part(text, len(texts))), text)


def _part(key: Column, entries: int) -> Column:
    return (F.crc32(key) % _parts(entries)).cast("int")


def _parts(entries: int) -> int:
    return entries // PER_PART + 1


def of_few(values: Mapping[Any, Any], key: Column) -> Column:
    """The value of ``key`` among a few, as many as rules or sources; null for another key.

    Of literals as they are, numbers too, where a search from the start costs nothing.
    """
    return F.create_map(*(F.lit(part) for entry in values.items() for part in entry))[key]


@cache
def _as_json(texts: tuple[str, ...]) -> str:
    parts: list[list[str]] = [[] for _ in range(_parts(len(texts)))]
    for text in dict.fromkeys(texts):
        parts[zlib.crc32(text.encode()) % len(parts)].append(text)
    return json.dumps(parts)


@cache
def _as_text(entries: tuple[tuple[str, str], ...]) -> str:
    """In each part a line for each key: LINE, the key, VALUE and the value; so "" is no key."""
    parts = [""] * _parts(len(entries))
    for key, value in entries:
        parts[zlib.crc32(key.encode()) % len(parts)] += f"{LINE}{key}{VALUE}{value}"
    return PART.join(part + LINE for part in parts)
