"""Two records under every criterion and in every block: why a rule joins them or does not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, Rule
from identity_spark.schemas import MEMBERS, multi_valued
from identity_spark.stages.guardrails.limits import conflicts, limited_values
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


def criteria_asked(usable: DataFrame, left: str, right: str, config: Config) -> DataFrame:
    """One row, ``answers``: what each of ``questions`` is answered for two records, by the criteria that rules use.

    ``usable`` need hold no other record. ``criteria_answers`` reads the row.
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
    return sides[0].crossJoin(sides[1]).select(F.array(*found).alias("answers"))


def criteria_answers(row: Row, config: Config) -> dict[Question, Answer]:
    """The answers in the row of ``criteria_asked``, by question."""
    pairs = zip(questions(config), row["answers"], strict=True)
    return {question: _answer(answer.holds, answer.compared) for question, answer in pairs}


def _answer(holds: bool, compared: Mapping[str, object]) -> Answer:
    return Answer(holds, *(compared[name] for name in ("left_value", "right_value", "similarity")))  # type: ignore[arg-type]


def blocks_of(usable: DataFrame, left: str, right: str, config: Config) -> DataFrame:
    """``parts``, the keys of each rule, of two records: two rows, which ``shared_blocks`` reads."""
    parts = [keys_of(usable, rule) for rule in config.rules]
    return usable.where(F.col("record_key").isin(left, right)).select(F.array(*parts).alias("parts"))


def shared_blocks(rows: Sequence[Row], config: Config) -> dict[str, list[Block]]:
    """The blocks of each rule that both records are in, sorted; ``rows`` are those of ``blocks_of``."""
    one, other = ([{tuple(key) for key in keys or ()} for keys in row["parts"]] for row in rows)
    both = (ours & theirs for ours, theirs in zip(one, other, strict=True))
    return {rule.name: sorted(shared) for rule, shared in zip(config.rules, both, strict=True)}


def block_sizes(usable: DataFrame, blocks: Collection[tuple[Rule, Block]]) -> DataFrame:
    """One row: how many records each of ``blocks`` of a rule has, in their order.

    One pass over the columns of their keys, without a shuffle.
    """
    counts = (F.count_if(_in_block(usable, rule, block)).alias(f"block_{n}") for n, (rule, block) in enumerate(blocks))
    return usable.agg(*counts)


def _in_block(usable: DataFrame, rule: Rule, block: Sequence[str]) -> Column:
    several = multi_valued(usable, rule.anchor)
    held = (
        F.array_contains(name, value) if name in several else F.col(name) == value
        for name, value in zip(rule.anchor, block, strict=True)
    )
    return F.coalesce(reduce(Column.__and__, held, has_key(rule)), F.lit(False))


def limits_broken_together(usable: DataFrame, config: Config) -> DataFrame:
    """``CONFLICTS`` of all records of ``usable``, which are few, as a single cluster; overrides are not looked at."""
    whole = Window.partitionBy(F.lit(0))
    members = usable.select(
        *("record_id", "record_key", "source"),
        F.lit(True).alias("applicable"),
        F.lit(0).alias("cluster_id"),
        F.lit(True).alias("linked"),
        F.lit(None).alias("must_group"),
        limited_values(usable, config).alias("limited"),
        F.count("*").over(whole).alias("record_count"),
        F.min("record_key").over(whole).alias("smallest_key"),
    )
    return conflicts(members.to(MEMBERS), None, config)
