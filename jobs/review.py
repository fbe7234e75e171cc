"""Draw pairs of the last committed run for people to label, so that what rules get right can be estimated.

scripts/submit jobs/review.py --config FILE --n 200 --out sample.csv [--seed N]

sample.csv, a new file on this machine, has a row for each pair and rule: an empty label to fill in with yes (one
person or company), no, or unsure; the keys and all identifier values of both records side by side; the evidence. It is
made to be looked at, so it holds personal data. Same run, same seed: same pairs. Then:

scripts/submit jobs/evaluate.py --config FILE --sample sample.csv
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("review")

if __name__ == "__main__":
    sys.exit(main())
