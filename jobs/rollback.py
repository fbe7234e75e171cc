"""Make an earlier committed run current again, as a new run.

scripts/submit jobs/rollback.py --config FILE --to RUN [--run-id ID]

identity_runs lists the runs. Those of the last output.keep_runs can be rolled back to, older ones until jobs/cleanup.py
has removed their files.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("rollback")

if __name__ == "__main__":
    sys.exit(main())
