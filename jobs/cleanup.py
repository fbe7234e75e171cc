"""Remove the files that no kept run needs, and what runs that died left behind.

scripts/submit jobs/cleanup.py --config FILE [--dry-run]

The last output.keep_runs committed runs stay readable (10 by default). --dry-run only says what would go.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("cleanup")

if __name__ == "__main__":
    sys.exit(main())
