"""Ids over time: which id every cluster gets, and what became of those that the last run knew."""

from pyspark.sql import DataFrame

from identity_spark.config import Config
from identity_spark.pipeline.progress import Run
from identity_spark.stages import changes, history, redirects, stable_ids
from identity_spark.storage.known import Known


def lasting_ids(members: DataFrame, cluster_facts: DataFrame, known: Known, config: Config, this: Run) -> DataFrame:
    """The id of every cluster."""
    shared = stable_ids.overlaps(members, cluster_facts, known.ids, known.former)
    if known.is_first_run:
        kept = shared.select("cluster_id", "dinmo_id")
    else:
        kept = stable_ids.carry_over(this.work.materialize("shared_ids", shared), this.work.materialize)
    ids = stable_ids.assign(cluster_facts, kept, known.used, config.project, str(known.runs))
    return this.work.materialize("ids", ids)


def what_became_of_ids(
    resolved: DataFrame,
    golden_rows: DataFrame,
    pairs: DataFrame,
    held_back: DataFrame,
    known: Known,
    config: Config,
    this: Run,
) -> dict[str, DataFrame]:
    """The tables of ids over time, by name: what became of every id that the last run knew."""
    moved = changes.moves(known.ids, resolved)
    if known.is_first_run:
        return lasting_tables(changes.of_first_run(golden_rows, this.run_id), moved, golden_rows, known, this)
    moved = this.write_down("moves", moved)
    causes = changes.causes_of_moves(moved, pairs, known.pairs, held_back, [r.name for r in config.rules])
    events = changes.changes(moved, golden_rows, known.used, causes, this.run_id)
    return lasting_tables(events, moved, golden_rows, known, this)


def lasting_tables(
    events: DataFrame, moved: DataFrame, golden_rows: DataFrame, known: Known, this: Run
) -> dict[str, DataFrame]:
    """The tables about ids over time, written down and checked; the only ones that grow out of those before."""
    events = this.write_down("changes", events)
    leading = redirects.redirects(events, known.redirects, this.run_id, this.work.materialize)
    leading = this.write_down("redirects", leading)
    redirects.require_closed(leading, golden_rows)
    periods = this.write_down("history", history.history(known.history, moved, this.run_id, this.started_at))
    history.require_current(periods, golden_rows)
    return {"identity_changes": events, "identity_redirects": leading, "identity_history": periods}
