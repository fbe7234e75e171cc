"""Which values many records share, before any matching, and which of them to block.

scripts/submit jobs/profile_values.py --config FILE [--limit N]

This job prints identifier values, for its purpose is to look at them; it logs none and writes no table.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("profile_values")

if __name__ == "__main__":
    sys.exit(main())
