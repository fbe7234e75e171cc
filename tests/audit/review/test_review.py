"""A sample drawn by the job, labelled, and read back by jobs/evaluate.py."""

import csv
import stat
from collections import Counter

import pytest
from outputs import rows
from reviewed_people import COUNTS, MAILS

from identity_spark.audit.review import strata as stage
from identity_spark.storage.readers import read_run
from jobs import evaluate, review

STRATA = {
    ("email", "accepted", "exact"): MAILS - 1 + 7,  # the others are those of the cases to explain
    ("email", "refused", "exact"): 1,
    **{("phone_and_name", "accepted", band): count for band, count in COUNTS.items()},
    ("phone_and_name", "accepted", "below 0.85"): COUNTS["below 0.85"] + 1,
}


@pytest.fixture
def job(job_on_reviewed):
    return job_on_reviewed


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def safe(value):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value and value[0] in "=+" else value or ""


def test_a_sample_is_drawn_labelled_and_read_back(reviewed, job, tmp_path):
    out = tmp_path / "sample.csv"
    done = job(review, "--n", 30, "--out", out)
    assert (done.code, done.text) == (0, f"{out}: 30 of 68 pairs of run one, from 6 strata\n")
    sample = read(out)
    drawn = Counter((r["rule"], r["status"], r["band"]) for r in sample)
    assert drawn.keys() == STRATA.keys()
    assert all(min(2, STRATA[s]) <= n <= STRATA[s] for s, n in drawn.items())
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    listed = {(p["left_record_key"], p["right_record_key"], p["rule"]): p for p in rows(reviewed.output, "match_pairs")}
    lookup = {r["record_key"]: r for r in rows(reviewed.output, "identity_lookup")}
    for r in sample:
        pair = listed[r["left_record_key"], r["right_record_key"], r["rule"]]
        assert (r["label"], r["run_id"], r["status"]) == ("", "one", pair["status"])
        assert int(r["stratum_size"]) == STRATA[r["rule"], r["status"], r["band"]]
        for side in ("left", "right"):
            held = lookup[r[f"{side}_record_key"]]
            assert r[f"{side}_last_name"] == held["last_name"]
            assert r[f"{side}_email"] == safe(held["email"])
            assert r[f"{side}_phone"] == safe(held["phone"])
    assert {r["left_email"][:2] for r in sample if r["left_email"].endswith("@x.io")} >= {"'="}
    assert any(r["left_phone"].startswith("'+") for r in sample)
    smith = next(r for r in sample if r["band"] == "below 0.85")
    assert (smith["left_last_name"], smith["similarity"]) == ("smith", "0.8000")  # 1 edit in 5 letters
    assert smith["evidence"] == "phone exact 1.00; last_name fuzzy_medium 0.80"

    strata = {}
    for r in sample:
        strata.setdefault(r["rule"] + r["band"], []).append(r)
        r["label"] = "no" if r["band"] == "below 0.85" else "Yes "
    strata["phone_and_name0.9 to 0.95"][0]["label"] = "unsure"
    with open(tmp_path / "labelled.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, sample[0], delimiter=";")  # as a German spreadsheet saves it
        writer.writeheader()
        writer.writerows(sample)
    done = job(evaluate, "--sample", tmp_path / "labelled.csv")
    assert (done.code, done.errors) == (0, [])
    lines = done.text.splitlines()
    assert lines[0] == "  sample of run one: 29 labelled, 1 unsure, 0 without a label"
    right = (67 - 7) / 67  # every stratum but one is all right, whatever share of it was drawn
    assert lines[1].startswith(f"  accepted links: 67, of which {right:.4f} are right, 95 % interval 0.")
    cells = {tuple(line.split()[:2]): line.split() for line in lines[3:]}
    assert cells["phone_and_name", "below"][3:8] == ["7", *[str(drawn["phone_and_name", "accepted", "below 0.85"])], "0", "0.0000", "0.0000"]  # fmt: skip
    assert cells["phone_and_name", "all"][2] == "31"
    assert lines[-4] == "  refused pairs: 1, of which 1.0000 are right, 95 % interval 1.0000 to 1.0000"

    older = (tmp_path / "labelled.csv").read_text("utf-8-sig").replace(";one", ";none")
    (tmp_path / "older.csv").write_text(older, "utf-8")
    assert (
        "warning: run one is newer; these figures are of run none"
        in job(evaluate, "--sample", tmp_path / "older.csv").text
    )


def test_the_sample_depends_on_the_seed_and_on_nothing_else(spark, reviewed):
    pairs = read_run(spark, str(reviewed.output), "match_pairs", "one")
    quotas = dict.fromkeys(STRATA, 4)

    def keys(frame, seed):
        rows = stage.drawn(stage.in_strata(frame), quotas, seed).collect()
        return {(r.rule, r.left_record_key, r.right_record_key): r.place for r in rows}

    one = keys(pairs, 1)
    assert keys(pairs.repartition(7), 1) == keys(pairs.coalesce(1).orderBy("right_record_key"), 1) == one
    assert len(one) == 4 * 4 + 3 + 1
    assert keys(pairs, 2).keys() != one.keys()


def test_what_is_refused(job, tmp_path):
    taken = tmp_path / "taken.csv"
    taken.write_text("label\nyes\n", "utf-8")
    (tmp_path / "empty.csv").write_text("label,left_record_key\nyes,crm:1\n", "utf-8")
    (tmp_path / "latin.csv").write_bytes(b"label\n\xe9\n")
    cases = [
        (review, ("--out", taken), 2, "is there already and may hold labels"),
        (review, ("--out", tmp_path / "no" / "x.csv"), 2, "cannot write to"),
        (review, ("--out", tmp_path / "x.csv", "--n", 5), 2, "--n: 5 is less than one of each of the 6 strata"),
        (review, ("--out", tmp_path / "x.csv", "--set", f"output.path={tmp_path / 'none'}"), 3, "holds no committed run"),
        (evaluate, ("--sample", tmp_path / "none.csv"), 3, "cannot read"),
        (evaluate, ("--sample", tmp_path / "empty.csv"), 3, "has no column right_record_key, no column rule"),
        (evaluate, ("--sample", tmp_path / "latin.csv"), 3, "is not UTF-8"),
        (evaluate, ("--sample", taken, "--truth", taken), 2, "not allowed with argument"),
        (evaluate, (), 2, "one of the arguments --truth --sample is required"),
        (evaluate, ("--sample", taken, "--pairs", "x"), 2, "--pairs: a sample has no pairs"),
    ]  # fmt: skip
    for module, arguments, code, message in cases:
        done = job(module, *arguments)
        assert (done.code, done.text, len(done.errors)) == (code, "", 1), arguments
        assert message in done.errors[0]
    assert taken.read_text("utf-8") == "label\nyes\n"
    assert not (tmp_path / "x.csv").exists()
