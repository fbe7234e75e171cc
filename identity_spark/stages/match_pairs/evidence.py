"""What the rules found in a pair that they linked."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.config import Criterion, Rule
from identity_spark.schemas import EVIDENCE
from identity_spark.stages.match_pairs.anchors import Anchor, compared_criteria
from identity_spark.stages.match_pairs.criteria import Criteria, entry, sides


class Evidence:
    """Expressions on pairs with ``left``, ``right``, the ``keys`` that brought them and the rules that ``linked`` them."""

    def __init__(self, compared: Sequence[Anchor], criteria: Criteria) -> None:
        self.compared = compared
        self.criteria = criteria
        self._entries: dict[tuple[str, str | None], Column] = {}  # several rules show the same

    def alike(self) -> list[Column]:
        """For each compared identifier what ``Criteria.alike`` finds, where one of the rules shows it."""
        rules = [(index, rule) for anchor in self.compared for index, rule in anchor.rules]
        columns = []
        for name in dict.fromkeys(name for anchor in self.compared for name in anchor.compared):
            showing = (F.lit(n) for n, rule in rules if any(name in c.identifiers for c in compared_criteria(rule)))
            is_shown = F.arrays_overlap("linked", F.array(*showing))
            columns.append(F.when(is_shown, self.criteria.alike(name)).alias(_alike(name)))
        return columns

    def of_rule(self) -> Column:
        """``EVIDENCE`` of the rule ``rule_index``, with the columns of ``alike``."""
        index = F.col("rule_index")
        by_rule = [(index == n, self._of(rule, anchor)) for anchor in self.compared for n, rule in anchor.rules]
        found = reduce(lambda found, more: found.when(*more), by_rule[1:], F.when(*by_rule[0]))
        known = F.filter(found, lambda e: e["left_value"].isNotNull() & e["right_value"].isNotNull())
        return known.cast(EVIDENCE)

    def _of(self, rule: Rule, anchor: Anchor) -> Column:
        """In the order of its criteria; sorted where the pair may share several keys, or stand in a star too."""
        several_keys = not self.criteria.multi_valued.isdisjoint(rule.anchor)
        compared = compared_criteria(rule)
        shown = [(name, c) for c in rule.criteria if c in compared or not several_keys for name in c.identifiers]
        found = F.array(*(self._entry(name, c if c in compared else None) for name, c in shown))
        if several_keys:
            found = F.concat(_of_keys(rule, anchor), found) if shown else _of_keys(rule, anchor)
        return F.sort_array(F.array_distinct(found)) if several_keys or not anchor.collapses else found

    def _entry(self, name: str, criterion: Criterion | None) -> Column:
        """What the criterion found; without one the value of the key."""
        place = name, criterion and criterion.match
        if place not in self._entries:
            self._entries[place] = _compared(name, criterion.match) if criterion else _shared(name, sides(name)[0])
        return self._entries[place]


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
