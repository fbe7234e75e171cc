"""Guardrails in their order: which clusters break limits, what is refused, and what stays in conflict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.pipeline.clustering import connect
from identity_spark.pipeline.overriding import Decided
from identity_spark.pipeline.work import Run, Stage, Written
from identity_spark.schemas import JUDGED_LINKS, MEMBERS
from identity_spark.stages import guardrails, match_pairs

PAIR_AND_RULE = ["left_id", "right_id", "rule_index"]
PEELING = "peeling"  # how many of the conflicts refusing pairs may settle


@dataclass(frozen=True)
class Matched:
    """What matching found, and what people decided about it: the arguments that travel together through guarding."""

    usable: DataFrame  # STANDARDIZED
    links: DataFrame  # LINKS
    large: DataFrame | None  # LARGE_BLOCKS; None where the configuration rules them out
    members: DataFrame  # MEMBERS
    decided: Decided


@dataclass(frozen=True)
class Guarded:
    """Members and links as the guardrails leave them, what breaks a limit all the same, and rows for the report."""

    members: DataFrame  # MEMBERS
    links: DataFrame  # JUDGED_LINKS
    conflicts: DataFrame | None  # CONFLICTS; None where no limit is broken
    metrics: Sequence[DataFrame]  # METRICS


def guard(matched: Matched, config: Config, this: Run) -> Guarded:
    """Finds the clusters that break a limit, and takes apart those that are to be peeled."""
    decided = matched.decided
    with this.stage("conflicts") as stage:
        is_to_peel = F.count_if(guardrails.is_to_peel(config))
        found = guardrails.conflicts(matched.members, decided.cannot_links, config)
        conflicts = stage.write("conflicts", found, **{PEELING: is_to_peel})
    metrics = [guardrails.cluster_metrics(matched.members, matched.links, config), *decided.metrics]
    accepted = matched.links.withColumn("refused_by", F.lit(None).cast("string")).select(*JUDGED_LINKS.names)
    if not conflicts.observed[PEELING]:
        left = conflicts.frame if conflicts.rows else None
        return Guarded(matched.members, _with_refused(accepted, decided), left, metrics)
    with this.stage("peel") as stage:
        peeled = _peeled(matched, accepted, conflicts, config, stage)
    return replace(peeled, metrics=[*metrics, *peeled.metrics])


def _with_refused(links: DataFrame, decided: Decided) -> DataFrame:
    return links if decided.refused is None else links.unionByName(decided.refused)


def _peeled(matched: Matched, accepted: DataFrame, found: Written, config: Config, stage: Stage) -> Guarded:
    decided = matched.decided
    contested = found.frame.where(guardrails.is_to_peel(config)).select("cluster_id").distinct()
    inside = stage.write("contested_members", matched.members.join(contested, "cluster_id", "left_semi")).frame
    ids = inside.select("record_id")
    records = stage.write("contested_records", matched.usable.join(ids, "record_id", "left_semi")).frame
    pairs, stars = _every_link(records, matched, config, stage)
    edges = stage.write("contested_edges", guardrails.leveled_edges(pairs, stars)).frame
    levels = guardrails.numbered(stage.collect(guardrails.strengths(edges)))  # of rules, and of numbers of rules
    components = connect(guardrails.replicated(edges, levels), "dataframe", stage, "peel")
    copies = stage.write("copies", guardrails.at_every_level(inside, components, levels)).frame
    broken = guardrails.conflicts(copies, decided.cannot_links, config).where(guardrails.is_to_peel(config))
    broken = stage.write("broken_limits", broken).frame
    after = stage.write("separated", guardrails.separated(copies, broken)).frame
    judged = guardrails.refusals(pairs.unionByName(stars), edges, levels, copies, broken, after)
    judged = stage.write("judged_links", judged).frame
    left = guardrails.conflicts(after, decided.cannot_links, config)
    untouched = found.frame.join(contested, "cluster_id", "left_anti")
    conflicts = stage.write("conflicts_left", untouched.unionByName(left))
    elsewhere = accepted.join(ids.withColumnRenamed("record_id", "left_id"), "left_id", "left_anti")
    links = elsewhere.select(*JUDGED_LINKS.names).unionByName(judged)
    return Guarded(
        members=matched.members.join(ids, "record_id", "left_anti").unionByName(after.select(*MEMBERS.names)),
        links=_with_refused(links, decided),
        conflicts=conflicts.frame if conflicts.rows else None,
        metrics=[guardrails.peel_metrics(inside, after, judged, guardrails.rounds(edges, levels, copies, broken))],
    )


def _every_link(records: DataFrame, matched: Matched, config: Config, stage: Stage) -> tuple[DataFrame, DataFrame]:
    """``LINKS`` of contested records: every pair that rules or overrides link, and stars of keys too large for that.

    ``large`` is what is known of blocks from all records; those that exact rules alone have are counted here.
    """
    every = match_pairs.with_every_pair(config)
    candidates = stage.write("contested_candidates", match_pairs.candidate_pairs(records, every, matched.large)).frame
    compared = match_pairs.compared_links(records, candidates, every)
    if (must := matched.decided.links) is not None:
        inside = records.select(F.col("record_id").alias("left_id"))
        compared = compared.unionByName(must.join(inside, "left_id", "left_semi").select(*compared.columns))
    pairs = stage.write("contested_pairs", compared).frame
    stars = match_pairs.exact_links(records, config).join(pairs.select(*PAIR_AND_RULE), PAIR_AND_RULE, "left_anti")
    return pairs, stage.write("contested_stars", stars.select(*pairs.columns)).frame
