"""Text columns by Arrow; only the few values that get an odd edit pass through Python."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LETTERS = "abcdefghijklmnopqrstuvwxyz"
Text = pa.Array | str


def pick(words: pa.Array, index: np.ndarray) -> pa.Array:
    return words.take(pa.array(index))


def join(*parts: Text, sep: str = "") -> pa.Array:
    return pc.binary_join_element_wise(*parts, sep)


def where(mask: np.ndarray, yes: Text | None, no: pa.Array) -> pa.Array:
    if yes is None:
        yes = pa.scalar(None, no.type)
    return pc.if_else(pa.array(mask), yes, no)


def choose(index: np.ndarray, variants: Sequence[pa.Array]) -> pa.Array:
    return pc.choose(pa.array(index), *variants)


def padded(numbers: np.ndarray, width: int) -> pa.Array:
    """Decimal text with leading zeros."""
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")


def known(values: pa.Array) -> np.ndarray:
    """Where there is a value."""
    return values.is_valid().to_numpy(zero_copy_only=False)


def edit(values: pa.Array, mask: np.ndarray, change: Callable[[str, int], str], bits: np.ndarray) -> pa.Array:
    """``change(value, random number)`` where the mask holds and there is a value."""
    at = np.flatnonzero(mask & known(values))
    old = values.take(pa.array(at)).to_pylist()
    new = [change(value, int(number)) for value, number in zip(old, bits[at], strict=True)]
    spot = np.zeros(len(values), dtype=bool)
    spot[at] = True
    return pc.replace_with_mask(values, pa.array(spot), pa.array(new, pa.string()))


def typo(word: str, number: int) -> str:
    """One slip of the fingers: a letter left out, doubled, wrong, or changed with the next; never the word itself."""
    spots = [i for i, letter in enumerate(word) if letter.isalpha()]
    if len(spots) < 3:
        return word + LETTERS[number % 26]
    at = spots[1 + number // 8 % (len(spots) - 1)]
    letter = LETTERS[number // 1024 % 26]
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    )
    slip = slips[number % 4]
    return slip if slip.lower() != word.lower() else slips[1]
