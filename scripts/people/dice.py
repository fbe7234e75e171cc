"""Chance without state: every throw is a function of the seed, an id and a purpose.

So the data does not depend on the order in which it is made, on chunks or on the process, and two places that ask
the same question about the same id get the same answer.
"""

import zlib

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15
WORD = (1 << 64) - 1


def _mix(x: np.ndarray) -> np.ndarray:
    """The finalizer of splitmix64: every input bit moves every output bit."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class Dice:
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, ids: np.ndarray, purpose: str) -> np.ndarray:
        """64 random bits an id."""
        start = np.array([(self.seed * GOLDEN + zlib.crc32(purpose.encode())) & WORD], dtype=np.uint64)
        return _mix(ids.astype(np.uint64) * np.uint64(GOLDEN) + _mix(start))

    def share(self, ids: np.ndarray, purpose: str) -> np.ndarray:
        """A number in [0, 1) an id."""
        return (self.bits(ids, purpose) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def chance(self, ids: np.ndarray, purpose: str, probability: float) -> np.ndarray:
        return self.share(ids, purpose) < probability

    def below(self, ids: np.ndarray, purpose: str, count: int) -> np.ndarray:
        """A whole number in [0, count) an id."""
        return (self.bits(ids, purpose) % np.uint64(count)).astype(np.int64)

    def weighted(self, ids: np.ndarray, purpose: str, weights: np.ndarray) -> np.ndarray:
        """An index into ``weights`` an id."""
        steps = np.cumsum(weights) / np.sum(weights)
        return np.minimum(np.searchsorted(steps, self.share(ids, purpose), side="right"), len(weights) - 1)


def zipf(count: int, offset: float = 3.0, exponent: float = 1.0) -> np.ndarray:
    """Falling weights as names, towns and shared contacts have them: a few are everywhere, most are rare."""
    return 1.0 / (np.arange(count) + offset) ** exponent


def scatter(ids: np.ndarray, size: int, seed: int, step: int) -> np.ndarray:
    """Different ids below ``size`` become different numbers below ``size``, without visible order."""
    step = step % size or 1
    while np.gcd(step, size) != 1:
        step += 1
    return (ids.astype(np.int64) * step + seed * 7919 % size) % size
