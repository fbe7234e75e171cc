"""Check a configuration without Spark: one line and exit 0 when it is right, else every problem and exit 2.

python jobs/validate.py --config FILE [--config FILE2] [--set key=value]

With --profile it then reads the sources and says what each rule will cost, with warnings, which leave the exit code 0:

scripts/submit jobs/validate.py --config FILE --profile

That prints counts and no identifier values, and writes nothing.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for a checkout; an installed package comes first

from identity_spark.command_line import job

main, task = job("validate")

if __name__ == "__main__":
    sys.exit(main())
