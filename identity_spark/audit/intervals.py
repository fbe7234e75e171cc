"""How sure an estimate is: intervals for shares that were counted on a sample."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

Z_95 = 1.959963984540054  # the standard normal distribution holds 95 % within plus and minus this


class Interval(NamedTuple):
    """The least and the greatest share that the counts still agree with."""

    low: float
    high: float


class Stratum(NamedTuple):
    """A part of a population that was sampled by itself: its size, how many were judged, and how many are right."""

    size: int
    judged: int
    right: int


def wilson(successes: int, n: int, z: float = Z_95) -> Interval | None:
    """Wilson's score interval of the share ``successes / n``, by default of 95 %; None where nothing was counted.

    Unlike the share plus and minus its standard error, it stays within 0 and 1 and has a width at 0 and n successes.
    Raises ``ValueError`` unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    return _score_interval(successes / n, n, z) if n else None


def stratified(strata: Sequence[Stratum], z: float = Z_95) -> tuple[float, Interval] | None:
    """The share of the population and its interval, from strata that were sampled at rates of their own.

    The share weighs each stratum by its size; strata of which nothing was judged are left out. The interval is Wilson's
    for the number of judgements that a simple random sample would need for the same variance, never more than were made
    (Korn and Graubard's effective sample size, in Wilson's formula as Franco et al. 2019 compare them). The variance of
    a stratum takes (right + 1) / (judged + 2) for its share, so that a stratum without a mistake in few judgements does
    not count as certain; a stratum that was judged whole has none. None where nothing was judged.
    """
    judged = [stratum for stratum in strata if stratum.judged]
    if not judged:
        return None
    whole = sum(stratum.size for stratum in judged)
    share = sum(stratum.size / whole * stratum.right / stratum.judged for stratum in judged)
    variance = sum((stratum.size / whole) ** 2 * _variance(stratum) for stratum in judged)
    if variance == 0:  # all was judged, and so is known
        return share, Interval(share, share)
    careful = sum(stratum.size / whole * _careful_share(stratum) for stratum in judged)
    effective = min(careful * (1 - careful) / variance, sum(stratum.judged for stratum in judged))
    return share, _score_interval(share, effective, z)


def _careful_share(stratum: Stratum) -> float:
    return (stratum.right + 1) / (stratum.judged + 2)


def _variance(stratum: Stratum) -> float:
    """Of the share of one stratum, drawn without putting back."""
    share = _careful_share(stratum)
    return share * (1 - share) / stratum.judged * (1 - stratum.judged / stratum.size)


def _score_interval(share: float, n: float, z: float) -> Interval:
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
