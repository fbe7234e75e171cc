"""The sample people: the same arguments give the same bytes, and all that was promised is really in them."""

import csv
import filecmp
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_people.py"
ROWS = 5000
KEYS = {"crm": "contact_no", "shop": "customer_id", "app": "user_id", "newsletter": "id"}
COLUMNS = {
    "crm": {
        "contact_no", "given_name", "family_name", "dob", "email", "work_email", "phone", "street", "town", "postcode",
        "loyalty_no", "vip", "marketing_consent", "deleted", "modified",
    },
    "shop": {
        "customer_id", "first", "last", "mail", "mobile", "landline", "address", "city", "zip", "loyalty",
        "last_order_at",
    },
    "app": {
        "user_id", "forename", "surname", "birthday", "email_address", "phone_number", "device_id", "updated",
    },
    "newsletter": {"id", "name_first", "email", "signed_up", "consent"},
}  # fmt: skip
Row = dict[str, Any]


def run(*arguments: object, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(
        command, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=False
    )


def make(out: Path, rows: int = ROWS, seed: int = 7, hash_seed: str = "0") -> Path:
    done = run("--rows", rows, "--seed", seed, "--out", out, hash_seed=hash_seed)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    return out


def read(out: Path) -> dict[str, list[Row]]:
    return {name: [row for file in sorted((out / name).iterdir()) for row in _rows(file)] for name in (*KEYS, "truth")}


def _rows(file: Path) -> Iterator[Row]:
    if file.suffix == ".parquet":
        yield from pq.read_table(file).to_pylist()
    elif file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as lines:
            yield from ({name: value or None for name, value in row.items()} for row in csv.DictReader(lines))
    else:
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("people") / "out")


@pytest.fixture(scope="module")
def tables(out: Path) -> dict[str, list[Row]]:
    return read(out)


@pytest.fixture(scope="module")
def meta(out: Path) -> Row:
    return json.loads((out / "meta.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def records(tables: dict[str, list[Row]], meta: Row) -> list[Row]:
    """All keyed records under common names, with entity, household and the set of flags from the truth."""
    truth = {row["record_key"]: row for row in tables["truth"]}
    return [
        _common(source, row, truth, meta) for source in KEYS for row in tables[source] if row[KEYS[source]] is not None
    ]


def _common(source: str, row: Row, truth: dict[str, Row], meta: Row) -> Row:
    labels = truth[f"{source}:{row[KEYS[source]]}"]
    names = {
        "given_name": "first", "forename": "first", "name_first": "first", "family_name": "last", "surname": "last",
        "birthday": "birth", "dob": "birth", "mail": "email", "email_address": "email", "mobile": "phone",
        "phone_number": "phone", "address": "street", "loyalty_no": "loyalty",
    }  # fmt: skip
    flags = {flag for flag, bit in meta["flag_bits"].items() if labels["flags"] & bit}
    common = {names.get(name, name): value for name, value in row.items()}
    return common | {"entity": labels["entity_id"], "household": labels["household_id"], "flags": flags}


def test_the_same_arguments_give_the_same_bytes(out: Path, tmp_path: Path):
    again, other = make(tmp_path / "again", hash_seed="4711"), make(tmp_path / "other", seed=8)
    files = sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file())
    assert len(files) == 6
    assert filecmp.cmpfiles(out, again, files, shallow=False) == (files, [], [])
    assert filecmp.cmpfiles(out, other, files, shallow=False) == ([], files, [])


@pytest.mark.parametrize("rows", [4, 5, 37, 1000])
def test_rows_are_exact_and_every_keyed_record_is_in_the_truth_once(rows: int, tmp_path: Path):
    tables = read(make(tmp_path / "out", rows))
    assert sum(len(tables[source]) for source in KEYS) == rows
    check_truth(tables)


def test_chunks_never_share_a_key_or_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import make_people

    monkeypatch.setattr(make_people, "CHUNK_ROWS", 300)
    assert make_people.main(["--rows", "1000", "--out", str(tmp_path / "out")]) == 0
    assert len(list((tmp_path / "out" / "crm").iterdir())) == 4
    assert sum(len(rows) for name, rows in read(tmp_path / "out").items() if name != "truth") == 1000
    check_truth(read(tmp_path / "out"))
    people = [set(pq.read_table(file)["entity_id"].to_pylist()) for file in (tmp_path / "out" / "truth").iterdir()]
    assert len(set.union(*people)) == sum(map(len, people))


def check_truth(tables: dict[str, list[Row]]) -> None:
    keyed = {f"{source}:{row[key]}" for source, key in KEYS.items() for row in tables[source] if row[key] is not None}
    in_truth = [row["record_key"] for row in tables["truth"]]
    assert len(in_truth) == len(set(in_truth))
    assert set(in_truth) == keyed


def test_each_source_has_its_own_columns(tables: dict[str, list[Row]]):
    assert {source: set(tables[source][0]) for source in KEYS} == COLUMNS
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4}", row["birthday"]) for row in tables["app"] if row["birthday"])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["dob"]) for row in tables["crm"] if row["dob"])
    assert isinstance(tables["crm"][0]["contact_no"], int)


