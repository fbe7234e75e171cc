"""How many pairs of each stratum a sample takes."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from math import sqrt
from typing import TypeVar

Name = TypeVar("Name", bound=tuple[str, ...])

LEAST = 2  # of every stratum, where so many are asked for that it can be


def allocated(sizes: Mapping[Name, int], n: int) -> dict[Name, int]:
    """How many of each stratum, ``n`` in all, or everything where there is less.

    In proportion to the square root of its size (a power allocation, Bankier 1988): between equal shares, which tell
    most about each stratum, and proportional ones, which tell most about the whole. At least one of each; raises
    ``ValueError`` where ``n`` is less than that.
    """
    if n < len(sizes):
        raise ValueError(f"{n} of {len(sizes)} strata")
    least = LEAST if n >= LEAST * len(sizes) else 1
    quotas = {name: min(size, least) for name, size in sizes.items()}
    waiting = [(_claim(size, quotas[name]), name) for name, size in sizes.items() if quotas[name] < size]
    heapify(waiting)
    for _ in range(n - sum(quotas.values())):
        if not waiting:
            break
        _, name = heappop(waiting)
        quotas[name] += 1
        if quotas[name] < sizes[name]:
            heappush(waiting, (_claim(sizes[name], quotas[name]), name))
    return quotas


def _claim(size: int, given: int) -> float:
    """Of the stratum that comes next it is the least: the divisor method of D'Hondt."""
    return -sqrt(size) / (given + 1)
