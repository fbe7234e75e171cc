"""Labels are read in every format, whatever their files are called; what cannot be labels is one clear error."""

import gzip
import json
from pathlib import Path

import pytest

from identity_spark.errors import InputError
from identity_spark.storage.small_tables import read_labels

ROWS = [("crm:1", "7"), ("shop:A|2", "07"), ("crm:3", None)]
CSV = 'record_key,note,entity_id\ncrm:1,"a, b",7\nshop:A|2,,07\ncrm:3,,\n'
JSON = "\n".join(json.dumps({"record_key": key, "entity_id": entity}) for key, entity in ROWS)

TEXTS = {
    "truth.csv": CSV.encode(),
    "truth.CSV": CSV.encode(),
    "truth.csv.gz": gzip.compress(CSV.encode()),
    "truth": CSV.encode(),
    "truth.txt": CSV.replace("record_key", "RECORD_KEY").encode(),
    "truth/part-0.csv": CSV.encode(),
    "truth/part-0": CSV.encode(),
    "truth.json": JSON.encode(),
    "truth.jsonl": JSON.encode(),
    "lines": JSON.encode(),
    "blank.csv": CSV.replace("crm:3,,", 'crm:3,,"  "').encode(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_files(spark, tmp_path, name: str):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(TEXTS[name])
    assert labels(spark, tmp_path / Path(name).parts[0]) == ROWS


@pytest.mark.parametrize(
    ("form", "partitioned"), [("delta", True), ("parquet", False), ("parquet", True), ("orc", True), ("json", False)]
)
def test_folders(spark, tmp_path, form: str, partitioned: bool):
    rows = [(*row, n) for n, row in enumerate(ROWS)]
    frame = spark.createDataFrame(rows, "record_key string, entity_id string, part int")
    frame.write.format(form).partitionBy(*["part"] * partitioned).save(str(tmp_path / "truth"))
    assert labels(spark, tmp_path / "truth") == ROWS


def test_one_file_of_a_folder(spark, tmp_path):
    spark.createDataFrame(ROWS, "record_key string, entity_id string").coalesce(1).write.parquet(
        str(tmp_path / "truth")
    )
    (file,) = (tmp_path / "truth").glob("*.parquet")
    assert labels(spark, file) == ROWS


def test_a_table_of_the_catalog_and_numbers_as_text(spark):
    spark.createDataFrame([("crm:1", 7)], "record_key string, entity_id int").write.format("delta").saveAsTable("truth")
    try:
        assert labels(spark, "truth") == labels(spark, "default.truth") == [("crm:1", "7")]
    finally:
        spark.sql("DROP TABLE truth")


NO_LABELS = {
    "nothing": (None, "there is no file or folder .*nothing"),
    "wrong.csv": ("person,entity_id\n1,2\n", "wrong.csv, read as csv, has no column record_key; labels need"),
    "near.csv": (
        "recordkey,entity\n1,2\n",
        r"no column record_key \(did you mean 'recordkey'\?\) and no column entity_id",
    ),
    "bare.csv": ("crm:1,ann@x.io\ncrm:2,e2\n", "has no column record_key and no column entity_id.*header line"),
    "empty.csv": ("", "has no column record_key"),
    "text": ("crm:1 7\n", "gives no columns record_key and entity_id in any format tried"),
    "text.parquet": ("crm:1 7\n", "text.parquet cannot be read as parquet: damaged, or of another format"),
}


@pytest.mark.parametrize("name", NO_LABELS)
def test_what_gives_no_labels_is_one_line(spark, tmp_path, name: str):
    text, message = NO_LABELS[name]
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=message) as error:
        read_labels(spark, str(tmp_path / name))
    assert str(error.value).startswith("--truth: ")
    assert "\n" not in str(error.value)
    assert "ann@x.io" not in str(error.value)


def test_the_format_of_a_partitioned_folder_is_that_of_its_files(spark, tmp_path):
    frame = spark.createDataFrame([("crm:1", 7)], "record_key string, part int")
    frame.write.partitionBy("part").parquet(str(tmp_path / "truth"))
    with pytest.raises(InputError, match="read as parquet, has no column entity_id"):
        read_labels(spark, str(tmp_path / "truth"))


def test_neither_a_path_nor_a_table(spark):
    with pytest.raises(InputError, match="no file or folder no_such_labels, and it cannot be read as table"):
        read_labels(spark, "no_such_labels")


def labels(spark, place) -> list[tuple[str, str | None]]:
    order = {"crm:1": 0, "shop:A|2": 1, "crm:3": 2}
    rows = read_labels(spark, str(place)).collect()
    assert all(list(row.asDict()) == ["record_key", "entity_id"] for row in rows)
    return sorted(map(tuple, rows), key=lambda row: order[row[0]])
