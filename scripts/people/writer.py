"""What every written field goes through: variants, gaps and placeholders, each marked in ``flags``."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from people.dice import Dice
from people.population import Records
from people.text import join, known, pick, where

FLAGS = (
    "name_typo", "nickname", "initial", "accents_dropped", "swapped_names", "email_typo", "plus_tag", "gmail_dots",
    "birth_date_error", "placeholder", "household_phone", "hub_email", "hub_phone", "foreign_phone", "twin", "junior",
    "chain", "moved", "shared_device", "shared_card", "deleted", "duplicate_key",
)  # fmt: skip
FLAG_BITS = {name: 1 << bit for bit, name in enumerate(FLAGS)}
BLANKS = pa.array([" ", "  ", "\u00a0", "\t"])
BLANK_WEIGHTS = np.array([6, 2, 1, 1])


class Writer:
    """Writes fields of some records of one source; ``rows`` is the size of the whole data."""

    def __init__(self, dice: Dice, records: Records, rows: int) -> None:
        self.dice, self.records, self.rows = dice, records, rows
        self.flags = np.zeros(len(records.row), dtype=np.int32)
        for name in ("twin", "junior", "chain", "deleted"):
            self.mark(name, getattr(records, name))
        self.mark("duplicate_key", records.duplicate | records.replaced)

    def mark(self, flag: str, at: np.ndarray) -> None:
        self.flags[at] |= FLAG_BITS[flag]

    def chance(self, purpose: str, probability: float) -> np.ndarray:
        """A throw per record; the links of a chain suffer no accident."""
        return self.dice.chance(self.records.row, purpose, probability) & ~self.records.chain

    def weighted(self, purpose: str, weights: np.ndarray) -> np.ndarray:
        return self.dice.weighted(self.records.row, purpose, weights)

    def bits(self, purpose: str) -> np.ndarray:
        return self.dice.bits(self.records.row, purpose)

    def gaps(self, values: pa.Array, field: str, missing: float) -> pa.Array:
        return where(self.chance(f"{field} missing", missing), None, values)

    def placeholders(self, values: pa.Array, field: str, words: pa.Array) -> pa.Array:
        at = self.chance(f"{field} placeholder", 0.01) & known(values)
        self.mark("placeholder", at)
        return where(at, pick(words, self.dice.below(self.records.row, f"{field} dummy", len(words))), values)

    def typed(self, values: pa.Array, field: str) -> pa.Array:
        """Upper and lower case, and space around."""
        share = self.dice.share(self.records.row, f"{field} case")
        values = where(share < 0.06, pc.utf8_upper(values), where(share > 0.93, pc.utf8_lower(values), values))
        blank = pick(BLANKS, self.weighted(f"{field} blank", BLANK_WEIGHTS))
        values = where(self.chance(f"{field} after", 0.025), join(values, blank), values)
        return where(self.chance(f"{field} before", 0.015), join(blank, values), values)

    def agreed(self, field: str, yes: float, missing: float) -> pa.Array:
        """True, false or, where nobody asked, null."""
        answer = pa.array(self.dice.chance(self.records.row, field, yes))
        return where(self.dice.chance(self.records.row, f"{field} missing", missing), None, answer)
