"""What the rules found in a pair that they linked."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config import Rule
from identity_spark.schemas import EVIDENCE
from identity_spark.stages.match_pairs.anchors import Anchor, compared_criteria
from identity_spark.stages.match_pairs.criteria import Criteria, entry, sides


def alike_columns(compared: Sequence[Anchor], criteria: Criteria) -> list[Column]:
    """For each compared identifier what ``Criteria.alike`` finds, where a rule among those ``linked`` shows it."""
    rules = [(index, rule) for anchor in compared for index, rule in anchor.rules]
    columns = []
    for name in dict.fromkeys(name for anchor in compared for name in anchor.compared):
        showing = (F.lit(n) for n, rule in rules if any(name in c.identifiers for c in compared_criteria(rule)))
        is_shown = F.arrays_overlap("linked", F.array(*showing))
        columns.append(F.when(is_shown, criteria.alike(name)).alias(_alike(name)))
    return columns


def evidence(compared: Sequence[Anchor], criteria: Criteria) -> Column:
    """``EVIDENCE`` of the rule ``rule_index``; reads ``alike_columns`` and the ``keys`` that brought the pair."""
    by_rule = [(F.col("rule_index") == n, _of(rule, a, criteria)) for a in compared for n, rule in a.rules]
    return reduce(lambda found, more: found.when(*more), by_rule[1:], F.when(*by_rule[0])).cast(EVIDENCE)


def _of(rule: Rule, anchor: Anchor, criteria: Criteria) -> Column:
    """In the order of its criteria; sorted where the pair may share several keys, or stand in a star too."""
    compared = compared_criteria(rule)
    several_keys = not criteria.multi_valued.isdisjoint(rule.anchor)
    shown = [(name, c) for c in rule.criteria if c in compared or not several_keys for name in c.identifiers]
    found = F.array(*(_compared(name, c.match) if c in compared else _shared(name, sides(name)[0]) for name, c in shown))
    if any(c.missing == "pass" for c in compared):
        found = F.filter(found, lambda e: e["left_value"].isNotNull() & e["right_value"].isNotNull())
    if several_keys:
        found = F.concat(_of_keys(rule, anchor), found) if shown else _of_keys(rule, anchor)
    return F.sort_array(F.array_distinct(found)) if several_keys or not anchor.collapses else found


def _of_keys(rule: Rule, anchor: Anchor) -> Column:
    """The shared values of every key that brought the pair to the rule."""
    reaches, names = anchor.reaches(rule), anchor.key.anchor
    keys = F.filter("keys", lambda key: key["reach"].isin(*reaches))
    return F.flatten(F.transform(keys, lambda k: F.array(*(_shared(name, k["parts"][n]) for n, name in enumerate(names)))))


def _compared(name: str, match: str) -> Column:
    alike = F.col(_alike(name))
    return entry(name, match, alike["left"], alike["right"], alike["similarity"])


def _shared(name: str, value: Column) -> Column:
    return entry(name, "exact", value, value, F.lit(1.0))


def _alike(name: str) -> str:
    return f"alike_{name}"
