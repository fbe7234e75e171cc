"""The report page from made facts: sections, numbers, empty states, names that mean harm, and very many of them."""

import re

import pytest
from made_pages import empty, full, identifier, pair, profile, refused, rule, run, totals
from pages import Page

from identity_spark.audit.page import SECTIONS, render

HOSTILE = "<script>alert(1)</script>\"'&amp;</title></style></svg>"
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render(full()))


def test_a_page_is_one_document_that_loads_nothing(page):
    assert [e["id"] for e in page.all("section")] == list(SECTIONS)
    assert [h["text"] for h in page.all("h2")] == list(SECTIONS.values())
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("nav")) == len(page.all("header")) == 1
    assert page.all("title")[0]["text"] == "people: run two"
    assert {"http-equiv": "Content-Security-Policy", "content": CSP}.items() <= page.all("meta")[1].items()
    assert not re.search(r"https?:|//|url\(|@import|<(script|link|img|iframe|object)\b", page.html)
    assert page.all("a")[0] | {"href": "#main", "class": "skip"} == page.all("a")[0]


def test_links_and_labels_lead_to_something(page):
    ids = [e["id"] for e in page.elements if "id" in e]
    assert len(ids) == len(set(ids))
    named = " ".join(e["aria-labelledby"] for e in page.elements if "aria-labelledby" in e).split()
    links = {a["href"].removeprefix("#") for a in page.all("a")}
    assert min(len(named), len(links)) >= len(SECTIONS)
    assert set(named) | links <= set(ids)
    regions = [e for e in page.elements if e.get("role") == "region"]
    assert len(regions) == 14  # the tables, which scroll where they are too wide
    assert [e for e in regions if not e.get("aria-label") or e.get("tabindex") != "0"] == []


def test_every_drawing_is_sound_and_says_what_it_shows(page):
    drawings = page.drawings()
    pictures = [d for d in drawings if d.get("role") == "img"]
    assert len(pictures) == 2 + 2 + 2 * 2 + 4 + 2 + 2 + 1 + 2 + 1  # sources ... apart, two graphs, the flow
    assert [d.get("aria-hidden") for d in drawings if d not in pictures] == ["true"] * 14
    assert all((picture.find("title").text or "").strip() for picture in pictures)
    assert [d.find("title").text for d in pictures if d.find("desc") is not None] == [
        "Records from sources through rules to profiles",
        "Records of profile id-odd and the pairs that hold them",
        "Records of profile id-large and the pairs that hold them",
    ]


def test_totals_and_what_changed(page):
    cards = {e["text"].split()[0]: " ".join(e["text"].split()) for e in page.all("div", "totals") if e["text"].strip()}
    assert cards["Records"] == "Records 100 +10"
    assert cards["Golden"] == "Golden records 50 no change"
    assert cards["Resolved"] == "Resolved 85.0% \N{MINUS SIGN}10.0 points"
    assert cards["Matched"] == "Matched 55 +55 55.0% of records"
    for note in ("fell from 95.0% to 85.0%", "10 records are held back"):
        assert note in page.text("totals")
    assert "12:30 UTC" in page.all("header")[0]["text"]


def test_a_night_that_gates_refused_comes_first_and_the_page_is_of_the_last_good_one():
    page = Page(render(full(refused=[refused("bad", **{"ended_ids": 0.3, "largest_profile": 812.0})])))
    first = " ".join(page.all("li", "totals")[0]["text"].split())
    assert first.startswith("Run bad was refused (ended_ids 30.0%, largest_profile 812); this page shows the last")
    assert page.all("header")[0]["text"].count("bad") == 0


def test_what_stands_out_is_named_first():
    rules = {"big": rule(5, skipped_blocks=2), "idle": rule(0), "none": rule(0), "other": rule(0), "unused": rule(0)}
    project = {"people": totals(records=10_000, resolution_rate=0.95, conflict_records=1)}
    page = Page(render(full(metrics={"project": project, "rule": rules}, largest=[profile("id", 21)])))
    assert [" ".join(e["text"].split()) for e in page.all("li", "totals")] == [
        "The largest profile holds 21 records. Profiles to look at",
        "1 record is held back: the profile would break a limit. Unresolved records",
        "2 blocks were too large to compare (big). Rules",
        "4 of 5 rules found no pair (idle, none, other and 1 more). Rules",
    ]


def test_tables_show_the_report(page):
    metrics = full().metrics
    for scope, section in (("source", "sources"), ("rule", "rules"), ("identifier", "identifiers")):
        cells = page.cells(section)
        assert len(cells) >= 6
        for (name, metric), (value, _) in cells.items():
            assert value == metrics[scope][name][metric]
    assert page.cells("rules")["phone", "valid_match_rate"] == (0.75, "75.0%")
    assert page.cells("identifiers")["email", "golden_completeness"] == (0.9, "90.0%")
    assert "+10.0 points" in page.text("identifiers")
    assert page.cells("apart") == {
        ("email", "blocked_values"): (3, "3"),
        ("email", "over_shared_values"): (7, "7"),
        ("email", "invalid_values"): (0, "0"),
    }
    assert page.cells("unresolved")["max_values_per_profile.phone", "conflict_records"] == (10, "10")
    assert "max_values_per_profile.phone" in page.text("unresolved")
    assert page.cells("time")["links", "seconds"] == (75, "1 min 15 s")


