"""One short text for all that the last committed run published, without what differs from run to run (when it ran).

python scripts/digest.py OUTPUT
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

TABLES = {  # with the columns that say when
    "identity_golden": (),
    "identity_matched_ids": (),
    "identity_unresolved_records": (),
    "identity_lookup": (),
    "match_pairs": (),
    "identity_changes": (),
    "identity_redirects": (),
    "identity_history": ("valid_from", "valid_to"),
    "identity_golden_report": (),
}


def digest(output: Path) -> str:
    """The first digits of a SHA-256 over the rows of every table, whatever their order."""
    whole, versions = hashlib.sha256(), committed(output)
    for table, times in TABLES.items():
        published = DeltaTable(str(output / table), version=versions[table])
        rows = published.to_pyarrow_table().drop_columns(list(times)).to_pylist()
        for row in sorted(json.dumps(plain(row), sort_keys=True, default=str) for row in rows):
            whole.update(f"{table} {row}\n".encode())
    return whole.hexdigest()[:12]


def committed(output: Path) -> dict[str, int]:
    """The versions of the tables that belong to the last committed run."""
    runs = DeltaTable(str(output / "identity_runs")).to_pyarrow_table(
        columns=["status", "started_at", "table_versions"]
    )
    rows = [run for run in runs.to_pylist() if run["status"] == "committed"]
    return dict(max(rows, key=lambda run: run["started_at"])["table_versions"])


def plain(value: Any) -> Any:
    """``value`` with the entries of maps, which pyarrow gives as lists of pairs in any order, sorted."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted(value, key=str) if value and isinstance(value[0], tuple) else [plain(item) for item in value]
    return value


if __name__ == "__main__":
    print(digest(Path(sys.argv[1])), flush=True)
    os._exit(0)  # threads of the libraries may outlive the interpreter, which then aborts
