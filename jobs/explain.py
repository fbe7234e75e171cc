"""Why a record is in its profile, or why two records are in one profile or not, from the last committed run.

scripts/submit jobs/explain.py --config FILE --record A [--record B] [--json] [--show-values]

A record is named by its record_key, <source>:<primary key>. Names, rules, counts and similarities are shown;
identifier values (and the words of overrides) only with --show-values. Nothing is written.

--json prints one object. Always: run_id, notes (config_changed, too_large, spanning).
One record: record, profile (record_count, complete, sources, other_records, bridge_count, bridges, weakest_link),
    pair_count, pairs, refused.
Two: records, together; then chain, weakest_link, without_weakest (chain, or sizes where it would fall apart);
    or rules (rule, verdict, refused_by, lacking, criteria, block_records, max_block_records), shared_set_apart,
    refused, limits (limit, identifier, detail).
A verdict is refused, not_applicable, criterion_failed, block_skipped or holds. A pair is left_record_key,
right_record_key and links (rule, listed, evidence); a bridge and the weakest link of a profile are pairs with sizes of
the halves and their disagreement: identifiers of which both have values and none in common. other_records and bridges
are the first 20.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("identity_spark") is None:  # run from a checkout by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.audit.explain.job import explain as explanation
from identity_spark.command_line import job_arguments, run_job
from identity_spark.config import load_config
from identity_spark.errors import ConfigError
from identity_spark.storage import session


def main() -> int:
    parser = job_arguments("Explain why a record is in its profile, or why two records are in one or not.")
    parser.add_argument(
        "--record", action="append", required=True, metavar="KEY", help="<source>:<primary key>; give two to compare"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--show-values", action="store_true", help="show identifier values, which are personal data")
    return run_job("explain", parser, explain)


def explain(arguments: argparse.Namespace) -> None:
    if len(arguments.record) > 2 or len(set(arguments.record)) < len(arguments.record):
        raise ConfigError("--record: give one record, or two different ones")
    config = load_config(arguments.config, arguments.set)
    spark = session.get_session(f"identity {config.project}")
    print(explanation(spark, config, arguments.record, arguments.show_values, arguments.json))


if __name__ == "__main__":
    sys.exit(main())