def test_changes_are_counted_by_event(page):
    assert {m: v for (_, m), (v, _) in page.cells("changes").items()} == {
        "created": 2,
        "merged": 7,
        "split": 0,
        "retired": 0,
        "revived": 0,
    }
    rows = [" ".join(e["text"].split()) for e in page.all("tr", "changes")][1:]
    assert rows == ["created sources 2 8", "merged phone 4 4", "merged email 3 5"]


def test_sizes_are_bins_of_powers_of_two(page):
    assert page.cells("sizes") == {
        ("1", "profiles"): (30, "30"), ("1", "records"): (30, "30"), ("2 to 3", "profiles"): (18, "18"), ("2 to 3", "records"): (40, "40"),
        ("4 to 7", "profiles"): (0, "0"), ("4 to 7", "records"): (0, "0"), ("8 to 15", "profiles"): (2, "2"), ("8 to 15", "records"): (15, "15"),
    }  # fmt: skip


def test_measures_are_shown_where_they_are_given():
    assert "by loyalty" not in Page(render(full())).text("rules")
    measure = {"rule": "email", "held_out": "loyalty", "pairs": 9, "precision": 0.9, "precision_low": 0.8, "precision_high": 0.95,
               "recall": None, "recall_low": None, "recall_high": None, "warning": "several a person", "advice": "keep"}  # fmt: skip
    unknown = {
        **measure,
        "rule": "phone",
        "held_out": None,
        "precision": None,
        "warning": None,
        "advice": "too little evidence",
    }
    page = Page(render(full(measures=[measure, unknown])))
    email, phone = (" ".join(e["text"].split()) for e in page.all("tr", "rules")[1:])
    assert email.endswith("90.0% 80.0% to 95.0% by loyalty – keep several a person")
    assert phone.endswith("– – too little evidence")
    assert " ".join(Page(render(full())).all("tr", "rules")[2]["text"].split()).endswith("0 – – –")


def test_of_nothing_every_section_says_so():
    page = Page(render(empty()))
    assert [e["id"] for e in page.all("section")] == list(SECTIONS)
    said = [e["text"] for e in page.all("p") if e.get("class") == "empty"]
    assert len(said) == 11  # nothing in ten sections, one of which has two lists
    assert "There is no earlier run" in page.text("totals")
    assert "Nothing stands out" in page.text("totals")
    assert page.cells("totals")[None, "resolution_rate"] == (0, "0.0%")


def test_a_run_without_a_report_has_a_page():
    of_old = {name: value for name, value in run("one").items() if name != "seconds"}  # nor times
    page = Page(render(empty(metrics={}, runs=[of_old])))
    assert "left no report" in page.text("totals")
    assert "recorded no times" in page.text("time")


def test_names_are_text_whatever_they_are():
    odd = profile(HOSTILE, 2, pair(HOSTILE, "x", HOSTILE), values={HOSTILE: 2})
    page = Page(
        render(
            full(
                project=HOSTILE,
                metrics={
                    "project": {HOSTILE: totals(records=1)},
                    "source": {HOSTILE: totals(records=1)},
                    "rule": {HOSTILE: rule(0)},
                    "identifier": {HOSTILE: identifier(blocked_values=1)},
                    "guardrail": {HOSTILE: {"conflict_clusters": 1.0, "conflict_records": 1.0}},
                },
                flow=[{"source": HOSTILE, "rule": HOSTILE, "outcome": "several", "records": 1}],
                changes=[{"event": "created", "cause": HOSTILE, "events": 1, "records": 1}],
                unresolved=[{"reason": HOSTILE, "records": 1}],
                single_valued=[HOSTILE],
                suspicious=[odd],
                measures=[{"rule": HOSTILE, "held_out": HOSTILE, "advice": HOSTILE, "warning": HOSTILE}],
            )
        )
    )
    assert not page.all("script")
    assert "<script" not in page.html
    for section in ("sources", "rules", "identifiers", "profiles", "unresolved", "apart", "changes", "flow"):
        assert HOSTILE in page.text(section) or HOSTILE.replace("_", " ") in page.text(section)


def test_ten_thousand_names_make_a_page_of_ordinary_size():
    many = [f"name_{n:05}" for n in range(10_000)]
    page = Page(
        render(
            full(
                metrics={
                    "project": {"people": totals(records=5)},
                    "source": {name: totals(records=n) for n, name in enumerate(many)},
                    "rule": {name: rule(n) for n, name in enumerate(many)},
                    "identifier": {
                        name: identifier(completeness=n / 20_000, blocked_values=n) for n, name in enumerate(many)
                    },
                    "guardrail": {
                        name: {"conflict_clusters": 1.0, "conflict_records": n} for n, name in enumerate(many)
                    },
                },
                rules=many,
                single_valued=many,
                changes=[{"event": "created", "cause": name, "events": 1, "records": 1} for name in many],
            )
        )
    )
    assert len(page.html) < 300_000
    for section in ("sources", "rules", "identifiers", "unresolved", "changes"):
        assert "and 9,980 more" in page.text(section)
    assert "and 9,979 more" in page.text("apart")  # the first has no value set apart
    rows = [e["data-name"] for e in page.all("tr", "rules") if "data-name" in e]
    assert rows == [f"name_{n:05}" for n in range(9_999, 9_979, -1)]


def test_values_are_shown_only_when_asked_for():
    without, shown = Page(render(full())), Page(render(full(show_values=True)))
    assert "secret" not in without.html
    assert "ann@secret.io and anne@secret.io" in shown.text("profiles")
    assert "Shows identifier values" in shown.all("footer")[0]["text"]
