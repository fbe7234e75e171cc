"""The digest of an output does not depend on the order of rows and map entries, or on when the run was."""

from datetime import datetime, timezone
from pathlib import Path

import digest
import pyarrow as pa
import pytest
from deltalake import write_deltalake


def output(folder: Path, year: int, golden: list[tuple[str, list[tuple[str, str]]]]) -> str:
    """The digest of tables that hold a row of that year, and of golden records with a map each."""
    when = pa.array([datetime(year, 1, 1, tzinfo=timezone.utc)])
    for table in digest.TABLES:
        times = ("valid_from", "valid_to") if table == "identity_history" else ()
        write_deltalake(folder / table, pa.table({"record_key": ["crm:1"]} | dict.fromkeys(times, when)))
    columns = {"dinmo_id": [i for i, _ in golden], "field_sources": pa.array([m for _, m in golden], pa.map_(pa.string(), pa.string()))}  # fmt: skip
    write_deltalake(folder / "identity_golden", pa.table(columns), mode="overwrite", schema_mode="overwrite")
    committed(folder, when, {name: int(name == "identity_golden") for name in digest.TABLES})
    return digest.digest(folder)


def committed(folder: Path, when: pa.Array, versions: dict[str, int], status: str = "committed") -> None:
    """Adds the row of a run, which published these versions unless it was refused."""
    run = {
        "status": [status],
        "started_at": when,
        "table_versions": pa.array([list(versions.items())], pa.map_(pa.string(), pa.int64())),
    }
    write_deltalake(folder / "identity_runs", pa.table(run), mode="append")


def test_order_and_time_do_not_count_and_values_do(tmp_path):
    one, two = ("a", [("x", "crm:1"), ("y", "crm:2")]), ("b", [])
    found = output(tmp_path / "1", 2026, [one, two])
    assert output(tmp_path / "2", 2027, [two, ("a", one[1][::-1])]) == found
    assert output(tmp_path / "3", 2026, [("a", [("x", "crm:1"), ("y", "crm:3")]), two]) != found


def test_what_was_written_after_the_last_committed_run_does_not_count(tmp_path):
    found = output(tmp_path, 2026, [("a", [])])
    write_deltalake(tmp_path / "match_pairs", pa.table({"record_key": ["crm:2"]}), mode="overwrite")
    assert digest.digest(tmp_path) == found
    committed(tmp_path, pa.array([datetime(2026, 6, 1, tzinfo=timezone.utc)]), {}, "refused")
    assert digest.digest(tmp_path) == found
    committed(tmp_path, pa.array([datetime(2027, 1, 1, tzinfo=timezone.utc)]), {n: 1 if n in ("identity_golden", "match_pairs") else 0 for n in digest.TABLES})  # fmt: skip
    assert digest.digest(tmp_path) != found


@pytest.mark.parametrize("value", [[("b", 1), ("a", 2)], {"m": [("b", 1), ("a", 2)]}, [[("b", 1), ("a", 2)]]])
def test_entries_are_sorted_wherever_they_are(value):
    assert "[('a', 2), ('b', 1)]" in str(digest.plain(value))
