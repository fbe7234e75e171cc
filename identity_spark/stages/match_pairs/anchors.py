"""Anchors: rules that share their blocking key are compared in the same blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, Rule
from identity_spark.schemas import multi_valued
from identity_spark.stages.match_pairs.keys import has_key, per_key


@dataclass(frozen=True)
class Anchor:
    """A blocking key and the rules that compare within its blocks, each with its place in the configuration."""

    index: int
    rules: tuple[tuple[int, Rule], ...]
    collapses: bool = True  # whether records with the same compared values are compared as one

    @property
    def key(self) -> Rule:
        """A rule that stands for all of them: its anchor and sources."""
        return self.rules[0][1]

    @property
    def compared(self) -> tuple[str, ...]:
        """The identifiers that have to be looked at within a block, in the order written, each once."""
        return tuple(dict.fromkeys(i for _, rule in self.rules for c in compared_criteria(rule) for i in c.identifiers))

    @property
    def max_block_records(self) -> int:
        """The largest cap among the rules."""
        return max(rule.max_block_records for _, rule in self.rules)


def anchors(config: Config) -> tuple[Anchor, ...]:
    """The anchors of every rule that compares pairs; with ``match_pairs: all`` exact rules list theirs too.

    A blocking key has the same ``index`` either way.
    """
    every_pair = config.match_pairs == "all"
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[int, Rule]]] = {}
    for index, rule in enumerate(config.rules):
        groups.setdefault((tuple(sorted(rule.anchor)), tuple(sorted(rule.sources))), []).append((index, rule))
    found = []
    for n, rules in enumerate(groups.values()):
        if compared := tuple((index, rule) for index, rule in rules if every_pair or not rule.exact):
            found.append(Anchor(n, compared, not every_pair))
    return tuple(found)


def anchors_of_exact_rules_alone(config: Config) -> tuple[Anchor, ...]:
    """What ``match_pairs: all`` has besides ``anchors``."""
    known = {anchor.index for anchor in anchors(config)}
    return tuple(anchor for anchor in anchors(with_every_pair(config)) if anchor.index not in known)


def with_every_pair(config: Config) -> Config:
    """``config`` with ``match_pairs: all``."""
    return replace(config, match_pairs="all")


def compared_criteria(rule: Rule) -> Sequence[Criterion]:
    """The criteria that sharing the blocking key does not settle."""
    return [c for c in rule.criteria if not (c.anchors and c.at_least == 1)]


def keyed(usable: DataFrame, anchor: Anchor, *columns: Column | str) -> DataFrame:
    """``parts`` array<string>, the key, and ``columns``: a row for each key of each record."""
    rows = usable.where(has_key(usable, anchor.key))
    if multi_valued(usable, anchor.key.anchor):
        return rows.select(F.explode(per_key(usable, anchor.key)).alias("parts"), *columns)
    return rows.select(F.array(*anchor.key.anchor).alias("parts"), *columns)