def test_every_flag_is_present_and_counted(records: list[Row], tables: dict[str, list[Row]], meta: Row):
    counted = {
        flag: sum(bool(row["flags"] & bit) for row in tables["truth"]) for flag, bit in meta["flag_bits"].items()
    }
    assert counted == meta["flag_counts"]
    assert min(counted.values()) > 0, counted
    assert meta["source_rows"] == {source: len(tables[source]) for source in KEYS}


def test_people_leave_one_to_tens_of_records(tables: dict[str, list[Row]], meta: Row):
    sizes = Counter(row["entity_id"] for row in tables["truth"])
    assert 1.9 < ROWS / len(sizes) < 2.3
    assert sum(size <= 3 for size in sizes.values()) > 0.8 * len(sizes)
    assert max(sizes.values()) == meta["largest_person"] >= 10


def test_null_and_duplicate_primary_keys(tables: dict[str, list[Row]]):
    keys = [(source, row[key]) for source, key in KEYS.items() for row in tables[source]]
    assert 0 < sum(value is None for _, value in keys) < ROWS / 100
    assert 0 < sum(count > 1 for (_, value), count in Counter(keys).items() if value is not None) < ROWS / 50


def distinct(records: list[Row], field: str, clean: str = r"\s") -> dict[str, set[int]]:
    """The people of each value."""
    people = defaultdict(set)
    for row in records:
        if row.get(field):
            people[re.sub(clean, "", row[field]).lower()].add(row["entity"])
    return people


def test_writings_of_phones(records: list[Row]):
    written = [row["phone"] for row in records if row.get("phone")]
    shapes = Counter(re.sub(r"\d", "9", phone) for phone in written)
    usual = (
        "(999) 999-9999",
        "999-999-9999",
        "999.999.9999",
        "9999999999",
        "+99999999999",
        "9-999-999-9999",
        "+9 999 999 9999",
    )
    assert all(shapes[shape] > 10 for shape in usual), shapes
    assert any(phone.startswith("+") and not phone.startswith("+1") for phone in written)
    assert any(phone.startswith("00") for phone in written)
    assert any("ext" in phone for phone in written)


def test_writings_of_emails_and_names(records: list[Row]):
    emails = [row["email"] for row in records if row.get("email")]
    names = [row["first"] for row in records if row.get("first")]
    assert any(re.search(r"\+\w+@", email) for email in emails)
    assert any(email.isupper() for email in emails)
    assert any(email != email.strip() for email in emails)
    assert any(re.fullmatch(r"[A-Z]\.?", name) for name in names)
    assert any(not name.isascii() for name in (name.strip() for name in names))
    assert {"unknown", "n/a"} & set(names)
    assert any(row.get("last") and row["last"].endswith("Jr") for row in records)


def test_gmail_dots_differ_within_a_person(records: list[Row]):
    written = defaultdict(set)
    for row in records:
        local, _, domain = (row.get("email") or "").strip().lower().partition("@")
        if domain == "gmail.com" and "+" not in local:
            written[row["entity"], local.replace(".", "")].add(local)
    assert any(len(forms) > 1 for forms in written.values())


def test_several_emails_and_phones_a_person_and_gaps(records: list[Row]):
    emails, phones = defaultdict(set), defaultdict(set)
    for row in records:
        emails[row["entity"]].add(row.get("email") and row["email"].strip().lower())
        phones[row["entity"]].add(row.get("phone") and re.sub(r"\D", "", row["phone"])[-10:])
    assert sum(len(values - {None}) > 1 for values in emails.values()) > 50
    assert sum(len(values - {None}) > 1 for values in phones.values()) > 50
    for field in ("first", "last", "birth", "email", "phone", "street", "loyalty"):
        known = sum(bool(row[field]) for row in records if field in row)
        assert 0 < known < sum(field in row for row in records), field


