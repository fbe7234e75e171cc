"""How right the last committed run is, against labels.

scripts/submit jobs/evaluate.py --config FILE --truth PLACE [--pairs PATH]

PLACE: a file or folder (Delta, Parquet, CSV with a header line, JSON, ORC), or a table of the catalog, with the columns
record_key and entity_id. PATH: a Delta table is written there, or written anew, of false and missed pairs to look at;
it holds record keys, entity ids and rule names, no identifier values.

scripts/submit jobs/evaluate.py --config FILE --sample FILE

takes for labels those that people gave to a sample that jobs/review.py drew: how many links of each rule and band of
similarity are right, with the interval that so few labels leave.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("evaluate")

if __name__ == "__main__":
    sys.exit(main())
