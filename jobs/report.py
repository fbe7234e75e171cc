"""The report page of a committed run: one HTML file that needs nothing else, to open or to send.

scripts/submit jobs/report.py --config FILE --out DIR [--run-id ID] [--show-values]

Writes DIR/<run id>.html, by default of the newest run; DIR is a folder of the machine that runs the driver, and is made
if missing. The page shows counts, names, ids and record keys. With --show-values it shows what the pairs of the
profiles on it were compared by, too.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("report")

if __name__ == "__main__":
    sys.exit(main())
