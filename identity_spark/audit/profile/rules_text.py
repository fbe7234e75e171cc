"""What ``jobs/validate.py --profile`` prints: what each rule will cost, and which will cost too much or do nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from identity_spark.config import Config, Rule, value_type
from identity_spark.config.types import TYPES
from identity_spark.pipeline.text import table

MOST_CHANCE = 0.1  # of a rule's pairs: with ten times the records it is half of them
ROUNDS = 100  # the estimate settles long before
MOST_SKIPPED = 0.01  # of the records that have a key, once for each key of theirs
BLOCKS = ("applies to", "keys", "largest block", "compares", "links")
SKIPPED = ("skipped blocks", "records in them", "pairs avoided")


@dataclass(frozen=True)
class BlockCounts:
    """The blocks of a rule before and after its cap, as ``blocks.rule_blocks`` counts them."""

    records: int
    keys: int
    held: int
    largest: int
    pairs: int
    compared: int
    skipped_blocks: int
    skipped_records: int


@dataclass(frozen=True)
class ValueCounts:
    """How many records have an identifier, and in how many pairs of them they share a value."""

    records: int
    pairs: int

    @property
    def chance(self) -> float:
        """How likely it is that two records that have the identifier share its value: sum of c (c - 1) / n (n - 1)."""
        return self.pairs / _pairs_of(self.records) if self.records > 1 else 0.0


def rule_advice_text(blocks: Sequence[BlockCounts], values: Mapping[str, ValueCounts], config: Config) -> str:
    """A line for each rule, then the warnings; ``blocks`` in the order of the rules, ``values`` by identifier."""
    rows = [_cells(rule, counts, config) for rule, counts in zip(config.rules, blocks, strict=True)]
    warnings = [
        f"warning: rules[{index}] {rule.name}: {problem}"
        for index, (rule, counts) in enumerate(zip(config.rules, blocks, strict=True))
        for problem in _problems(rule, counts, chance_pairs(rule, counts, values, config))
    ]
    return "\n".join([*table(("rule", *BLOCKS, *SKIPPED), rows), *([""] if warnings else []), *warnings])


def chance_pairs(rule: Rule, counts: BlockCounts, values: Mapping[str, ValueCounts], config: Config) -> float:
    """How many of the rule's pairs share its key by chance: those whose number grows with the square of the records.

    A sample cannot tell them apart, for all pairs of a sample fall with its square; so this is an estimate:

    - A key with a value of an e-mail, phone, id, company, domain or address belongs to an entity: no pair is chance.
    - Any other key of a single identifier: every pair is.
    - Otherwise the identifiers are taken as independent: all pairs of the records that have a key, times the chance of
      each identifier. An identifier and another derived from it are one, the one of the smaller chance; two derived
      from a third are not. The pairs that are left belong to entities and share every identifier of the key; they are
      no chance, so they are taken out of the chance of each, until nothing changes.

    Pairs of an entity that differ in one identifier stay in the chance of the others, so small data gives rather too
    many; identifiers that go together (a first name and a year of birth, or the names of a family) rather too few.
    """
    if any(TYPES[value_type(config.identifier(name))].belongs_to_few for name in rule.anchor):
        return 0
    independent = _independent(rule.anchor, values, config)
    if len(independent) == 1:
        return counts.pairs
    every_pair, chance = max(_pairs_of(counts.records), 1), float(counts.pairs)
    for _ in range(ROUNDS):
        of_one_entity = (counts.pairs - chance) / every_pair
        expected = every_pair * prod(max(values[name].chance - of_one_entity, 0) for name in independent)
        chance = min(counts.pairs, expected)
    return chance


def growth(counts: BlockCounts, chance: float) -> float:
    """How many times the pairs ten times the records make: ten for those of an entity, a hundred for chance."""
    return (10 * (counts.pairs - chance) + 100 * chance) / counts.pairs


def _independent(anchor: Sequence[str], values: Mapping[str, ValueCounts], config: Config) -> list[str]:
    """The identifiers less those that are derived from one of a smaller chance, or that it is derived from."""
    kept: list[str] = []
    for name in sorted(anchor, key=lambda name: values[name].chance):
        if not any(name in _origins(other, config) or other in _origins(name, config) for other in kept):
            kept.append(name)
    return kept


def _origins(name: str, config: Config) -> list[str]:
    """What the identifier is derived from, what that is derived from, and so on."""
    found: list[str] = []
    while (origin := config.identifier(name).derived_from) is not None:
        found.append(name := origin)
    return found


def _problems(rule: Rule, counts: BlockCounts, chance: float) -> list[str]:
    key = " + ".join(rule.anchor)
    if not counts.records:
        of = f" of {', '.join(rule.sources)}" if rule.sources else ""
        return [f"applies to no record: none{of} has {key}; look at the columns that the sources map"]
    problems = []
    if chance > MOST_CHANCE * counts.pairs:
        problems.append(_square(rule, key, counts, chance))
    if not rule.exact and counts.skipped_records > MOST_SKIPPED * counts.held:
        problems.append(
            f"max_block_records: {rule.max_block_records} leaves out {counts.skipped_records / counts.held:.1%} of the"
            f" records with {key}; add an identifier to its exact criteria, or raise max_block_records"
        )
    return problems


def _square(rule: Rule, key: str, counts: BlockCounts, chance: float) -> str:
    found = f"about {chance / counts.pairs:.0%} of the pairs of the key {key} are chance"
    grows = f"ten times the records make about {growth(counts, chance):.0f} times the pairs (now {counts.pairs:,})"
    if rule.exact:
        return f"{found}, so it links different people; {grows}; add an identifier to its criteria"
    return f"{found}; {grows}; add an identifier to its exact criteria, or lower max_block_records"


def _cells(rule: Rule, counts: BlockCounts, config: Config) -> tuple[str, ...]:
    """A line of the table; of what a rule does not do 0, of what only comparing will tell a dash."""
    compares = not rule.exact or config.match_pairs == "all"
    links = f"{counts.held - counts.keys:,}" if rule.exact else "-"
    cap = (counts.skipped_blocks, counts.skipped_records, counts.pairs - counts.compared) if compares else (0, 0, 0)
    before = (counts.records, counts.keys, counts.largest, counts.compared if compares else 0)
    return (rule.name, *(f"{n:,}" for n in before), links, *(f"{n:,}" for n in cap))


def _pairs_of(records: int) -> int:
    return records * (records - 1) // 2
