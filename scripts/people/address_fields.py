"""Street, town and postcode as records hold them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from people.dice import zipf
from people.text import choose, join, padded, pick, where
from people.vocabulary import STREET_TYPES, STREETS, TOWN_WEIGHTS, TOWNS, words
from people.writer import Writer

STREET_NAMES = words(STREETS)
LONG_TYPES, SHORT_TYPES = (pa.array(kinds) for kinds in zip(*STREET_TYPES, strict=True))
LONG_SIDES, SHORT_SIDES = words("North South East West"), words("N S E W")
POSTCODES_A_TOWN, FIRST_POSTCODE = 190, 501
HOUSE_WEIGHTS = zipf(2400, offset=300)
STREET_WEIGHTS = zipf(len(STREET_NAMES), offset=6)
TYPE_WEIGHTS = zipf(len(STREET_TYPES), offset=2)


def address(writer: Writer, missing: float) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Where the household lives, or where the person moved to: street, town, postcode; all or none."""
    records = writer.records
    home = np.where(records.moved, 2 * records.person + 1, 2 * records.household)
    town = writer.dice.weighted(home, "town", TOWN_WEIGHTS)
    absent = records.chain | writer.chance("address missing", missing)
    writer.mark("moved", records.moved & ~absent)
    street = writer.typed(_streets(writer, home), "street")
    place = writer.typed(pick(TOWNS, town), "town")
    return where(absent, None, street), where(absent, None, place), where(absent, None, _postcodes(writer, home, town))


def _streets(writer: Writer, home: np.ndarray) -> pa.Array:
    """House number, name and flat; long or short words as the record likes."""
    dice, row = writer.dice, writer.records.row
    short = dice.chance(row, "short street", 0.5)
    kind, side = dice.weighted(home, "street type", TYPE_WEIGHTS), dice.below(home, "street side", 4)
    name = pick(STREET_NAMES, dice.weighted(home, "street", STREET_WEIGHTS))
    name = join(name, " ", where(short, pick(SHORT_TYPES, kind), pick(LONG_TYPES, kind)))
    sided = join(where(short, pick(SHORT_SIDES, side), pick(LONG_SIDES, side)), " ", name)
    number = pc.cast(pa.array(1 + dice.weighted(home, "house", HOUSE_WEIGHTS)), pa.string())
    line = join(number, " ", where(dice.chance(home, "sided", 0.16), sided, name))
    flat = pc.cast(pa.array(1 + dice.below(home, "flat", 40)), pa.string())
    flats = choose(dice.below(row, "flat style", 3), [join(line, sep, flat) for sep in (" Apt ", ", Apt ", " #")])
    return where(dice.chance(home, "has flat", 0.15), flats, line)


def _postcodes(writer: Writer, home: np.ndarray, town: np.ndarray) -> pa.Array:
    """One of the town's; a few with the four digits more that name the street."""
    code = padded(FIRST_POSTCODE + town * POSTCODES_A_TOWN + writer.dice.below(home, "postcode", 25), 5)
    longer = join(code, "-", padded(writer.dice.below(home, "plus four", 10_000), 4))
    return where(writer.chance("long postcode", 0.03), longer, code)
