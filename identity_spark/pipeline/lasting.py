"""Ids over time: which id every cluster gets, and what became of those that the last run knew."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark import schemas
from identity_spark.config import Config
from identity_spark.pipeline.work import Run, Stage, Written
from identity_spark.stages import changes, history, redirects, report, stable_ids
from identity_spark.storage.known import Known


@dataclass(frozen=True)
class Lasting:
    """What became of ids: the tables, by name, of which anything changed, and counts by the names of the report."""

    tables: Mapping[str, DataFrame]
    counts: Mapping[str, int]


def lasting_ids(members: DataFrame, known: Known, config: Config, this: Run) -> DataFrame | Column:
    """The id of every cluster, by ``cluster_id``; in a first run, as a column of ``members``."""
    if known.is_first_run:  # nobody has an id yet
        return stable_ids.new_dinmo_id(config.project, F.col("smallest_key"))
    with this.stage("ids") as stage:
        shared = stage.write("shared_ids", stable_ids.overlaps(members, known.ids, known.former))
        kept = carried_over(shared, stage)
        return stage.write("ids", stable_ids.assign(members, kept, known.used, config.project, str(known.runs))).frame


def carried_over(shared: Written, stage: Stage) -> DataFrame:
    """``cluster_id``, ``dinmo_id``: the ids kept; one heir per id, one id per cluster. ``shared`` are ``overlaps``."""
    kept: list[DataFrame] = []

    def settle(claims: Written, number: int) -> Written:
        settled = stage.write(f"kept_ids_{number}", stable_ids.settled(claims.frame))
        kept.append(settled.frame)
        if settled.rows == claims.rows:  # nobody claims what somebody else got
            return Written(claims.frame, 0)
        return stage.write(f"open_ids_{number}", stable_ids.left_open(claims.frame, settled.frame))

    stage.until_none(shared, settle)
    nothing = shared.frame.select("cluster_id", "dinmo_id").where(F.lit(False))
    return reduce(DataFrame.unionByName, kept) if kept else nothing


def what_became_of_ids(
    resolved: Written,
    golden_rows: DataFrame,
    pairs: DataFrame,
    held_back: DataFrame,
    known: Known,
    config: Config,
    this: Run,
) -> Lasting:
    """What became of every id that the last run knew."""
    if known.is_first_run:
        begun = changes.moves_of_first_run(resolved.frame)
        tables = {
            "identity_changes": changes.of_first_run(golden_rows, this.run_id),
            "identity_redirects": schemas.empty(golden_rows.sparkSession, schemas.REDIRECTS),
            "identity_history": history.history(None, begun, this.run_id, this.started_at),
        }
        return Lasting(tables, {"created": resolved.observed["profiles"]})
    with this.stage("changes") as stage:
        has_moved = F.expr("count_if(old_id IS NOT NULL AND new_id IS NOT NULL)")
        moved = stage.write("moves", changes.moves(known.ids, resolved.frame), **{report.MOVED: has_moved})
        if not moved.rows:
            return Lasting({}, {})
        causes = changes.causes_of_moves(moved.frame, pairs, known.pairs, held_back, [r.name for r in config.rules])
        events = changes.changes(moved.frame, golden_rows, known.used, causes, this.run_id)
        return lasting_tables(events, moved, golden_rows, known, this, stage)


def lasting_tables(
    events: DataFrame, moved: Written, golden_rows: DataFrame, known: Known, this: Run, stage: Stage
) -> Lasting:
    """The tables about ids over time, written down and checked; the only ones that grow out of those before."""
    counted = {event: F.expr(f"count_if(event = '{event}')") for event in report.EVENTS}
    written = stage.write("changes", events, **counted)
    leading = closed_redirects(written.frame, known.redirects, golden_rows, this.run_id, stage)
    is_open = F.count_if(F.col("valid_to").isNull())
    of_records = history.history(known.history, moved.frame, this.run_id, this.started_at)
    periods = stage.write("history", of_records, open=is_open)
    published = F.coalesce(F.sum("record_count"), F.lit(0)).alias("records")
    ((records,),) = stage.collect(golden_rows.agg(published))
    history.require_current(periods.observed["open"], records)
    tables = {"identity_changes": written.frame, "identity_redirects": leading, "identity_history": periods.frame}
    return Lasting(tables, {**written.observed, **moved.observed})


def closed_redirects(
    events: DataFrame, earlier: DataFrame, golden_rows: DataFrame, run_id: str, stage: Stage
) -> DataFrame:
    """``REDIRECTS`` after the ``events`` of the run, from ended ids to published ones alone."""
    heirs = stage.write("heirs", redirects.heirs(events, earlier))
    if not heirs.rows:
        return schemas.empty(events.sparkSession, schemas.REDIRECTS)
    moving = F.count_if("moved")
    ways = stage.write("ways_0", redirects.ways(heirs.frame), moving=moving)

    def further(steps: Written, number: int) -> Written:
        return stage.write(f"ways_{number + 1}", redirects.twice_as_far(steps.frame), moving=moving)

    followed, _ = stage.until_none(ways, further, counted="moving")
    leading = redirects.redirects(heirs.frame, followed.frame, golden_rows, run_id)
    checks = {name: F.count_if(name) for name in (redirects.ASTRAY, redirects.ALIVE)}
    written = stage.write("redirects", leading, **checks)
    redirects.require_closed(**written.observed)
    return written.frame.select(*schemas.REDIRECTS.names).to(schemas.REDIRECTS)
