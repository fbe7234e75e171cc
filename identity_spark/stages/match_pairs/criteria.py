"""Criteria as expressions on a candidate pair, and the evidence that they leave."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, value_type
from identity_spark.expressions.similarity import agrees, best_pair, nicknames, similarity, values_agree
from identity_spark.schemas import multi_valued

Question = Criterion  # of a single identifier, whatever is to become of a missing value


def questions(criteria: Iterable[Criterion]) -> tuple[Question, ...]:
    """What the criteria ask, each once."""
    asked = (replace(c, identifiers=(name,), missing="fail") for c in criteria for name in c.identifiers)
    return tuple(dict.fromkeys(asked))


class Criteria:
    """Every expression reads ``left.values`` and ``right.values`` of a candidate pair."""

    def __init__(self, usable: DataFrame, config: Config) -> None:
        named = {name for rule in config.rules for name in rule.identifiers}
        self.kinds = {name: value_type(config.identifier(name)) for name in named}
        self.multi_valued = multi_valued(usable, self.kinds)

    def holds(self, criterion: Criterion) -> Column:
        """Whether each identifier of the criterion matches; never null."""
        asked = sorted(questions([criterion]), key=lambda q: q.identifiers[0] in self.multi_valued)  # cheap first
        missing = F.lit(criterion.missing == "pass")
        return reduce(Column.__and__, (F.coalesce(self.answer(question), missing) for question in asked))

    def cost(self, criterion: Criterion) -> tuple[bool, bool]:
        """Sorts criteria by what they cost: equality before similarity, one value before several."""
        several = any(name in self.multi_valued for name in criterion.identifiers)
        return criterion.match != "exact", several

    def asked_for_nicknames(self, asked: Iterable[Question]) -> list[str]:
        """The identifiers of one value of which several questions ask whether two are nicknames."""
        fuzzy = Counter(q.identifiers[0] for q in asked if q.match != "exact")
        several = [name for name, count in fuzzy.items() if count > 1 and name not in self.multi_valued]
        return [name for name in several if nicknames(self.kinds[name])]

    def nicknamed(self, name: str) -> Column:
        """Whether two different names are nicknames."""
        left, right = sides(name)
        comparison = nicknames(self.kinds[name])
        return F.when(left != right, F.lit(None) if comparison is None else comparison(left, right))

    def answer(self, question: Question, told: Mapping[str, str] | None = None) -> Column:
        """Whether the identifier matches; null where a value is missing. ``told``: columns of ``nicknamed``."""
        (name,) = question.identifiers
        kind, left, right = self.kinds[name], *sides(name)
        if name in self.multi_valued:
            return values_agree(kind, question.match, question.threshold, question.at_least, left, right)
        if question.at_least == 1:
            comparison = nicknames(kind)
            known = {comparison: F.col(told[name])} if comparison and told and name in told else None
            return agrees(kind, question.match, question.threshold, left, right, known)
        return F.when(left.isNotNull() & right.isNotNull(), F.lit(False))  # one value never makes two

    def alike(self, name: str) -> Column:
        """struct<left, right, similarity>: the values, of several the two most similar; null fields where unknown."""
        left, right = sides(name)
        if name in self.multi_valued:
            return best_pair(left, right)
        return F.struct(left.alias("left"), right.alias("right"), similarity(left, right).alias("similarity"))

    def compared(self, name: str, criterion: Criterion) -> Column:
        """An entry of ``EVIDENCE`` of a single pair; null values where unknown."""
        alike = self.alike(name)
        return F.struct(
            F.lit(name).alias("identifier"),
            F.lit(criterion.match).alias("match"),
            alike["left"].alias("left_value"),
            alike["right"].alias("right_value"),
            alike["similarity"].alias("similarity"),
        )


def sides(name: str) -> tuple[Column, Column]:
    return F.col(f"left.values.{name}"), F.col(f"right.values.{name}")