def test_values_shared_by_unrelated_people(records: list[Row]):
    emails = distinct([row for row in records if "hub_email" in row["flags"]], "email")
    phones = distinct([row for row in records if "hub_phone" in row["flags"]], "phone", r"\D")
    assert max(map(len, emails.values())) > 4
    assert max(map(len, phones.values())) > 2
    families = defaultdict(set)
    for row in records:
        if row.get("landline"):
            families[re.sub(r"\D", "", row["landline"].split(" ext")[0])[-10:]].add((row["household"], row["entity"]))
    assert all(len({household for household, _ in people}) == 1 for people in families.values())
    assert any(len(people) > 1 for people in families.values())
    dummies = {"test@test.com", "0000000000", "unknown", "n/a"}
    assert all(len(distinct(records, "email" if "@" in dummy else "phone")[dummy]) > 1 for dummy in dummies)
    assert {row["birth"] for row in records if row.get("birth")} & {"1900-01-01", "01/01/1900", "1970-01-01"}


def test_twins_and_juniors(records: list[Row]):
    clean = ("placeholder", "name_typo", "nickname", "initial", "swapped_names", "birth_date_error")
    births, names = defaultdict(lambda: defaultdict(set)), defaultdict(lambda: defaultdict(set))
    for row in records:
        if row.get("birth") and row.get("last") and row.get("first") and not row["flags"] & set(clean):
            birth = "-".join(reversed(row["birth"].split("/")))
            births[row["household"], birth][row["entity"]].add(row["first"].strip().lower())
            names[row["household"], row["first"].strip().lower()][row["entity"]].add(birth)
    twins = [people for people in births.values() if len(people) > 1]
    juniors = [people for people in names.values() if len(people) > 1]
    assert twins
    assert any(not set.intersection(*people.values()) for people in juniors)


def test_chains_share_one_value_with_the_next_record_only(records: list[Row]):
    chains = defaultdict(list)
    for row in records:
        if "chain" in row["flags"]:
            assert not any(row.get(field) for field in ("birth", "street", "loyalty", "device_id", "landline"))
            chains[row["entity"]].append(row)
    assert len(chains) >= 2
    for rows in chains.values():
        links = Counter(row["email"].strip().lower() for row in rows)
        links += Counter(re.sub(r"\D", "", row["phone"].split("ext")[0])[-8:] for row in rows)
        assert len(rows) >= 5
        assert max(links.values()) == 2
        assert sum(count == 2 for count in links.values()) == len(rows) - 1


def test_people_move_house(records: list[Row]):
    towns = defaultdict(set)
    for row in records:
        town = row.get("town") or row.get("city")
        if town:
            towns[row["entity"]].add(town.strip().lower())
    assert sum(len(places) > 1 for places in towns.values()) > 5


def test_names_are_as_uneven_as_in_life(records: list[Row]):
    last = Counter(row["last"].strip().lower() for row in records if row.get("last"))
    assert len(last) > 700
    assert last.most_common(1)[0][1] > 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", "3", "--out", "new"], "--rows: 3 is not between 4 and"),
        (["--rows", "many", "--out", "new"], "--rows"),
        (["--rows", "20000000", "--out", "new"], "--rows: 20000000"),
        (["--rows", "10", "--seed", "-1", "--out", "new"], "--seed: -1"),
        (["--rows", "10"], "--out"),
        (["--rows", "10", "--out", "foreign"], "did not make"),
        (["--rows", "10", "--out", "foreign", "--force"], "did not make"),
        (["--rows", "10", "--out", "foreign/kept.txt"], "is a file"),
        (["--rows", "10", "--out", "made"], "add --force"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_code_2(arguments: list[str], said: str, tmp_path: Path):
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "kept.txt").write_text("mine", encoding="utf-8")
    made = make(tmp_path / "made", rows=10)
    before = (made / "meta.json").read_bytes()
    done = run(*(tmp_path / a if i and arguments[i - 1] == "--out" else a for i, a in enumerate(arguments)))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "foreign" / "kept.txt").read_text(encoding="utf-8") == "mine"
    assert (made / "meta.json").read_bytes() == before


def test_force_overwrites_what_it_made_and_nothing_else(tmp_path: Path):
    out = make(tmp_path / "out", rows=10)
    (out / "note.txt").write_text("mine", encoding="utf-8")
    done = run("--rows", 20, "--out", out, "--force")
    assert done.returncode == 0
    assert sum(len(rows) for name, rows in read(out).items() if name != "truth") == 20
    assert (out / "note.txt").read_text(encoding="utf-8") == "mine"
