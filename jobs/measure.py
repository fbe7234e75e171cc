"""How right each rule of the last committed run is, measured without labels.

scripts/submit jobs/measure.py --config FILE [--json]

For every rule an identifier is held out that the rule does not use: how many of its pairs agree on it tells how many
are right, how many of the pairs that share it the rule finds tells what it misses.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("measure")

if __name__ == "__main__":
    sys.exit(main())
