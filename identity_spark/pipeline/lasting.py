"""Ids over time: which id every cluster gets, and what became of those that the last run knew."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark import schemas
from identity_spark.config import Config
from identity_spark.pipeline.work import Run, Stage, Written
from identity_spark.stages import changes, history, redirects, stable_ids
from identity_spark.storage.known import Known


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
    resolved: DataFrame,
    golden_rows: DataFrame,
    pairs: DataFrame,
    held_back: DataFrame,
    known: Known,
    config: Config,
    this: Run,
) -> dict[str, DataFrame]:
    """The tables of ids over time, by name: what became of every id that the last run knew.

    Those of which nothing changed are left out.
    """
    if known.is_first_run:
        begun = changes.moves_of_first_run(resolved)
        return {
            "identity_changes": changes.of_first_run(golden_rows, this.run_id),
            "identity_redirects": schemas.empty(resolved.sparkSession, schemas.REDIRECTS),
            "identity_history": history.history(None, begun, this.run_id, this.started_at),
        }
    with this.stage("changes") as stage:
        moved = stage.write("moves", changes.moves(known.ids, resolved))
        if not moved.rows:
            return {}
        causes = changes.causes_of_moves(moved.frame, pairs, known.pairs, held_back, [r.name for r in config.rules])
        events = changes.changes(moved.frame, golden_rows, known.used, causes, this.run_id)
        return lasting_tables(events, moved.frame, golden_rows, known, this, stage)


def lasting_tables(
    events: DataFrame, moved: DataFrame, golden_rows: DataFrame, known: Known, this: Run, stage: Stage
) -> dict[str, DataFrame]:
    """The tables about ids over time, written down and checked; the only ones that grow out of those before."""
    events = stage.write("changes", events).frame
    leading = closed_redirects(events, known.redirects, golden_rows, this.run_id, stage)
    is_open = F.count_if(F.col("valid_to").isNull())
    of_records = history.history(known.history, moved, this.run_id, this.started_at)
    periods = stage.write("history", of_records, open=is_open)
    published = F.coalesce(F.sum("record_count"), F.lit(0)).alias("records")
    ((records,),) = stage.collect(golden_rows.agg(published))
    history.require_current(periods.observed["open"], records)
    return {"identity_changes": events, "identity_redirects": leading, "identity_history": periods.frame}


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
