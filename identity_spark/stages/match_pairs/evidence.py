"""What the rules found in a pair that they linked; written in SQL, for the reason that keys are."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config import Rule
from identity_spark.schemas import EVIDENCE
from identity_spark.stages.match_pairs.criteria import Criteria
from identity_spark.stages.match_pairs.keys import Anchor, compared_criteria

Sql = str


def alike_columns(compared: Sequence[Anchor], criteria: Criteria) -> list[Column]:
    """For each compared identifier what ``Criteria.alike`` finds, where one of the rules that ``linked`` shows it."""
    rules = [(index, rule) for anchor in compared for index, rule in anchor.rules]
    columns = []
    for name in dict.fromkeys(name for anchor in compared for name in anchor.compared):
        showing = (str(n) for n, rule in rules if any(name in c.identifiers for c in compared_criteria(rule)))
        is_shown = F.expr(f"arrays_overlap(linked, array({', '.join(showing)}))")
        columns.append(F.when(is_shown, criteria.alike(name)).alias(_alike(name)))
    return columns


def evidence(compared: Sequence[Anchor], criteria: Criteria) -> Column:
    """``EVIDENCE`` of the rule ``rule_index``; reads ``alike_columns`` and the ``keys`` that brought the pair."""
    rules = (f"WHEN {n} THEN {_of(rule, anchor, criteria)}" for anchor in compared for n, rule in anchor.rules)
    found = f"CASE rule_index {' '.join(rules)} END"
    return F.expr(f"filter({found}, e -> e.left_value IS NOT NULL AND e.right_value IS NOT NULL)").cast(EVIDENCE)


def _of(rule: Rule, anchor: Anchor, criteria: Criteria) -> Sql:
    """In the order of its criteria; sorted where the pair may share several keys."""
    several_keys = not criteria.multi_valued.isdisjoint(rule.anchor)
    compared = compared_criteria(rule)
    shown = [(name, c) for c in rule.criteria if c in compared or not several_keys for name in c.identifiers]
    entries = (_compared(n, c.match) if c in compared else _shared(n, f"right.values.`{n}`") for n, c in shown)
    found = f"array({', '.join(entries)})"
    if several_keys:
        found = f"concat({_of_keys(rule, anchor)}, {found})" if shown else _of_keys(rule, anchor)
    return f"sort_array(array_distinct({found}))" if several_keys else found


def _of_keys(rule: Rule, anchor: Anchor) -> Sql:
    """The shared values of every key that brought the pair to the rule."""
    reaches = ", ".join(map(str, anchor.reaches(rule)))
    entries = ", ".join(_shared(name, f"get(key.parts, {n})") for n, name in enumerate(anchor.key.anchor))
    return f"flatten(transform(filter(keys, key -> key.reach IN ({reaches})), key -> array({entries})))"


def _compared(name: str, match: str) -> Sql:
    return _entry(name, match, *(f"{_alike(name)}.{part}" for part in ("left", "right", "similarity")))


def _shared(name: str, value: Sql) -> Sql:
    return _entry(name, "exact", value, value, "1.0D")


def _entry(name: str, match: str, left: Sql, right: Sql, similarity: Sql) -> Sql:
    shown = f"'left_value', {left}, 'right_value', {right}, 'similarity', {similarity}"
    return f"named_struct('identifier', '{name}', 'match', '{match}', {shown})"


def _alike(name: str) -> str:
    return f"alike_{name}"
