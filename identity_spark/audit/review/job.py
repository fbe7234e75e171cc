"""Clerical review: pairs of the last committed run drawn for people to label, and what their labels say."""

import logging
from collections.abc import Sequence

from pyspark.sql import Row, SparkSession

from identity_spark.audit.evaluate.sample_text import labelled_sample_text
from identity_spark.audit.review import strata as stage
from identity_spark.audit.review.labels import COLUMNS, labelled_strata
from identity_spark.audit.review.sampling import allocated
from identity_spark.config import Config
from identity_spark.errors import ConfigError, InputError
from identity_spark.storage import readers, samples
from identity_spark.storage.samples import read_sample, write_sample

log = logging.getLogger(__name__)


def review(spark: SparkSession, config: Config, n: int, out: str, seed: int) -> str:
    """Writes a sample of ``n`` pairs to the new file ``out``; says in a line what it holds.

    Raises ``InputError`` where there is no committed run or no pair, ``ConfigError`` where ``n`` is too small for one
    of every stratum or ``out`` cannot be written.
    """
    samples.require_free(out)
    run_id = readers.newest_run(spark, config.output)
    pairs, lookup = (
        readers.read_run(spark, config.output, table, run_id) for table in ("match_pairs", "identity_lookup")
    )
    stratified = stage.in_strata(pairs)
    log.info("strata ...")
    sizes = {(r["rule"], r["status"], r["band"]): r["size"] for r in stage.strata_sizes(stratified).collect()}
    if not sizes:
        raise InputError(f"match_pairs: run {run_id} has no pair that a rule made; there is nothing to review")
    if n < len(sizes):
        raise ConfigError(
            f"--n: {n} is less than one of each of the {len(sizes)} strata (rule, status and band of similarity) of run"
            f" {run_id}; ask for {len(sizes)} or more"
        )
    names = [i.name for i in config.identifiers if not i.derived and i.name in lookup.columns]
    log.info("sample ...")
    sample = stage.side_by_side(stage.drawn(stratified, allocated(sizes, n), seed), lookup, names)
    rows = sample.orderBy("place", "left_record_key", "right_record_key", "rule").collect()  # at most ``n``
    held = [f"{side}_{name}" for name in names for side in ("left", "right")]
    columns = [*COLUMNS[:-2], "similarity", *held, "evidence", *COLUMNS[-2:]]
    write_sample(
        out, columns, [_cells(row, held, sizes[row["rule"], row["status"], row["band"]], run_id) for row in rows]
    )
    return f"{out}: {len(rows):,} of {sum(sizes.values()):,} pairs of run {run_id}, from {len(sizes)} strata"


def evaluate_sample(spark: SparkSession, config: Config, path: str) -> str:
    """What the labels of a sample say about the run it was drawn from, as text.

    Raises ``InputError`` where there is no committed run, or the sample cannot be read as meant.
    """
    rows = read_sample(path, COLUMNS)
    strata = labelled_strata(rows)
    newest = readers.newest_run(spark, config.output)
    return labelled_sample_text(strata, rows[0]["run_id"], newest)


def _cells(row: Row, held: Sequence[str], size: int, run_id: str) -> list[object]:
    """The row of the file; its label is for people to fill in."""
    given = (row[name] for name in ("left_record_key", "right_record_key", "rule", "band", "status"))
    similarity = None if row["similarity"] is None else f"{row['similarity']:.4f}"
    return ["", *given, similarity, *(row[name] for name in held), _evidence(row["evidence"]), size, run_id]


def _evidence(entries: Sequence[Row]) -> str:
    """``email exact 1.00; first_name fuzzy_medium 0.83``: the values stand beside it."""
    return "; ".join(f"{e['identifier']} {e['match']} {e['similarity']:.2f}" for e in entries)
