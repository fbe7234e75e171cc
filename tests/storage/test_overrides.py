"""Overrides as people write them: read from several formats, and what is wrong with a row."""

from datetime import datetime, timezone

import pytest

from identity_spark.config import Location
from identity_spark.errors import InputError
from identity_spark.storage.decisions import in_force, read_overrides

HEADER = "kind,left_record_key,right_record_key,identifier,value,reason,author,created_at,expires_at\n"
NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


@pytest.fixture
def read(spark, tmp_path):
    """Reads a CSV file of these lines; several runs use files of their own, for Spark remembers what it listed."""

    def rows(text: str, name: str = "decisions.csv"):
        (tmp_path / name).write_text(text, "utf-8")
        return read_overrides(spark, Location(path=str(tmp_path / name)), ["email", "phone"])

    return rows


def test_blank_texts_are_null_and_times_are_read(read):
    found = read(
        HEADER
        + "must_link, crm:1 ,shop:2,,,same card,ann,2026-01-02,\n"
        + "cannot_link,crm:1,shop:3,,, ,ann,2026-01-02T10:00:00Z,2026-12-31\n"
        + "block_value,,,email,x@y.io,,,,2026-11-24 11:59:59\n"
    )
    first, second, third = found.collect()
    assert tuple(first)[:7] == ("must_link", "crm:1", "shop:2", None, None, "same card", "ann")
    assert (first.created_at.date().isoformat(), first.expires_at) == ("2026-01-02", None)
    assert (second.reason, second.expires_at.date().isoformat()) == (None, "2026-12-31")
    assert [row.kind for row in in_force(found, NOW).collect()] == ["must_link", "cannot_link"]
    assert third.value == "x@y.io"


def test_columns_may_be_left_out_and_json_will_do(read):
    (row,) = read('{"kind": "must_link", "left_record_key": "a:1", "right_record_key": "a:2"}\n', "said.json").collect()
    assert tuple(row) == ("must_link", "a:1", "a:2", *[None] * 6)


WRONG = [
    ("mustlink,a,b,,,,,,", "row 1 (mustlink): its kind is none of must_link, cannot_link or block_value"),
    (",a,b,,,,,,", "row 1 (no kind): its kind is none of must_link, cannot_link or block_value"),
    ("must_link,a,,,,,,,", "row 1 (must_link): it needs left_record_key and right_record_key"),
    ("cannot_link,a,a,,,,,,", "row 1 (cannot_link): it names one record twice"),
    ("block_value,,,email,,,,,", "row 1 (block_value): it needs identifier and value"),
    ("block_value,,,fax,1,,,,", "row 1 (block_value): fax is no identifier"),
    (
        "block_value,,,email,/^a/,,,,",
        "row 1 (block_value): its value is a regular expression; write that under identifiers.<name>.blocked",
    ),
    (
        "must_link,a,b,,,,,,soon",
        "row 1 (must_link): expires_at soon is no date or time; write it like 2026-12-31",
    ),
    (
        "must_link,a,b,,,,,31/12/2026,",
        "row 1 (must_link): created_at 31/12/2026 is no date or time; write it like 2026-12-31",
    ),
]


@pytest.mark.parametrize(("line", "expected"), WRONG, ids=[line for line, _ in WRONG])
def test_what_is_wrong_with_a_row(read, line, expected):
    with pytest.raises(InputError) as error:
        read(f"{HEADER}{line}\n")
    assert str(error.value) == f"overrides: {expected}"


def test_every_wrong_row_is_named_up_to_a_number(read):
    with pytest.raises(InputError) as error:
        read(HEADER + "must_link,a,b,,,,,,\n" + "nonsense,,,,,,,,\n" * 21)
    lines = str(error.value).splitlines()
    assert len(lines) == 21
    assert lines[0].startswith("overrides: row 2 (nonsense)")
    assert lines[-1] == "overrides: and more rows like these"


def test_a_file_without_the_column_kind(read):
    with pytest.raises(InputError, match="has no column kind; overrides need kind, named in a header line"):
        read("type,a\nmust_link,b\n")


def test_nothing_there(spark, tmp_path):
    with pytest.raises(InputError, match=r"overrides: there is no file or folder .*/none\.csv"):
        read_overrides(spark, Location(path=str(tmp_path / "none.csv")), [])
    with pytest.raises(InputError, match=r"overrides: cannot read table a\.b"):
        read_overrides(spark, Location(table="a.b"), [])
