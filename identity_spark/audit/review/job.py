"""The job ``review``: pairs of the last committed run drawn for people to label."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from pyspark.sql import Row, SparkSession

from identity_spark.audit.published_run import published_run
from identity_spark.audit.review import strata as stage
from identity_spark.audit.review.labels import COLUMNS
from identity_spark.audit.review.strata import allocated
from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError, InputError
from identity_spark.storage import samples
from identity_spark.storage.session import get_session

log = logging.getLogger(__name__)


def review(spark: SparkSession, config: Config, n: int, out: str, seed: int) -> str:
    """Writes a sample of ``n`` pairs to the new file ``out``; says in a line what it holds.

    Raises ``InputError`` where there is no committed run or no pair, ``ConfigError`` where ``n`` is too small for one
    of every stratum or ``out`` cannot be written.
    """
    samples.require_free(out)
    run = published_run(spark, config)
    pairs, lookup = run.table("match_pairs"), run.table("identity_lookup")
    stratified = stage.in_strata(pairs)
    log.info("strata ...")
    sizes = {(r["rule"], r["status"], r["band"]): r["size"] for r in stage.strata_sizes(stratified).collect()}
    if not sizes:
        raise InputError(f"match_pairs: run {run.run_id} has no pair that a rule made; there is nothing to review")
    if n < len(sizes):
        raise ConfigError(
            f"--n: {n} is less than one of each of the {len(sizes)} strata (rule, status and band of similarity) of run"
            f" {run.run_id}; ask for {len(sizes)} or more"
        )
    names = [i.name for i in config.identifiers if not i.derived and i.name in lookup.columns]
    log.info("sample ...")
    sample = stage.side_by_side(stage.drawn(stratified, allocated(sizes, n), seed), lookup, names)
    rows = sample.orderBy("place", "left_record_key", "right_record_key", "rule").collect()  # at most ``n``
    held = [f"{side}_{name}" for name in names for side in ("left", "right")]
    columns = [*COLUMNS[:-2], "similarity", *held, "evidence", *COLUMNS[-2:]]
    samples.write_sample(
        out, columns, [_cells(row, held, sizes[row["rule"], row["status"], row["band"]], run.run_id) for row in rows]
    )
    return f"{out}: {len(rows):,} of {sum(sizes.values()):,} pairs of run {run.run_id}, from {len(sizes)} strata"


def _cells(row: Row, held: Sequence[str], size: int, run_id: str) -> list[object]:
    """The row of the file; its label is for people to fill in."""
    given = (row[name] for name in ("left_record_key", "right_record_key", "rule", "band", "status"))
    similarity = None if row["similarity"] is None else f"{row['similarity']:.4f}"
    return ["", *given, similarity, *(row[name] for name in held), _evidence(row["evidence"]), size, run_id]


def _evidence(entries: Sequence[Row]) -> str:
    """``email exact 1.00; first_name fuzzy_medium 0.83``: the values stand beside it."""
    return "; ".join(f"{e['identifier']} {e['match']} {e['similarity']:.2f}" for e in entries)


HELP = "Draw a sample of the pairs of the last committed run, to be labelled by people."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=200, metavar="N", help="how many pairs, 200 by default")
    parser.add_argument("--out", required=True, metavar="FILE", help="where to write the sample: a new CSV file")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another number draws other pairs")


def work(given: Namespace) -> Iterator[str]:
    config = load_config(given.config, given.set)
    yield review(get_session(config.project), config, given.n, given.out, given.seed)
