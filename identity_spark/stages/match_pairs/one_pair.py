"""Two records under every criterion and in every block: why a rule joins them or does not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, Rule
from identity_spark.schemas import multi_valued
from identity_spark.stages.match_pairs.criteria import Criteria
from identity_spark.stages.match_pairs.keys import has_key, keys_of

Question = Criterion  # of a single identifier
Block = tuple[str, ...]  # the values of a blocking key


@dataclass(frozen=True)
class Answer:
    """Whether a criterion holds for one identifier; ``similarity`` of the two most similar values.

    Values and similarity are null where either record has no usable value.
    """

    holds: bool
    left_value: str | None
    right_value: str | None
    similarity: float | None


def questions(config: Config) -> tuple[Question, ...]:
    """Every criterion of every rule, taken apart into single identifiers, each once."""
    parts = (replace(c, identifiers=(name,)) for rule in config.rules for c in rule.criteria for name in c.identifiers)
    return tuple(dict.fromkeys(parts))


def criteria_answers(usable: DataFrame, left: str, right: str, config: Config) -> dict[Question, Answer]:
    """What each of ``questions`` is answered for two records of ``usable``, by the criteria that rules use.

    One small query: ``usable`` need hold no other record.
    """
    criteria, asked = Criteria(usable, config), questions(config)
    values = F.struct(*criteria.kinds).alias("values")
    sides = [
        usable.where(F.col("record_key") == key).select(F.struct(values).alias(side))
        for side, key in (("left", left), ("right", right))
    ]
    found = [
        F.struct(criteria.holds(q).alias("holds"), criteria.compared(q.identifiers[0], q).alias("compared"))
        for q in asked
    ]
    (row,) = sides[0].crossJoin(sides[1]).select(F.array(*found).alias("answers")).collect()
    return {
        question: _answer(answer.holds, answer.compared) for question, answer in zip(asked, row["answers"], strict=True)
    }


def _answer(holds: bool, compared: Mapping[str, object]) -> Answer:
    return Answer(holds, *(compared[name] for name in ("left_value", "right_value", "similarity")))  # type: ignore[arg-type]


def shared_blocks(usable: DataFrame, left: str, right: str, config: Config) -> dict[str, list[Block]]:
    """The blocks of each rule that both records are in, sorted; ``usable`` need hold no other record."""
    parts = [keys_of(usable, rule) for rule in config.rules]
    # Two rows: a record_key is unique.
    rows = usable.where(F.col("record_key").isin(left, right)).select("record_key", F.array(*parts).alias("parts"))
    blocks = {
        row["record_key"]: [{tuple(key) for key in keys or ()} for keys in row["parts"]] for row in rows.collect()
    }
    both = (one & other for one, other in zip(blocks[left], blocks[right], strict=True))
    return {rule.name: sorted(shared) for rule, shared in zip(config.rules, both, strict=True)}


def block_sizes(usable: DataFrame, blocks: Collection[tuple[Rule, Block]]) -> list[int]:
    """How many records each of ``blocks`` of a rule has: one pass over the columns of their keys, without a shuffle."""
    counts = (F.count_if(_in_block(usable, rule, block)).alias(f"block_{n}") for n, (rule, block) in enumerate(blocks))
    (row,) = usable.agg(*counts).collect()
    return list(row)


def _in_block(usable: DataFrame, rule: Rule, block: Sequence[str]) -> Column:
    several = multi_valued(usable, rule.anchor)
    held = (
        F.array_contains(name, value) if name in several else F.col(name) == value
        for name, value in zip(rule.anchor, block, strict=True)
    )
    return F.coalesce(reduce(Column.__and__, held, has_key(rule)), F.lit(False))
