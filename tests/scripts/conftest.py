"""A checkout whose spark-submit only tells what it was given."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELL = """#!/usr/bin/env bash
printf '%s\\n' "$@"
printf 'java: %s\\n' $SPARK_SUBMIT_OPTS
exit ${TOLD:-0}
"""


@pytest.fixture(scope="session")
def checkout(tmp_path_factory) -> Path:
    """A folder that looks installed; ``TOLD`` in the environment is the exit code of its spark-submit."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("scripts", "jobs", "identity_spark", "conf", "requirements.txt"):
        (folder / name).symlink_to(ROOT / name)
    for name, text in {
        ".venv/requirements.txt": (ROOT / "requirements.txt").read_text("utf-8"),
        ".venv/bin/python": f'#!/bin/sh\nexec "{sys.executable}" "$@"\n',
        ".venv/bin/spark-submit": TELL,
        ".java/bin/java": "#!/bin/sh\nexit 1\n",
        ".java/release": 'IMPLEMENTOR="Nobody"\nJAVA_VERSION="21.0.1"\n',
        ".spark/jars/delta.jar": "",
        ".spark/jars/resolved": (ROOT / ".spark" / "jars" / "resolved").read_text("utf-8"),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)
    return folder
