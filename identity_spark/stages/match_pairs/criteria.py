"""Criteria as expressions on a candidate pair, and the evidence that they leave."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, Rule, value_type
from identity_spark.expressions.similarity import agrees, best_pair, similarity, values_agree
from identity_spark.schemas import multi_valued


class Criteria:
    """Every expression reads ``parts``, ``left.values`` and ``right.values`` of a candidate pair."""

    def __init__(self, usable: DataFrame, config: Config) -> None:
        named = {name for rule in config.rules for name in rule.identifiers}
        self.kinds = {name: value_type(config.identifier(name)) for name in named}
        self.multi_valued = multi_valued(usable, self.kinds)

    def holds(self, criterion: Criterion) -> Column:
        """Whether each identifier of the criterion matches; never null."""
        cheap_first = sorted(criterion.identifiers, key=lambda name: name in self.multi_valued)
        return reduce(Column.__and__, (self._matches(name, criterion) for name in cheap_first))

    def cost(self, criterion: Criterion) -> tuple[bool, bool]:
        """Sorts criteria by what they cost: equality before similarity, one value before several."""
        several = any(name in self.multi_valued for name in criterion.identifiers)
        return criterion.match != "exact", several

    def evidence(self, rule: Rule, key: tuple[str, ...]) -> Column:
        """``EVIDENCE`` of a pair that the rule linked, in the order of its criteria; what is missing shows nothing.

        ``key`` names the identifiers that ``parts`` holds the shared values of.
        """
        found = [
            self._shared(name, key) if criterion.anchors and criterion.at_least == 1 else self.compared(name, criterion)
            for criterion in rule.criteria
            for name in criterion.identifiers
        ]
        return F.filter(
            F.array(*found), lambda entry: entry["left_value"].isNotNull() & entry["right_value"].isNotNull()
        )

    def compared(self, name: str, criterion: Criterion) -> Column:
        """An entry of ``EVIDENCE``: the values, of several the two most similar; null where unknown."""
        left, right = _sides(name)
        if name not in self.multi_valued:
            return _entry(name, criterion.match, left, right, similarity(left, right))
        best = best_pair(left, right)
        return _entry(name, criterion.match, best["left"], best["right"], best["similarity"])

    def _matches(self, name: str, criterion: Criterion) -> Column:
        kind, left, right = self.kinds[name], *_sides(name)
        if name in self.multi_valued:
            known = values_agree(kind, criterion.match, criterion.threshold, criterion.at_least, left, right)
        elif criterion.at_least == 1:
            known = agrees(kind, criterion.match, criterion.threshold, left, right)
        else:  # one value never makes two
            known = F.when(left.isNotNull() & right.isNotNull(), F.lit(False))
        return F.coalesce(known, F.lit(criterion.missing == "pass"))

    def _shared(self, name: str, key: tuple[str, ...]) -> Column:
        value = F.get("parts", F.lit(key.index(name)))
        return _entry(name, "exact", value, value, F.lit(1.0))


def _sides(name: str) -> tuple[Column, Column]:
    return F.col(f"left.values.{name}"), F.col(f"right.values.{name}")


def _entry(name: str, match: str, left: Column, right: Column, similar: Column) -> Column:
    return F.struct(
        F.lit(name).alias("identifier"),
        F.lit(match).alias("match"),
        left.alias("left_value"),
        right.alias("right_value"),
        similar.alias("similarity"),
    )
