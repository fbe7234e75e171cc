"""The pictures of the page: the flow of records, profiles as graphs, and colours that can be told apart."""

import re
from collections import defaultdict
from itertools import pairwise

import pytest
from made_pages import full, pair, profile
from pages import Page

from identity_spark.audit.page import render
from identity_spark.audit.page.flow import flow
from identity_spark.audit.page.graphs import drawing

LADDER = [pair(f"k:{n:02}", f"k:{n + 1:02}", "email") for n in range(60)]  # 61 records in a row


def test_the_flow_loses_no_record():
    made = flow(full())
    counts = {box.label: box.records for box in made.boxes}
    assert counts == {
        "crm": 60, "shop": 40, "email": 45, "phone": 10, "joined by no rule": 30, "left out": 15,
        "profiles of several records": 55, "profiles of one record": 30, "in conflict": 10, "missing identifiers": 4, "bad keys": 1,
    }  # fmt: skip
    into, out_of = defaultdict(int), defaultdict(int)
    for band in made.bands:
        start, end, records = re.fullmatch(r"(.+) to (.+): ([0-9]+) records", band.title).groups()
        out_of[start] += int(records)
        into[end] += int(records)
    outcomes = [box.label for box in made.boxes if box.x == made.boxes[-1].x]
    assert dict(out_of) == {name: count for name, count in counts.items() if name not in outcomes}
    assert dict(into) == {name: count for name, count in counts.items() if name not in ("crm", "shop")}


def test_heights_count_records_in_every_column():
    boxes = flow(full()).boxes
    per_record = {round(box.height / box.records, 2) for box in boxes}
    assert len(per_record) == 1
    for column in {box.x for box in boxes}:
        stacked = sorted((box.y, box.y + box.height) for box in boxes if box.x == column)
        assert all(above[1] < below[0] for above, below in pairwise(stacked))
        assert stacked[-1][1] <= 476  # the height of the drawing


def test_bands_leave_a_box_side_by_side():
    made = flow(full())
    leaving = defaultdict(list)
    for band in made.bands:
        upper, lower = re.search(r"M[0-9.]+,([0-9.]+)", band.path), re.search(r"([0-9.]+)Z", band.path)
        leaving[band.title.partition(" to ")[0]].append((float(upper[1]), float(lower[1])))
    boxes = {box.label: box for box in made.boxes}
    assert leaving.keys() == {"crm", "shop", "email", "phone", "joined by no rule", "left out"}
    assert max(map(len, leaving.values())) > 2, "some leave a box together"
    for label, bands in leaving.items():
        box, edges = boxes[label], sorted(bands)
        assert edges[0][0] == pytest.approx(box.y, abs=0.05)
        assert edges[-1][1] == pytest.approx(box.y + box.height, abs=0.05)
        assert all(above[1] == pytest.approx(below[0], abs=0.05) for above, below in pairwise(edges))


def test_sources_and_rules_that_are_not_named_flow_together():
    rows = [
        {"source": "crm", "rule": "", "outcome": "several", "records": 2},
        {"source": "", "rule": None, "outcome": "one", "records": 3},
    ]
    sources = {"crm": {"bad_key_records": 1.0}, "tiny": {"bad_key_records": 4.0}}
    counts = {b.label: b.records for b in flow(full(flow=rows, metrics={"source": sources})).boxes}
    assert counts["crm"] == 3
    assert counts["other sources"] == 7
    assert counts["other rules"] == 2


def test_the_weakest_link_is_what_the_profile_depends_on():
    # b - c is weaker than any other, but the profile does not need it; it needs c - d, by the weaker rule.
    pairs = [pair("a", "b"), pair("a", "c"), pair("b", "c", "other"), pair("c", "d", "phone"), pair("d", "e")]
    drawn = drawing(profile("p", 5, *pairs), ["email", "phone", "other"])
    marked = [(line.left.record_key, line.right.record_key) for line in drawn.lines if line.weakest]
    assert marked == [("c", "d")]
    assert drawn.weakest is drawn.lines[0]
    assert {point.record_key: point.number for point in drawn.points} == {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    assert [line.rules for line in drawn.lines[1:3]] == [["other"], ["email"]]


def test_of_a_large_profile_those_near_the_weakest_link_are_drawn():
    weak = pair("k:30", "k:31", "phone")
    drawn = drawing(profile("p", 61, *(p for p in LADDER if p["left_record_key"] != "k:30"), weak), ["email", "phone"])
    assert [point.record_key for point in drawn.points] == [f"k:{n:02}" for n in range(11, 51)]
    assert drawn.records_left_out == 21
    page = Page(render(full(largest=[profile("p", 61, *LADDER)])))
    assert "Shows the 40 records nearest to the weakest link; 21 more are not drawn." in page.text("profiles")
    assert "and 19 more pairs" in page.text("profiles")


def test_points_stay_inside_and_are_the_same_every_time():
    one, again = (drawing(profile("p", 61, *LADDER), ["email"]) for _ in range(2))
    assert one == again
    assert all(10 < point.x < 410 and 10 < point.y < 290 for point in one.points)
    assert len({(point.x, point.y) for point in one.points}) == 40


def test_a_profile_whose_pairs_are_not_all_read_says_so():
    page = Page(render(full(largest=[profile("p", 9, pair("a", "b"), pairs_cut=True), profile("q", 2)])))
    assert "The profile has more pairs than were read" in page.text("profiles")
    assert "No accepted pair of this profile" in page.text("profiles")


def luminance(color: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast_is_that_of_wcag_aa(scheme):
    html = render(full())
    blocks = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", html, re.DOTALL)
    ]
    assert blocks[0].keys() == blocks[1].keys()
    assert not blocks[0].items() & blocks[1].items(), "dark is another scheme in every colour"
    colors = blocks[scheme]
    text = [(front, back, 4.5) for front in ("ink", "soft", "accent", "matched") for back in ("card", "paper")]
    shapes = [(name, "card", 3) for name in ("matched", "one", "conflict", "missing", "bad", "none", "source", "plain")]
    for front, back, least in [*text, *shapes, ("mark-ink", "mark", 4.5)]:
        low, high = sorted((luminance(colors[front]), luminance(colors[back])))
        assert (high + 0.05) / (low + 0.05) >= least, (front, back)
