"""Blocking keys: the anchor values of a record under each rule; rules that share a key are compared in the same blocks.

Keys are written in SQL: each function that Python calls takes several calls to Java, and there are dozens for a rule.
Names of identifiers, rules and sources are of letters, digits, ``_`` and ``-``, so that none has to be escaped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, Rule
from identity_spark.schemas import multi_valued

Sql = str
BACKSLASH = "char(92)"  # a literal would mean something else under another setting of the session


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


def keyed(usable: DataFrame, rules: Mapping[int, Rule], *columns: str) -> DataFrame:
    """``columns``, ``anchor`` and ``parts`` array<string>: a row for each key of each record.

    The keys are those of ``rules``, by the number of the anchor that they stand for.
    """
    keys = (
        f"if({_has_key(rule)}, {_per_key(usable, rule, _numbered(anchor))}, array())" for anchor, rule in rules.items()
    )
    # Not ``inline``: Spark would first build the keys once more, to leave out records that have none.
    every_key = F.expr(f"inline_outer(concat({', '.join(keys)}))")
    return usable.select(*columns, every_key).where("anchor IS NOT NULL")


def keys_of(usable: DataFrame, rule: Rule) -> Column:
    """array<array<string>>: the parts of each key of the record; null where the rule does not apply."""
    return F.expr(f"if({_has_key(rule)}, {_per_key(usable, rule, _array)}, null)")


def rule_keys(usable: DataFrame, rules: Sequence[Rule]) -> Column:
    """map<rule, array<key>>: the blocking keys of the record, as sorted text, under each rule that applies to it."""
    entries = (
        f"if({_has_key(rule)}, struct('{rule.name}', sort_array({_per_key(usable, rule, _text)})), null)"
        for rule in rules
    )
    return F.expr(f"map_from_entries(array_compact(array({', '.join(entries)})))")


def applies(rules: Sequence[Rule]) -> Column:
    """Whether some rule applies to the record."""
    return F.expr(" OR ".join(f"({_has_key(rule)})" for rule in rules))


def has_key(rule: Rule) -> Column:
    """Whether the rule applies to the record: it is of a source of the rule and has every anchor value."""
    return F.expr(_has_key(rule))


def _has_key(rule: Rule) -> Sql:
    conditions = [f"`{name}` IS NOT NULL" for name in rule.anchor]
    if rule.sources:
        conditions.append(f"source IN ({', '.join(repr(source) for source in rule.sources)})")
    return " AND ".join(conditions)


def _per_key(usable: DataFrame, rule: Rule, form: Callable[[Sequence[Sql]], Sql]) -> Sql:
    """array: ``form`` of the parts of each key, every combination of one value per anchor.

    Meaningful where ``_has_key``. Most records have one key, and are spared the lambdas, which Spark interprets.
    """
    several = [name for name in rule.anchor if name in multi_valued(usable, rule.anchor)]
    one = f"array({form([f'get(`{name}`, 0)' if name in several else f'`{name}`' for name in rule.anchor])})"
    if not several:
        return one
    keys = form([f"value__{name}" if name in several else f"`{name}`" for name in rule.anchor])
    for name in reversed(several):
        keys = f"transform(`{name}`, value__{name} -> {keys})"
        keys = keys if name == several[-1] else f"flatten({keys})"
    has_one = " AND ".join(f"size(`{name}`) = 1" for name in several)
    return f"if({has_one}, {one}, {keys})"


def _array(parts: Sequence[Sql]) -> Sql:
    return f"array({', '.join(parts)})"


def _numbered(anchor: int) -> Callable[[Sequence[Sql]], Sql]:
    return lambda parts: f"named_struct('anchor', {anchor}, 'parts', {_array(parts)})"


def _text(parts: Sequence[Sql]) -> Sql:
    """The parts of a key joined by ``|``, which is escaped inside them so that no two keys read the same."""
    return parts[0] if len(parts) == 1 else f"concat_ws('|', {', '.join(map(_escaped, parts))})"


def _escaped(part: Sql) -> Sql:
    doubled = f"replace({part}, {BACKSLASH}, concat({BACKSLASH}, {BACKSLASH}))"
    return f"replace({doubled}, '|', concat({BACKSLASH}, '|'))"
