"""The main job: source tables in, golden records and their audit tables out.

scripts/submit jobs/resolve.py --config FILE [--config FILE2] [--set key=value] [--run-id ID]
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("resolve")

if __name__ == "__main__":
    sys.exit(main())
