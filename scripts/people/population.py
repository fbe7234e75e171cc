"""Who lives there: households, their people, and which records each person leaves where.

Made chunk by chunk; ``Counters`` is all that one chunk hands to the next.
"""

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from people.dice import Dice
from people.vocabulary import FIRST_OF_MEN, LAST, MEN_WEIGHTS, WOMEN_WEIGHTS

SOURCES = ("crm", "shop", "app", "newsletter")
CRM, SHOP, APP, NEWSLETTER = range(4)
SOURCE_WEIGHTS = np.array([0.355, 0.305, 0.20, 0.14])
HOUSEHOLD_SIZE_WEIGHTS = np.array([0.45, 0.30, 0.13, 0.09, 0.03])  # 1 to 5 people
RECORD_COUNT_WEIGHTS = np.array([0.47, 0.27, 0.12, 0.06, 0.035, 0.02, 0.011, 0.006, 0.004, 0.002, 0.001, 0.001])
CHAIN_EVERY, CROWD_EVERY = 900, 2000  # one person in so many leaves a chain of records, or tens of them
DAYS_A_YEAR = 365.25
FIRST_SECOND, LAST_SECOND = (np.datetime64(day, "s").astype(np.int64) for day in ("2019-01-01", "2025-12-31"))


class Rows:
    """Base of dataclasses whose every field is an array with one entry a row."""

    def take(self: "Table", rows: np.ndarray) -> "Table":
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})  # type: ignore[arg-type]


Table = TypeVar("Table", bound=Rows)


@dataclass(frozen=True)
class People(Rows):
    person: np.ndarray  # number in the whole data
    household: np.ndarray
    head: np.ndarray  # the person who heads the household
    position: np.ndarray  # 0 is the head
    size: np.ndarray  # of the household
    count: np.ndarray  # records of this person
    chain: np.ndarray  # records share one e-mail or one phone with the next only


@dataclass(frozen=True)
class Records(Rows):
    row: np.ndarray  # number in the whole data
    person: np.ndarray
    household: np.ndarray
    head: np.ndarray
    size: np.ndarray
    chain: np.ndarray
    chain_start: np.ndarray  # row of the person's first record
    ordinal: np.ndarray  # 0 is the person's oldest record
    first: np.ndarray  # index into FIRST
    last: np.ndarray  # index into LAST
    birth: np.ndarray  # days since 1970
    twin: np.ndarray
    junior: np.ndarray
    senior: np.ndarray
    moved: np.ndarray  # after the person moved house
    source: np.ndarray  # index into SOURCES
    seconds: np.ndarray  # when it was changed last, since 1970
    key: np.ndarray  # number in the primary key; -1 for none
    deleted: np.ndarray
    duplicate: np.ndarray  # has the primary key of an older record
    replaced: np.ndarray  # a newer record has its primary key


@dataclass
class Counters:
    household: int = 0
    person: int = 0
    row: int = 0


def next_records(dice: Dice, counters: Counters, wanted: int) -> Records:
    """The next ``wanted`` records; people and households are never spread over two calls."""
    people = _people(dice, counters, wanted)
    records = _records(dice, people, counters.row)
    counters.household = int(people.household[-1]) + 1
    counters.person = int(people.person[-1]) + 1
    counters.row += wanted
    return records


def _people(dice: Dice, counters: Counters, wanted: int) -> People:
    households = np.arange(counters.household, counters.household + wanted)
    sizes = dice.weighted(households, "household size", HOUSEHOLD_SIZE_WEIGHTS) + 1
    starts = np.cumsum(sizes) - sizes
    household = np.repeat(households, sizes)
    head = np.repeat(starts, sizes) + counters.person
    person = np.arange(len(household)) + counters.person
    chain = person % CHAIN_EVERY == CHAIN_EVERY // 2
    count = _record_counts(dice, person, chain)
    total = np.cumsum(count)
    enough = int(np.searchsorted(total, wanted)) + 1
    count[enough - 1] -= total[enough - 1] - wanted
    people = People(person, household, head, person - head, np.repeat(sizes, sizes), count, chain)
    return people.take(np.arange(enough))


def _record_counts(dice: Dice, person: np.ndarray, chain: np.ndarray) -> np.ndarray:
    usual = dice.weighted(person, "records", RECORD_COUNT_WEIGHTS) + 1
    chained = 5 + dice.weighted(person, "chain length", np.geomspace(1, 0.05, 26))
    crowd = person % CROWD_EVERY == CROWD_EVERY // 3
    crowded = 15 + dice.below(person, "crowd", 30)
    return np.where(chain, chained, np.where(crowd, crowded, usual))


def _children(dice: Dice, people: People) -> np.ndarray:
    single_parent = dice.chance(people.household, "single parent", 0.2)
    return (people.position >= 2) | ((people.position == 1) & single_parent)


def _twins(dice: Dice, people: People) -> np.ndarray:
    """The children at positions 2 and 3 of some households."""
    pair = (people.position == 2) | (people.position == 3)
    return pair & (people.size >= 4) & dice.chance(people.household, "twins", 0.12)


def _juniors(dice: Dice, people: People) -> np.ndarray:
    """The first child of some households has the name of the head."""
    return (people.position == 2) & _of_senior(dice, people)


