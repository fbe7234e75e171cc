"""Guardrails in their order: which clusters break limits, what is refused, and what stays in conflict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config
from identity_spark.pipeline.overriding import Decided
from identity_spark.pipeline.progress import Run
from identity_spark.schemas import JUDGED_LINKS, MEMBERS
from identity_spark.stages import clusters, guardrails, match_pairs

PAIR_AND_RULE = ["left_id", "right_id", "rule_index"]


@dataclass(frozen=True)
class Guarded:
    """Members and links as the guardrails leave them, what breaks a limit all the same, and rows for the report."""

    members: DataFrame  # MEMBERS
    links: DataFrame  # JUDGED_LINKS
    conflicts: DataFrame  # CONFLICTS
    metrics: Sequence[DataFrame]  # METRICS


def guard(
    members: DataFrame,
    links: DataFrame,
    usable: DataFrame,
    large: DataFrame,
    decided: Decided,
    config: Config,
    this: Run,
) -> Guarded:
    """Finds the clusters that break a limit, and takes apart those that are to be peeled."""
    found = this.write_down("conflicts", guardrails.conflicts(members, usable, decided.kept_apart, config))
    contested = guardrails.to_peel(found, config).select("cluster_id").distinct()
    contested = this.work.materialize("contested_clusters", contested)
    metrics = [guardrails.cluster_metrics(members, links, config), *decided.metrics]
    accepted = links.withColumn("refused_by", F.lit(None).cast("string")).select(*JUDGED_LINKS.names)
    if contested.isEmpty():
        return Guarded(members, accepted.unionByName(decided.refused), found, metrics)
    peeled = _peeled(members, accepted, found, contested, usable, large, decided, config, this)
    return replace(peeled, metrics=[*metrics, *peeled.metrics])


def _peeled(
    members: DataFrame,
    accepted: DataFrame,
    found: DataFrame,
    contested: DataFrame,
    usable: DataFrame,
    large: DataFrame,
    decided: Decided,
    config: Config,
    this: Run,
) -> Guarded:
    inside = this.write_down("contested_members", members.join(contested, "cluster_id", "left_semi"))
    ids = inside.select("record_id")
    records = this.work.materialize("contested_records", usable.join(ids, "record_id", "left_semi"))
    pairs, stars = _every_link(records, large, decided, config, this)
    edges = this.work.materialize("contested_edges", guardrails.leveled_edges(pairs, stars))
    levels = guardrails.numbered(edges)
    with this.stage("peel"):
        components = clusters.connect(
            guardrails.replicated(edges, levels), "dataframe", lambda name, f: this.work.materialize(f"peel_{name}", f)
        )
        copies = this.work.materialize("copies", guardrails.at_every_level(inside, components, levels))
        broken = guardrails.to_peel(guardrails.conflicts(copies, records, decided.kept_apart, config), config)
        broken = this.work.materialize("broken_limits", broken)
        after = this.work.materialize("separated", guardrails.separated(copies, broken))
        judged = guardrails.refusals(pairs.unionByName(stars), edges, levels, copies, broken, after)
        judged = this.work.materialize("judged_links", judged)
        clusters.prove(judged.where("refused_by IS NULL"), after.select("record_id", "cluster_id"))
    left = guardrails.conflicts(after, records, decided.kept_apart, config)
    untouched = accepted.join(ids.withColumnRenamed("record_id", "left_id"), "left_id", "left_anti")
    return Guarded(
        members=members.join(ids, "record_id", "left_anti").unionByName(after.select(*MEMBERS.names)),
        links=untouched.select(*JUDGED_LINKS.names).unionByName(judged).unionByName(decided.refused),
        conflicts=this.work.materialize(
            "conflicts_left", found.join(contested, "cluster_id", "left_anti").unionByName(left)
        ),
        metrics=[guardrails.peel_metrics(inside, after, judged, guardrails.rounds(edges, levels, copies, broken))],
    )


def _every_link(
    records: DataFrame, large: DataFrame, decided: Decided, config: Config, this: Run
) -> tuple[DataFrame, DataFrame]:
    """``LINKS`` of contested records: every pair that rules or overrides link, and stars of keys too large for that.

    ``large`` is what is known of blocks from all records; those that exact rules alone have are counted here.
    """
    every = match_pairs.with_every_pair(config)
    candidates = match_pairs.candidate_pairs(records, every, large)
    candidates = this.work.materialize("contested_candidates", candidates)
    compared = match_pairs.compared_links(records, candidates, every)
    must = decided.links.join(records.select(F.col("record_id").alias("left_id")), "left_id", "left_semi")
    pairs = this.work.materialize("contested_pairs", compared.unionByName(must.select(*compared.columns)))
    stars = match_pairs.exact_links(records, config).join(pairs.select(*PAIR_AND_RULE), PAIR_AND_RULE, "left_anti")
    return pairs, this.work.materialize("contested_stars", stars.select(*pairs.columns))
