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

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("explain")

if __name__ == "__main__":
    sys.exit(main())