def _of_senior(dice: Dice, people: People) -> np.ndarray:
    """Households whose head has a child of the same name; only men do that."""
    return (people.size >= 3) & dice.chance(people.household, "junior", 0.14) & dice.chance(people.head, "man", 0.5)


def _birth_days(dice: Dice, people: People, child: np.ndarray, twin: np.ndarray) -> np.ndarray:
    """A parent is born 1938 to 1976, others up to 2004; children 20 to 32 years after the head."""
    last_year = np.where(people.size >= 2, 1976, 2004)
    head_year = 1938 + dice.share(people.household, "head year") * (last_year - 1938)
    head = (head_year - 1970) * DAYS_A_YEAR
    litter = people.head + np.where(twin, 2, people.position)
    parted = 20 + 12 * dice.share(litter, "age of parent")
    partner = 12 * dice.share(people.person, "age of partner") - 6
    years = np.where(people.position == 0, 0, np.where(child, parted, partner))
    return np.floor(head + years * DAYS_A_YEAR).astype(np.int64)


def _first_names(dice: Dice, people: People, child: np.ndarray, junior: np.ndarray) -> np.ndarray:
    namesake = np.where(junior, people.head, people.person)
    man = dice.chance(np.where(child, namesake, people.head), "man", 0.5)
    man ^= (people.position == 1) & ~child  # partners of the other sex
    men = dice.weighted(namesake, "first name", MEN_WEIGHTS)
    women = dice.weighted(namesake, "first name", WOMEN_WEIGHTS) + len(FIRST_OF_MEN)
    return np.where(man, men, women)


def _last_names(dice: Dice, people: People, child: np.ndarray) -> np.ndarray:
    own = (people.position == 1) & ~child & dice.chance(people.person, "keeps own name", 0.25)
    family = dice.weighted(people.household, "last name", LAST.weights)
    return np.where(own, dice.weighted(people.person, "own last name", LAST.weights), family)


def _records(dice: Dice, people: People, first_row: int) -> Records:
    child, twin, junior = _children(dice, people), _twins(dice, people), _juniors(dice, people)
    senior = (people.position == 0) & _of_senior(dice, people)
    of = np.repeat(np.arange(len(people.person)), people.count)
    start = np.repeat(np.cumsum(people.count) - people.count, people.count)
    row = np.arange(len(of)) + first_row
    ordinal = np.arange(len(of)) - start
    person, chain = people.person[of], people.chain[of]
    source = _sources(dice, row, chain)
    seconds = _seconds(dice, person, row, ordinal, people.count[of])
    deleted = (source == CRM) & dice.chance(row, "deleted", 0.02)
    duplicate = _duplicates(dice, row, person, source, deleted | chain)
    replaced = np.append(duplicate[1:], False)
    same_moment = duplicate & dice.chance(row, "same moment", 0.1)
    no_key = dice.chance(row, "no key", 0.0012) & ~duplicate & ~replaced
    return Records(
        row=row, person=person, household=people.household[of], head=people.head[of], size=people.size[of],
        chain=chain, chain_start=start + first_row, ordinal=ordinal,
        first=_first_names(dice, people, child, junior)[of], last=_last_names(dice, people, child)[of],
        birth=_birth_days(dice, people, child, twin)[of], twin=twin[of], junior=junior[of], senior=senior[of],
        moved=_moved(dice, person, ordinal, people.count[of]), source=source,
        seconds=np.where(same_moment, np.roll(seconds, 1), seconds),
        key=np.where(no_key, -1, row - duplicate), deleted=deleted, duplicate=duplicate, replaced=replaced,
    )  # fmt: skip


def _sources(dice: Dice, row: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """Where each record is; a chain needs e-mail and phone in every record, which the newsletter has not."""
    anywhere = dice.weighted(row, "source", SOURCE_WEIGHTS)
    return np.where(chain & (anywhere == NEWSLETTER), SHOP, anywhere)


def _seconds(dice: Dice, person: np.ndarray, row: np.ndarray, ordinal: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The records of a person follow each other from the day the person became known."""
    span = LAST_SECOND - FIRST_SECOND
    known_from = dice.share(person, "known from") * 0.8
    age = known_from + (1 - known_from) * (ordinal + dice.share(row, "changed")) / count
    return FIRST_SECOND + (age * span).astype(np.int64)


def _moved(dice: Dice, person: np.ndarray, ordinal: np.ndarray, count: np.ndarray) -> np.ndarray:
    moves = dice.chance(person, "moves", 0.12) & (count >= 2)
    return moves & (ordinal >= 1 + dice.share(person, "moves when") * (count - 1))


def _duplicates(dice: Dice, row: np.ndarray, person: np.ndarray, source: np.ndarray, never: np.ndarray) -> np.ndarray:
    """Records written again under the primary key of the person's last record in that source; never three in a row."""
    again = (person[1:] == person[:-1]) & (source[1:] == source[:-1]) & ~never[1:] & ~never[:-1]
    duplicate = np.append(False, again) & dice.chance(row, "duplicate", 0.06)
    duplicate[1:] &= ~duplicate[:-1]
    return duplicate
