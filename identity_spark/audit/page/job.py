"""The report page of a committed run: its tables, as small frames brought to the driver, and the page made of them."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from identity_spark.audit.measure.measured import measured
from identity_spark.audit.measure.text import as_row
from identity_spark.audit.page import MOST_RULES, MOST_SOURCES, Facts, Profile, render
from identity_spark.audit.page import frames as stage
from identity_spark.audit.published_run import PublishedRun, published_run
from identity_spark.config import MUST_LINK, Config, load_config
from identity_spark.config.types import TYPES
from identity_spark.errors import InputError
from identity_spark.storage import runs as runs_of_output
from identity_spark.storage import session
from identity_spark.storage.pages import make_pages_folder, write_page

log = logging.getLogger(__name__)

MOST_RUNS = 10  # listed
MOST_PROFILES = 10  # opened, of the largest and of the most suspicious
MOST_PAIRS = 5_000  # read of one profile; those of 500 records have some thousands
MOST_MEASURED = 200  # rules: each is an expression of its own in every query

Metrics = dict[str, dict[str, float]]
Row = dict[str, Any]


def report_page(
    spark: SparkSession,
    config: Config,
    folder: str,
    run_id: str | None = None,
    show_values: bool = False,
) -> Path:
    """Writes the page of a committed run, by default the newest, into ``folder``; returns the file.

    ``InputError`` where there is no such run. Rules are measured if the configuration is still that of the run.
    """
    pages = make_pages_folder(folder)
    run = published_run(spark, config, run_id)
    with session.run_settings(spark):
        facts = _facts(run, show_values, _measures(run))
    log.info("page ...")
    return write_page(pages, run.run_id, render(facts))


def _measures(run: PublishedRun) -> list[Row]:
    """What is known of each rule without labels; nothing of very many, or where the run had other rules than now."""
    if len(run.config.rules) > MOST_MEASURED:
        log.warning("rules are not measured: there are %s, and at most %s are", len(run.config.rules), MOST_MEASURED)
        return []
    try:
        return [as_row(measure) for measure in measured(run)]
    except InputError as error:
        log.warning("rules are not measured: %s", error)
        return []


def _facts(run: PublishedRun, show_values: bool, measures: Sequence[Mapping[str, Any]]) -> Facts:
    config = run.config
    log.info("report ...")
    newest = run.table("identity_runs").orderBy(F.desc("started_at"), F.desc("run_id")).limit(MOST_RUNS)
    runs = _rows(newest.drop("table_versions", "input_versions"))
    metrics, totals = _metrics(run, [row["run_id"] for row in runs])
    golden, matched_ids = run.table("identity_golden"), run.table("identity_matched_ids")
    pairs = run.table("match_pairs")
    log.info("flow ...")
    flow = _flow(run.table("identity_lookup"), pairs, metrics, config)
    log.info("profiles ...")
    single = [i.name for i in config.identifiers if not i.derived and _is_single(i.type, i.max_values_per_profile)]
    largest = _rows(stage.largest_profiles(golden, MOST_PROFILES))
    suspicious = _rows(stage.suspicious_profiles(golden, matched_ids, single, MOST_PROFILES))
    profiles = _profiles({row["dinmo_id"]: row for row in largest + suspicious}, matched_ids, pairs, show_values)
    return Facts(
        project=config.project,
        runs=runs,
        metrics=metrics,
        totals=totals,
        rules=_order(config),
        single_valued=single,
        sizes=_rows(stage.size_bins(golden)),
        flow=flow,
        unresolved=_rows(stage.unresolved_reasons(run.table("identity_unresolved_records"))),
        changes=_rows(stage.change_counts(run.table("identity_changes"), run.run_id)),
        largest=[profiles[row["dinmo_id"]] for row in largest],
        suspicious=[profiles[row["dinmo_id"]] for row in suspicious],
        measures=measures,
        refused=[row.asDict(recursive=True) for row in runs_of_output.refused_after(run.tables, run.row)],
        show_values=show_values,
    )


def _metrics(run: PublishedRun, runs: Sequence[str]) -> tuple[dict[str, Metrics], Metrics]:
    """The report of the run by scope, name and metric; and that of the project alone by run, of all ``runs``."""
    report = run.table("identity_golden_report")
    wanted = (F.col("run_id") == run.run_id) | (F.col("run_id").isin(*runs) & (F.col("scope") == "project"))
    by_scope: dict[str, Metrics] = {}
    totals: Metrics = {}
    for row in report.where(wanted).collect():  # a row for each name of the configuration and metric
        if row["run_id"] == run.run_id:
            by_scope.setdefault(row["scope"], {}).setdefault(row["name"], {})[row["metric"]] = row["value"]
        if row["scope"] == "project":
            totals.setdefault(row["run_id"], {})[row["metric"]] = row["value"]
    return by_scope, totals


def _flow(lookup: DataFrame, pairs: DataFrame, metrics: Mapping[str, Metrics], config: Config) -> list[Row]:
    places = {name: place for place, name in enumerate(_order(config))}
    rules = _most(metrics.get("rule", {}), "pairs", MOST_RULES) | {MUST_LINK}
    sources = _most(metrics.get("source", {}), "records", MOST_SOURCES)
    return _rows(stage.record_flow(lookup, pairs, places, rules, sources))


def _profiles(
    rows: Mapping[str, Row], matched_ids: DataFrame, pairs: DataFrame, show_values: bool
) -> dict[str, Profile]:
    """The profiles of ``rows`` by id, each with its values counted and the pairs that hold it."""
    if not rows:
        return {}
    values: dict[str, dict[str, int]] = {i: {} for i in rows}
    for row in stage.value_counts(matched_ids, rows).orderBy("identifier").collect():
        values[row["dinmo_id"]][row["identifier"]] = row["values"]
    held: dict[str, list[Row]] = {i: [] for i in rows}
    for pair in _rows(stage.pairs_of(pairs, rows, MOST_PAIRS + 1, show_values)):
        held[pair["dinmo_id"]].append(pair)
    return {
        i: Profile(row, values[i], held[i][:MOST_PAIRS], pairs_cut=len(held[i]) > MOST_PAIRS) for i, row in rows.items()
    }


def _is_single(kind: str, limit: int | None) -> bool:
    return TYPES[kind].one_per_entity or limit == 1


def _order(config: Config) -> list[str]:
    """What joins records, the strongest first."""
    return [MUST_LINK, *(rule.name for rule in config.rules)]


def _most(metrics: Metrics, by: str, at_most: int) -> set[str]:
    return set(sorted(metrics, key=lambda name: (-metrics[name].get(by, 0), name))[:at_most])


def _rows(frame: DataFrame) -> list[Row]:
    return [row.asDict(recursive=True) for row in frame.collect()]


HELP = "Write the report page of a committed run."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help="where to write <run id>.html")
    parser.add_argument("--run-id", metavar="ID", help="a committed run; default: the newest")
    parser.add_argument("--show-values", action="store_true", help="show identifier values, which are left out else")


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    spark = session.get_session(config.project)
    page = report_page(spark, config, given.out, given.run_id, given.show_values)
    yield f"page: {page}"
