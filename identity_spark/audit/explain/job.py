"""Why a record is in its profile, and why two records are in one profile or not, from the last committed run."""

import json
import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from pyspark.sql import SparkSession

from identity_spark.audit.explain import one_pair
from identity_spark.audit.explain.answer import Answer, Asked, one_record, record_answer, same_cluster
from identity_spark.audit.explain.limits import limits_broken_together
from identity_spark.audit.explain.lookups import ENDS, Lookups, PlainRow, lookups
from identity_spark.audit.explain.not_together import Findings, why_not_together
from identity_spark.audit.explain.text import explanation_text
from identity_spark.audit.published_run import published_run
from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError
from identity_spark.storage.session import get_session

log = logging.getLogger(__name__)


def explain(spark: SparkSession, config: Config, keys: Sequence[str], show: bool, as_json: bool) -> str:
    """The explanation of one or two records as text or JSON; identifier values are in it only with ``show``.

    Raises ``InputError`` where there is no committed run, or one of ``keys`` is no record of it.
    """
    log.info("records ...")
    run = published_run(spark, config)
    known = lookups(run)
    asked, refused = known.asked(keys)
    log.info("reasons ...")
    notes = _notes(asked, config, run.config_changed)
    answer = {"run_id": run.run_id, "notes": notes, **_answer(known, asked, refused, show)}
    return json.dumps(answer, indent=2, ensure_ascii=False) if as_json else explanation_text(answer)


def _answer(run: Lookups, asked: Sequence[Asked], refused: Sequence[PlainRow], show: bool) -> Answer:
    if len(asked) == 1:
        (one,) = asked
        own = [row for row in refused if one.key in _ends(row)]
        return one_record(one, own, run.config, show)
    one, other = asked
    records = {"records": [record_answer(each, show) for each in asked]}
    if one.cluster is other.cluster:
        return records | same_cluster(one, other, show)
    return records | why_not_together(one, other, _findings(run, one, other, refused), run.config, show)


def _findings(run: Lookups, one: Asked, other: Asked, refused: Sequence[PlainRow]) -> Findings:
    """Two records need no more than their own rows for all but the sizes of their blocks.

    Each query gives a row or two, whatever the output holds.
    """
    two = run.frame([one.row, other.row])
    shared = one_pair.shared_blocks(one_pair.blocks_of(two, one.key, other.key, run.config).collect(), run.config)
    compared = [(rule, block) for rule in run.config.rules if not rule.exact for block in shared[rule.name]]
    sizes = one_pair.block_sizes(run.lookup, compared).collect()[0] if compared else []
    blocks: dict[str, list[int]] = {}
    for (rule, _), size in zip(compared, sizes, strict=True):
        blocks.setdefault(rule.name, []).append(size)
    (answered,) = one_pair.criteria_asked(two, one.key, other.key, run.config).collect()
    answers = one_pair.criteria_answers(answered, run.config)
    ours, theirs = ({each.key, *each.cluster.records} for each in (one, other))
    between = [row for row in refused if _ends(row) & ours and _ends(row) & theirs]
    return Findings(answers, blocks, between, _limits(run, one, other))


def _limits(run: Lookups, one: Asked, other: Asked) -> list[PlainRow] | None:
    """What both clusters would break as one; None where one is too large to be looked at."""
    if not (one.cluster.complete and other.cluster.complete):
        return None
    usable = run.frame([*one.cluster.records.values(), *other.cluster.records.values()])
    broken = limits_broken_together(usable, run.config).select("limit", "identifier", "detail")
    return sorted((row.asDict() for row in broken.collect()), key=lambda row: (row["limit"], row["identifier"] or ""))


def _ends(row: PlainRow) -> set[Any]:
    return {row[end] for end in ENDS}


def _notes(asked: Sequence[Asked], config: Config, config_changed: bool) -> list[str]:
    """What to keep in mind: ``config_changed``, ``too_large``, ``spanning``."""
    in_question = {each.cluster.cluster_id: each.cluster.record_count for each in asked}
    notes = {
        "config_changed": config_changed,
        "too_large": not all(each.cluster.complete for each in asked),
        # Two records have no star; and two clusters are told apart by rules, not by pairs.
        "spanning": config.match_pairs == "spanning" and len(in_question) == 1 and max(in_question.values()) > 2,
    }
    return [name for name, applies in notes.items() if applies]


HELP = "Explain why a record is in its profile, or why two records are in one or not."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--record", action="append", required=True, metavar="KEY", help="<source>:<primary key>; give two to compare"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--show-values", action="store_true", help="show identifier values, which are personal data")


def work(given: Namespace) -> Iterator[str]:
    if len(given.record) > 2 or len(set(given.record)) < len(given.record):
        raise ConfigError("--record: give one record, or two different ones")
    config = load_config(given.config, given.set)
    yield explain(get_session(config.project), config, given.record, given.show_values, given.json)
