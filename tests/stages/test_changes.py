"""What became of ids, why, and where old ones lead: one run's worth of cases, each worked out by hand."""

import pytest
from stages_of_tests import stage

from identity_spark import schemas
from identity_spark.errors import CheckError
from identity_spark.pipeline.lasting import closed_redirects
from identity_spark.stages import changes

# record, id before, id now, whether the last run had the record
MOVES = [
    *[(f"b{n}", "B", "A", True) for n in (1, 2)],  # B merged into A, by phone
    ("c3", "C", "N", True),  # C was split, N is new; email joined them before
    ("p2", "P", "Q", True),  # P was split by a limit
    ("v2", "V", "W", True),  # V was split, for the record between its parts is gone
    ("v3", "V", None, True),
    ("d1", "D", None, True),  # D left the sources
    ("h1", "H", None, True),  # H is held back by a limit
    ("m1", "M", None, True),  # M has nothing to match any more
    ("e1", None, "E", False),  # E is new
    ("f1", None, "F", True),  # F was held back until now
    ("r1", None, "R", False),  # R is back
    ("a9", None, "A", False),  # A got a record more
]
GOLDEN = {"A": 6, "C": 2, "N": 1, "P": 1, "Q": 1, "V": 1, "W": 1, "E": 1, "F": 1, "R": 1}
PAIRS = [
    ("a1", "b1", "phone", "accepted", None),
    ("a2", "b2", "email", "accepted", None),  # the second rule
    ("b1", "b2", "card", "accepted", None),  # within B
    ("p1", "p2", "phone", "refused", "max_values_per_profile"),
]
EARLIER = [("c1", "c3", "email", "accepted", None), ("p1", "p2", "email", "accepted", None), ("v2", "v3", "email", "accepted", None)]  # fmt: skip
HELD_BACK = [
    ("h1", "conflict", "max_records_per_profile: 9 records, at most 5"),
    ("m1", "missing_identifiers", "no rule"),
]
EVENTS = [
    ("created", "E", None, 1, "sources"),
    ("created", "F", None, 1, "held_back"),
    ("created", "N", None, 1, "email"),
    ("created", "Q", None, 1, "max_values_per_profile"),
    ("created", "W", None, 1, "sources"),
    ("merged", "B", "A", 2, "phone"),
    ("retired", "D", None, 1, "sources"),
    ("retired", "H", None, 1, "max_records_per_profile"),
    ("retired", "M", None, 1, "missing_identifiers"),
    ("revived", "R", None, 1, "max_records_per_profile"),
    ("split", "N", "C", 1, "email"),
    ("split", "Q", "P", 1, "max_values_per_profile"),
    ("split", "W", "V", 1, "sources"),
]


@pytest.fixture(scope="module")
def frames(spark):
    pairs = "left_record_key string, right_record_key string, rule string, status string, refused_by string"
    return {
        "moved": spark.createDataFrame(MOVES, schemas.MOVES),
        "golden": spark.createDataFrame(list(GOLDEN.items()), "dinmo_id string, record_count long"),
        "pairs": spark.createDataFrame(PAIRS, pairs),
        "earlier": spark.createDataFrame(EARLIER, pairs),
        "held_back": spark.createDataFrame(HELD_BACK, "record_key string, reason string, detail string"),
        "used": spark.createDataFrame([*((i, None) for i in "ABCDHMPV"), ("R", "max_records_per_profile")], schemas.USED_IDS),
    }  # fmt: skip


@pytest.fixture(scope="module")
def events(frames):
    causes = changes.causes_of_moves(
        *(frames[n] for n in ("moved", "pairs", "earlier", "held_back")), ["phone", "email"]
    )
    found = changes.changes(frames["moved"], frames["golden"], frames["used"], causes, "r2")
    return found.localCheckpoint()


def test_events_and_their_causes(events):
    found = [(e.event, e.dinmo_id, e.other_dinmo_id, e.record_count, e.cause) for e in events.collect()]
    assert sorted(found, key=str) == sorted(EVENTS, key=str)


