"""Anchors: rules that share their blocking key are compared in the same blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from identity_spark.config import Config, Criterion, Rule


@dataclass(frozen=True)
class Anchor:
    """A blocking key and the rules that compare within its blocks, each with its place in the configuration."""

    index: int
    rules: tuple[tuple[int, Rule], ...]
    collapses: bool = True  # whether records with the same compared values are compared as one
    first_reach: int = 0  # each cap of each anchor has a number of its own

    @property
    def key(self) -> Rule:
        """A rule that stands for all of them: its anchor and sources."""
        return self.rules[0][1]

    @property
    def compared(self) -> tuple[str, ...]:
        """The identifiers that have to be looked at within a block, in the order written, each once."""
        return tuple(dict.fromkeys(i for _, rule in self.rules for c in compared_criteria(rule) for i in c.identifiers))

    @property
    def caps(self) -> tuple[int, ...]:
        """The different caps of the rules, from the smallest."""
        return tuple(sorted({rule.max_block_records for _, rule in self.rules}))

    def reaches(self, rule: Rule) -> tuple[int, ...]:
        """The numbers of the pairs that ``rule`` is asked about: one for each cap that its own is not below."""
        return tuple(self.first_reach + n for n, cap in enumerate(self.caps) if cap <= rule.max_block_records)


def anchors(config: Config) -> tuple[Anchor, ...]:
    """The anchors of every rule that compares pairs; with ``match_pairs: all`` exact rules list theirs too.

    A blocking key has the same ``index`` either way.
    """
    every_pair = config.match_pairs == "all"
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[int, Rule]]] = {}
    for index, rule in enumerate(config.rules):
        groups.setdefault((tuple(sorted(rule.anchor)), tuple(sorted(rule.sources))), []).append((index, rule))
    found: list[Anchor] = []
    for n, rules in enumerate(groups.values()):
        if compared := tuple((index, rule) for index, rule in rules if every_pair or not rule.exact):
            found.append(Anchor(n, compared, not every_pair, sum(len(anchor.caps) for anchor in found)))
    return tuple(found)


def with_every_pair(config: Config) -> Config:
    """``config`` with ``match_pairs: all``."""
    return replace(config, match_pairs="all")


def compared_criteria(rule: Rule) -> Sequence[Criterion]:
    """The criteria that sharing the blocking key does not settle."""
    return [c for c in rule.criteria if not (c.anchors and c.at_least == 1)]
