"""Links of the rules that compare: each candidate pair held against the criteria of its rules."""

from collections import Counter
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Criterion, Rule
from identity_spark.schemas import EVIDENCE, LINKS, empty
from identity_spark.stages.match_pairs.anchors import Anchor, anchors, compared_criteria
from identity_spark.stages.match_pairs.candidates import candidate_pairs
from identity_spark.stages.match_pairs.criteria import Criteria


def compared_links(usable: DataFrame, large: DataFrame, config: Config) -> DataFrame:
    """``LINKS`` of the rules that compare; ``large`` is ``LARGE_BLOCKS``, from which blocks over a cap are known."""
    with_large = {row["anchor"] for row in large.select("anchor").distinct().collect()}  # one row for each anchor
    criteria = Criteria(usable, config)
    found = [
        _links(
            candidate_pairs(usable, anchor, _of(large, anchor) if anchor.index in with_large else None),
            anchor,
            criteria,
        )
        for anchor in anchors(config)
    ]
    return reduce(DataFrame.unionByName, found, empty(usable.sparkSession, LINKS))


def _of(large: DataFrame, anchor: Anchor) -> DataFrame:
    return large.where(F.col("anchor") == anchor.index)


def _links(pairs: DataFrame, anchor: Anchor, criteria: Criteria) -> DataFrame:
    shared = [c for c, rules in Counter(c for _, r in anchor.rules for c in compared_criteria(r)).items() if rules > 1]
    # What several rules ask is answered once; the rest is asked in order, so that a cheap no saves the dear questions.
    answers = {criterion: f"criterion_{n}" for n, criterion in enumerate(shared)}
    asked = pairs.select("*", *(criteria.holds(criterion).alias(name) for criterion, name in answers.items()))
    matched = [F.when(_rule_holds(rule, criteria, answers), F.lit(index)) for index, rule in anchor.rules]
    linked = asked.select("parts", "left", "right", F.explode(F.array_compact(F.array(*matched))).alias("rule_index"))
    return linked.select(
        "rule_index",
        F.col("left.record_id").alias("left_id"),
        F.col("right.record_id").alias("right_id"),
        F.col("left.record_key").alias("left_record_key"),
        F.col("right.record_key").alias("right_record_key"),
        _evidence(anchor, criteria).cast(EVIDENCE).alias("evidence"),
    )


def _rule_holds(rule: Rule, criteria: Criteria, answers: dict[Criterion, str]) -> Column:
    cheap_first = sorted(compared_criteria(rule), key=criteria.cost)
    holds = (F.col(answers[c]) if c in answers else criteria.holds(c) for c in cheap_first)
    return reduce(Column.__and__, holds, F.col("records") <= rule.max_block_records)


def _evidence(anchor: Anchor, criteria: Criteria) -> Column:
    """What the rule that linked the pair found."""
    by_rule = [(F.col("rule_index") == n, criteria.evidence(rule, anchor.key.anchor)) for n, rule in anchor.rules]
    return reduce(lambda found, more: found.when(*more), by_rule[1:], F.when(*by_rule[0]))