def test_redirects_follow_on_and_open_again(spark, events, frames):
    earlier = spark.createDataFrame(
        [
            ("old", "B", "r1", "B"),  # B is merged now
            ("older", "D", "r1", "D"),  # D retired now
            ("other", "C", "r1", "C"),
            ("gone", None, "r1", "gone"),
            ("R", None, "r1", "R"),  # R lives again,
            ("to_R", None, "r1", "R"),  # and so does what had led to it
        ],
        schemas.REDIRECTS,
    )
    found = closed_redirects(events, earlier, frames["golden"], "r2", stage())
    assert sorted((r.old_dinmo_id, r.dinmo_id or "-", r.run_id, r.last_dinmo_id) for r in found.collect()) == [
        ("B", "A", "r2", "A"),
        ("D", "-", "r2", "D"),
        ("H", "-", "r2", "H"),
        ("M", "-", "r2", "M"),
        ("gone", "-", "r1", "gone"),
        ("old", "A", "r2", "B"),
        ("older", "-", "r2", "D"),
        ("other", "C", "r1", "C"),
        ("to_R", "R", "r2", "R"),
    ]
    with pytest.raises(CheckError, match="1 redirects lead nowhere and 0 come"):
        closed_redirects(events, earlier, frames["golden"].where("dinmo_id <> 'R'"), "r2", stage())
    alive = spark.createDataFrame([("gone",)], "dinmo_id string")
    with pytest.raises(CheckError, match="0 redirects lead nowhere and 1 come"):
        closed_redirects(events, earlier, frames["golden"].select("dinmo_id").union(alive), "r2", stage())


def test_a_way_ends_at_an_id_that_is_published_again(spark):
    """A was merged into B, B into C; now B is back, and C goes to D, which leads on as well."""
    earlier = [("A", "C", "r1", "B"), ("B", "C", "r1", "C"), ("Z", None, "r1", "Y"), ("Y", None, "r1", "Y")]
    events = [("revived", "B", None), ("merged", "C", "D"), ("revived", "Y", None)]
    rows = [("r2", event, i, other, 1, "sources") for event, i, other in events]
    found = spark.createDataFrame(rows, schemas.CHANGES), spark.createDataFrame(earlier, schemas.REDIRECTS)
    golden = spark.createDataFrame([("B",), ("D",), ("Y",)], "dinmo_id string")
    now = closed_redirects(*found, golden, "r2", stage())
    assert sorted((r.old_dinmo_id, r.dinmo_id, r.run_id) for r in now.collect()) == [
        ("A", "B", "r2"), ("C", "D", "r2"), ("Z", "Y", "r2"),
    ]  # fmt: skip


def test_a_way_of_many_steps_is_followed_to_its_end(spark):
    steps = 21
    earlier = [(f"{n:02}", f"{steps:02}", "r1", f"{n + 1:02}") for n in range(steps)]
    nothing = spark.createDataFrame([], schemas.CHANGES)
    golden = spark.createDataFrame([(f"{steps:02}",)], "dinmo_id string")
    found = closed_redirects(nothing, spark.createDataFrame(earlier, schemas.REDIRECTS), golden, "r2", stage())
    assert sorted(map(tuple, found.collect())) == sorted(earlier)


def test_targets_are_what_differs(spark):
    known = spark.createDataFrame(
        [("1", "A", None, True), ("2", "A", None, True), ("3", "A", None, True), ("4", "H", None, False), ("5", "H", None, False)],
        schemas.KNOWN_IDS,
    )  # fmt: skip
    now = spark.createDataFrame([("1", "A"), ("2", "B"), ("4", "H"), ("5", None), ("6", "N")], "record_key string, dinmo_id string")  # fmt: skip
    assert sorted(map(tuple, changes.moves(known, now).collect())) == [
        ("2", "A", "B", True), ("3", "A", None, True), ("4", None, "H", True), ("6", None, "N", False),
    ]  # fmt: skip
