"""Links: of exact rules by sharing a key; of rules that compare by holding candidate pairs against their criteria."""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.config import Config, Rule
from identity_spark.expressions.lookup import of_few
from identity_spark.schemas import EVIDENCE, LINKS, empty
from identity_spark.stages.match_pairs.criteria import Criteria, Question, questions
from identity_spark.stages.match_pairs.evidence import alike_columns, evidence
from identity_spark.stages.match_pairs.keys import Anchor, anchors, compared_criteria, keyed


def exact_links(usable: DataFrame, config: Config) -> DataFrame:
    """``LINKS`` of the rules of exact criteria alone: the records of a key, a star around its smallest ``record_key``.

    One shuffle for all rules. The hash of a key only spreads and sorts; keys are equal when all their parts are.
    """
    rules = {n: rule for n, rule in enumerate(config.rules) if rule.exact}
    if not rules:
        return empty(usable.sparkSession, LINKS)
    keys = keyed(usable, rules, "record_id", "record_key")
    same_key = Window.partitionBy(F.xxhash64("anchor", "parts"), "anchor", "parts")
    starred = keys.withColumn("centre", F.min(F.struct("record_key", "record_id")).over(same_key))
    return starred.where(F.col("centre.record_id") != F.col("record_id")).select(
        F.col("anchor").alias("rule_index"),
        F.col("centre.record_id").alias("left_id"),
        F.col("record_id").alias("right_id"),
        F.col("centre.record_key").alias("left_record_key"),
        F.col("record_key").alias("right_record_key"),
        _evidence_of_keys(config.rules).cast(EVIDENCE).alias("evidence"),
    )


def _evidence_of_keys(rules: Sequence[Rule]) -> Column:
    """``EVIDENCE`` of a shared key: every identifier of the rule with the value that both records have."""
    names = F.element_at(F.array(*(F.array(*map(F.lit, rule.anchor)) for rule in rules)), F.col("anchor") + 1)
    return F.zip_with(
        names,
        "parts",
        lambda name, value: F.struct(name, F.lit("exact"), value, value, F.lit(1.0)),
    )


def compared_links(usable: DataFrame, candidates: DataFrame, config: Config) -> DataFrame:
    """``LINKS`` of the rules that compare, each pair and rule once; ``candidates`` are ``CANDIDATES``, written down.

    A pair is compared once, whichever anchors brought it, and what several rules ask is answered once.
    """
    compared = anchors(config)
    if not compared:
        return empty(usable.sparkSession, LINKS)
    criteria = Criteria(usable, config)
    linked = _linked(_with_values(_once(candidates, compared), usable, compared, criteria), compared, criteria)
    shown = linked.select("*", *alike_columns(compared, criteria))
    # Not ``explode``: Spark would first ask all questions once more, to leave out pairs that no rule links.
    by_rule = shown.select("*", F.explode_outer("linked").alias("rule_index")).where("rule_index IS NOT NULL")
    return by_rule.select(
        "rule_index",
        "left_id",
        "right_id",
        F.col("left.values.record_key").alias("left_record_key"),
        F.col("right.values.record_key").alias("right_record_key"),
        evidence(compared, criteria).alias("evidence"),
    )


def _once(candidates: DataFrame, compared: Sequence[Anchor]) -> DataFrame:
    """``left_id``, ``right_id``, and ``keys`` array<struct<reach, parts>>: all that brought the pair.

    Repartitioned once by ``left_id``: the join with the left values that follows reuses the exchange.
    """
    pairs = candidates.where("right_id IS NOT NULL").select("left_id", "right_id", _reach(compared), "parts")
    together = pairs.repartition("left_id").groupBy("left_id", "right_id")
    return together.agg(F.collect_list(F.struct("reach", "parts")).alias("keys"))


def _reach(compared: Sequence[Anchor]) -> Column:
    """The number of ``Anchor.reaches`` that the pair has: that of the smallest cap which its block is within."""
    first = of_few({anchor.index: anchor.first_reach for anchor in compared}, F.col("anchor"))
    over = (
        ((F.col("anchor") == anchor.index) & (F.col("records") > cap)).cast("int")
        for anchor in compared
        for cap in anchor.caps[:-1]
    )
    return reduce(Column.__add__, over, first).alias("reach")


def _with_values(pairs: DataFrame, usable: DataFrame, compared: Sequence[Anchor], criteria: Criteria) -> DataFrame:
    """``pairs`` with ``left`` and ``right`` struct<values struct>; those of keys are on the right alone."""
    looked_at = dict.fromkeys(["record_key", *(name for anchor in compared for name in anchor.compared)])
    of_keys = (name for anchor in compared for name in anchor.key.anchor if name not in criteria.multi_valued)
    values = F.struct(*(looked_at | dict.fromkeys(of_keys)))
    # The values are hashed, so that neither side needs a sort; ids are unique, so that no key is hot.
    left, right = (
        usable.select(F.col("record_id").alias(f"{side}_id"), values.alias("values")).hint("shuffle_hash")
        for side in ("left", "right")
    )
    narrow = F.struct(*(f"values.{name}" for name in looked_at)).alias("values")
    with_left = pairs.join(left, "left_id").select(*pairs.columns, F.struct(narrow).alias("left"))
    return with_left.join(right, "right_id").withColumn("right", F.struct("values")).drop("values")


def _linked(pairs: DataFrame, compared: Sequence[Anchor], criteria: Criteria) -> DataFrame:
    """``pairs`` with ``linked``, the indexes of the rules that link them."""
    rules = [(index, rule, anchor.reaches(rule)) for anchor in compared for index, rule in anchor.rules]
    answers = {q: f"answer_{n}" for n, q in enumerate(questions(c for _, r, _ in rules for c in compared_criteria(r)))}
    nicknames = {name: f"nicknames_{name}" for name in criteria.asked_for_nicknames(answers)}
    nicknamed = [criteria.nicknamed(name).alias(column) for name, column in nicknames.items()]
    named = pairs.select("*", F.col("keys.reach").alias("reached"), *nicknamed)
    answered = named.select("*", *(criteria.answer(q, nicknames).alias(name) for q, name in answers.items()))
    found = (f"if({_holds(rule, reaches, answers)}, {index}, -1)" for index, rule, reaches in rules)
    return answered.select(*pairs.columns, F.expr(f"array_remove(array({', '.join(found)}), -1)").alias("linked"))


def _holds(rule: Rule, reaches: Sequence[int], answers: Mapping[Question, str]) -> str:
    """In SQL whether the rule is asked about the pair and all its criteria hold."""
    is_asked = " OR ".join(f"array_contains(reached, {reach})" for reach in reaches)
    holds = (f"coalesce({answers[q]}, {c.missing == 'pass'})" for c in compared_criteria(rule) for q in questions([c]))
    return " AND ".join([f"({is_asked})", *holds])
