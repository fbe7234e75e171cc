"""How alike two canonical values are, and whether that is a match: exact, ``fuzzy_medium`` or ``fuzzy_strong``.

similarity = (longer length - edits) / longer length, an edit being one character put in, dropped or replaced. Without
nulls a comparison is symmetric: left and right may change places.

These expressions see every candidate pair, so each asks what is cheap first and for the edits once, up to a limit:
Levenshtein's distance costs several times less when it may stop. How many edits a threshold allows is reckoned in whole
numbers, so a value at the border counts as the decimal of the configuration says: 3 edits in 20 characters are .85.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil
from operator import or_

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config.types import TYPES
from identity_spark.expressions.person_name import nickname_equal

Comparison = Callable[[Column, Column], Column]
NEVER = 2**31 - 1  # a length that no text reaches
FINEST = 10**6  # thresholds count to six decimals, which keeps the whole numbers small


@dataclass(frozen=True)
class Edits:
    """How many edits still are a match: so many, or as many as leave values of their length this similar."""

    most: int = 0
    similarity: Fraction | None = None

    def allowed(self, longer: Column) -> Column:
        """The number for two values of which the longer has this length."""
        if self.similarity is None:
            return F.lit(self.most)
        dissimilarity = 1 - self.similarity
        edits = F.call_function(
            "div", longer.cast("bigint") * dissimilarity.numerator, F.lit(dissimilarity.denominator)
        )
        return edits.cast("int")

    def length_for(self, edits: int) -> int:
        """The length from which on so many edits are allowed."""
        if self.similarity is None:
            return 0 if edits <= self.most else NEVER
        return NEVER if self.similarity == 1 else ceil(edits / (1 - self.similarity))


def similarity(left: Column, right: Column) -> Column:
    """1.0 for equal values down to 0.0 for nothing in common; null when either is null."""
    longer = F.greatest(F.length(left), F.length(right))
    return F.when(left == right, 1.0).otherwise((longer - F.levenshtein(left, right)) / longer)


def agrees(
    kind: str,
    match: str,
    threshold: float | None,
    left: Column,
    right: Column,
    known: Mapping[Comparison, Column] | None = None,
) -> Column:
    """Whether two canonical values of a type match to a degree; null when either is null.

    A threshold replaces the similarity, or the number of edits, of the type's own. Moved characters, nicknames,
    initials and swapped days and months match in any case, where the type and degree know them. ``known`` has what
    comparisons among these have found for the two, so that several degrees need not ask again.
    """
    if match == "exact":
        return left == right
    degree = TYPES[kind].fuzzy.get(match)
    if degree is None:
        raise ValueError(f"{match!r} is not defined for values of type {kind!r}")
    least = degree.similarity if threshold is None else threshold
    edits = Edits(degree.edits) if least is None else at_least_similar(least)
    few_edits = few_or_moved if degree.moved else few
    compared = (COMPARISONS[name] for name in degree.others)
    others = (known[other] if known and other in known else other(left, right) for other in compared)
    return reduce(or_, others, (left == right) | few_edits(left, right, edits))


def values_agree(
    kind: str, match: str, threshold: float | None, at_least: int, lefts: Column, rights: Column
) -> Column:
    """Whether so many different values of each side match one of the other; null when either array is null or empty.

    The arrays hold canonical values without nulls. A value may be the match of several.
    """

    def alike(left: Column, right: Column) -> Column:
        return agrees(kind, match, threshold, left, right)

    if match == "exact":
        enough = (
            F.size(F.array_intersect(lefts, rights)) >= at_least if at_least > 1 else F.arrays_overlap(lefts, rights)
        )
    elif at_least > 1:
        enough = (matched(lefts, rights, alike) >= at_least) & (matched(rights, lefts, alike) >= at_least)
    else:
        # Lambdas are interpreted, compiled code is several times faster: and most records have one value.
        single = (F.size(lefts) == 1) & (F.size(rights) == 1)
        some = F.exists(lefts, lambda left: F.exists(rights, lambda right: alike(left, right)))
        enough = F.when(single, alike(F.get(lefts, F.lit(0)), F.get(rights, F.lit(0)))).otherwise(some)
    return F.when((F.size(lefts) > 0) & (F.size(rights) > 0), enough)


def matched(values: Column, others: Column, alike: Comparison) -> Column:
    """How many different values match one of the others."""
    found = F.filter(values, lambda value: F.exists(others, lambda other: alike(value, other)))
    return F.size(F.array_distinct(found))


def best_pair(lefts: Column, rights: Column) -> Column:
    """The two most similar values, one of each array: ``struct<left, right, similarity>``.

    Of equally similar ones the smaller left, then the smaller right. Null when either array is null or empty; the
    arrays hold canonical values without nulls.
    """

    def pair(left: Column, right: Column) -> Column:
        return F.struct(left.alias("left"), right.alias("right"), similarity(left, right).alias("similarity"))

    def compare(one: Column, other: Column) -> Column:
        place, other_place = (F.struct(-p["similarity"], p["left"], p["right"]) for p in (one, other))
        return F.when(place < other_place, -1).when(place > other_place, 1).otherwise(0)

    pairs = F.flatten(F.transform(lefts, lambda left: F.transform(rights, lambda right: pair(left, right))))
    return F.get(F.array_sort(pairs, compare), F.lit(0))


def at_least_similar(threshold: float) -> Edits:
    """As many edits as leave two values this similar, taking the threshold as the decimal that it is written as."""
    return Edits(similarity=Fraction(threshold).limit_denominator(FINEST))


def few(left: Column, right: Column, edits: Edits) -> Column:
    """True for no more edits than allowed."""
    allowed = edits.allowed(F.greatest(F.length(left), F.length(right)))
    return F.call_function("levenshtein", left, right, allowed) >= 0  # -1 beyond the limit


def few_or_moved(left: Column, right: Column, edits: Edits) -> Column:
    """True for no more edits than allowed, or when two edits move characters to another place.

    Moving takes two edits and leaves the length as it is, so it is a question only where fewer than two are allowed.
    """
    length = F.length(left)
    one_is_few = F.lit(True) if edits.length_for(1) == 0 else length >= edits.length_for(1)
    # An array holds what each distance means (more than 2, 0, 1, 2), because two conditions would reckon it twice.
    distance = F.levenshtein(left, right, 2)
    by_distance = F.get(F.array(F.lit(False), F.lit(True), one_is_few, F.lit(None)), distance + 1)
    in_question = (length == F.length(right)) & (length < edits.length_for(2))
    return F.when(in_question, F.coalesce(by_distance, same_characters(left, right))).otherwise(few(left, right, edits))


def same_characters(left: Column, right: Column) -> Column:
    """True when both have the same characters, each as often."""
    return F.sort_array(F.split(left, "")) == F.sort_array(F.split(right, ""))


def initial(left: Column, right: Column) -> Column:
    """True when one is a single letter with which the other begins."""
    shorter = F.least(F.length(left), F.length(right))
    return (shorter == 1) & (F.substring(left, 1, 1) == F.substring(right, 1, 1))


def swapped(left: Column, right: Column) -> Column:
    """True for two dates of the same year that have day and month the other way round."""
    same_year = F.substring(left, 1, 5) == F.substring(right, 1, 5)
    there = F.substring(left, 6, 2) == F.substring(right, 9, 2)
    back = F.substring(left, 9, 2) == F.substring(right, 6, 2)
    return same_year & there & back


def of_first_words(comparison: Comparison) -> Comparison:
    """A comparison of first names as one of full names, whose other words are the same."""

    def compare(left: Column, right: Column) -> Column:
        return (other_words(left) == other_words(right)) & comparison(first_word(left), first_word(right))

    return compare


def first_word(name: Column) -> Column:
    return F.substring_index(name, " ", 1)


def other_words(name: Column) -> Column:
    """All after the first word, "" when there is nothing."""
    return F.substr(name, F.length(first_word(name)) + 1)


COMPARISONS: dict[str, Comparison] = {
    "nickname": nickname_equal,
    "nickname_of_first_word": of_first_words(nickname_equal),
    "initial": initial,
    "initial_of_first_word": of_first_words(initial),
    "swapped": swapped,
}


def nicknames(kind: str) -> Comparison | None:
    """The comparison by which a type knows nicknames; None where it knows none."""
    names = (name for degree in TYPES[kind].fuzzy.values() for name in degree.others if name.startswith("nickname"))
    return next((COMPARISONS[name] for name in names), None)
