"""Labels of a sample: what they say, in figures published elsewhere, and which rows cannot be meant."""

import pytest

from identity_spark.audit.evaluate.sample_text import labelled_sample_text
from identity_spark.audit.review.labels import Labelled, labelled_strata
from identity_spark.errors import InputError

# The intervals are Newcombe's (1998) for 15 of 148, 81 of 263 and 0 of 20.
STRATA = [
    Labelled("phone", "accepted", "exact", 148_000_000, yes=15, no=133, unsure=2),
    Labelled("email", "accepted", "exact", 263, yes=81, no=182),
    Labelled("email", "accepted", "below 0.85", 737, unlabelled=4),
    Labelled("email", "refused", "exact", 500, yes=0, no=20),
]


def test_text():
    lines = labelled_sample_text(STRATA[1:], "one", "two").splitlines()
    assert lines == [
        "  sample of run one: 283 labelled, 0 unsure, 4 without a label",
        "  warning: run two is newer; these figures are of run one and its links",
        "  accepted links: 1,000, of which 0.3080 are right, 95 % interval 0.3080 to 0.3080; 737 of them are in strata without a label and left out",
        "",
        "  rule   band        pairs  labelled  right  precision     95 % interval",
        "  email  all         1,000       263     81     0.3080  0.3080 to 0.3080",
        "  email  below 0.85    737         0      0          -                 -",
        "  email  exact         263       263     81     0.3080  0.2553 to 0.3662",
        "",
        "  refused pairs: 500, of which 0.0000 are right, 95 % interval 0.0000 to 0.1611",
        "",
        "  rule   band   pairs  labelled  right  precision     95 % interval",
        "  email  exact    500        20      0     0.0000  0.0000 to 0.1611",
    ]
    lines = labelled_sample_text(STRATA[:1], "one", "one").splitlines()
    assert lines[:2] == [
        "  sample of run one: 148 labelled, 2 unsure, 0 without a label",
        "  accepted links: 148,000,000, of which 0.1014 are right, 95 % interval 0.0624 to 0.1605",
    ]
    assert lines[-1].split() == ["phone", "exact", "148,000,000", "148", "15", "0.1014", "0.0624", "to", "0.1605"]
    assert "of which nothing is labelled" in labelled_sample_text([Labelled("a", "accepted", "exact", 3)], "one", "one")


def row(label="", left="crm:1", right="crm:2", rule="email", size="9", run="one", band="exact", status="accepted"):
    return {
        "label": label,
        "left_record_key": left,
        "right_record_key": right,
        "rule": rule,
        "band": band,
        "status": status,
        "stratum_size": size,
        "run_id": run,
    }


def test_labels_are_counted_by_stratum_and_a_repeated_row_once():
    rows = [
        row("Yes"),
        row("yes"),
        row("NO", right="crm:3"),
        row("unsure", right="crm:4"),
        row(right="crm:5"),
        row("yes", rule="phone", size="2"),
        row("no", left="crm:7", status="refused", size="1"),
    ]
    assert labelled_strata(rows) == [
        Labelled("email", "accepted", "exact", 9, yes=1, no=1, unsure=1, unlabelled=1),
        Labelled("phone", "accepted", "exact", 2, yes=1),
        Labelled("email", "refused", "exact", 1, no=1),
    ]


BAD = {
    "label": ([row("yes"), row("perhaps", right="crm:3")], ["row 3 (crm:1 and crm:3): its label is none of yes, no, unsure"]),
    "size": ([row(size="many")], ["row 2 (crm:1 and crm:2): its stratum_size is no whole number; leave all columns but label as they were"]),
    "empty": ([row(rule="", band="")], ["row 2 (crm:1 and crm:2): rule, band is empty; leave all columns but label as they were"]),
    "runs": ([row(), row(right="crm:3", run="two")], ["row 3 is of run two, row 2 of one; a file for each run"]),
    "sizes": ([row(), row(right="crm:3", size="8")], ["row 3 gives its stratum another stratum_size than row 2"]),
    "disagree": ([row("yes"), row("no", rule="phone")], ["row 3 (crm:1 and crm:2) and row 2 label the same pair differently; make them agree"]),
    "nothing": ([], ["there is no row below the header"]),
    "many": ([row("?", right=f"crm:{n}") for n in range(30)], [*(f"row {n + 2} (crm:1 and crm:{n}): its label is none of yes, no, unsure" for n in range(20)), "and more rows like these"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_rows_that_cannot_be_meant_are_named(name):
    rows, expected = BAD[name]
    with pytest.raises(InputError) as raised:
        labelled_strata(rows)
    assert str(raised.value).splitlines() == [f"--sample: {problem}" for problem in expected]
