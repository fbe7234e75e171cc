"""When two values match, in plain Python by the words of the design: an oracle that shares no code with the engine."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations as pairs_of
from itertools import product
from typing import Any

from outputs import combinations

from identity_spark.config import Config, Criterion, value_type
from identity_spark.reference import facts

NAMES = ("first_name", "last_name", "full_name")
NUMBERS = ("id", "phone", "number")


@cache
def edits(left: str, right: str) -> int:
    before = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]


def moved(left: str, right: str) -> bool:
    return edits(left, right) <= 2 and Counter(left) == Counter(right)


def similar(left: str, right: str, threshold: float) -> bool:
    return 1 - Fraction(edits(left, right), max(len(left), len(right))) >= Fraction(str(threshold))


def nicknamed(left: str, right: str) -> bool:
    formal = facts("nicknames")["formal"]
    return bool({left, *formal.get(left, "").split()} & {right, *formal.get(right, "").split()})


def initialed(left: str, right: str) -> bool:
    return (len(left) == 1 and right.startswith(left)) or (len(right) == 1 and left.startswith(right))


def in_first_words(left: str, right: str, holds: Callable[[str, str], bool]) -> bool:
    (first, _, rest), (other, _, other_rest) = left.partition(" "), right.partition(" ")
    return rest == other_rest and holds(first, other)


def other_way_round(left: str, right: str) -> bool:
    (year, month, day), other = left.split("-"), right.split("-")
    return other == [year, day, month]


def matches(kind: str, match: str, threshold: float | None, left: str, right: str) -> set[str]:
    """The names of the reasons for which the two match."""
    if match == "exact":
        return {"equal"} if left == right else set()
    medium = match == "fuzzy_medium"
    reasons = {"equal": left == right}
    if kind in NAMES:
        reasons["similar"] = similar(left, right, threshold or (0.75 if medium else 0.80))
        reasons["moved"] = moved(left, right)
        first = (
            (lambda holds: in_first_words(left, right, holds))
            if kind == "full_name"
            else (lambda holds: holds(left, right))
        )
        reasons["nickname"] = kind != "last_name" and first(nicknamed)
        reasons["initial"] = medium and first(initialed)
    elif kind == "date":
        most = 2 if medium else 1
        reasons["similar"] = similar(left, right, threshold) if threshold else edits(left, right) <= most
        reasons["swapped"] = other_way_round(left, right)
    elif kind in NUMBERS:
        reasons["similar"] = similar(left, right, threshold) if threshold else edits(left, right) <= 1
        reasons["moved"] = moved(left, right)
    else:
        reasons["similar"] = similar(left, right, threshold or (0.85 if medium else 0.92))
    return {reason for reason, holds in reasons.items() if holds}


@cache
def values_match(
    kind: str, match: str, threshold: float | None, at_least: int, lefts: tuple[str, ...], rights: tuple[str, ...]
) -> bool:
    """Whether so many different values of each side match one of the other."""
    pairs = [pair for pair in product(lefts, rights) if matches(kind, match, threshold, *pair)]
    return bool(pairs) and all(len(set(side)) >= at_least for side in zip(*pairs, strict=True))


def expected_pairs(records: Sequence[Mapping[str, Any]], config: Config) -> set[tuple[str, str, str]]:
    """Rule and record keys of every pair that each rule matches, by looking at every pair of every block."""
    kinds = {i.name: value_type(i) for i in config.identifiers}
    found = set()
    for rule in config.rules:
        in_block = defaultdict(list)
        for record in records:
            if not rule.sources or record["source"] in rule.sources:
                for key in combinations([record[i] for i in rule.anchor]):
                    in_block[key].append(record)
        for block in in_block.values():
            if rule.exact or len(block) <= rule.max_block_records:
                for pair in pairs_of(sorted(block, key=lambda r: r["record_key"]), 2):
                    if all(holds(c, pair, kinds) for c in rule.criteria):
                        found.add((rule.name, *(record["record_key"] for record in pair)))
    return found


def holds(criterion: Criterion, pair: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> bool:
    for name in criterion.identifiers:
        left, right = ((v,) if isinstance(v, str) else tuple(v or ()) for v in (record[name] for record in pair))
        if not left or not right:
            if criterion.missing == "fail":
                return False
        elif not values_match(kinds[name], criterion.match, criterion.threshold, criterion.at_least, left, right):
            return False
    return True
