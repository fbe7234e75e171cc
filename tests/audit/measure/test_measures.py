"""Rules measured without labels: which identifier is held out, what its agreement says, and the advice."""

import json

import pytest

from identity_spark.audit.measure.measures import (
    Agreement,
    Estimate,
    Measure,
    advice,
    chosen_witness,
    precision,
    recall,
    warning,
    witnesses,
)
from identity_spark.audit.measure.text import measures_json, measures_text

NOTHING = Agreement()


def test_witnesses_are_strong_and_know_the_rules_that_use_them(make_config):
    config = make_config(
        "identifiers.mail_domain={from: email, transform: domain}",
        "rules=[{name: card, criteria: [{identifiers: card}]}, {name: at_work, criteria: [{identifiers: [mail_domain, last_name]}]},"
        " {name: born, criteria: [{identifiers: last_sound}, {identifiers: birth_date, missing: pass}]}]",
    )
    assert witnesses(config) == {"email": ("at_work",), "phone": (), "birth_date": ("born",), "card": ("card",)}


# (own counts, those of all rules) -> share, low, high. Wilson's bounds are the roots of (x/n - p)^2 = z^2 p (1 - p) / n,
# solved by hand: of 90 of 100 they are .8256 and .9448, of 190 of 200 .9104 and .9726, of 100 of 100 .9630 and 1.
CASES = [
    ("nothing is known of true pairs", Agreement(100, 90), NOTHING, (0.9, 0.8256, 0.9448)),
    ("true pairs agree in 95 of 100", Agreement(100, 90, 200, 190), NOTHING, (0.9474, 0.8489, 1.0)),
    ("too few sure pairs of its own", Agreement(100, 90, 50, 50), Agreement(9, 9, 200, 190), (0.9474, 0.8489, 1.0)),
    ("too few of all", Agreement(100, 90, 50, 50), Agreement(9, 9, 99, 90), (0.9, 0.8256, 0.9448)),
    ("no surer than if all agreed", Agreement(100, 90, 100, 45), NOTHING, (1.0, 0.9630, 1.0)),
    ("all agree, and so do sure pairs", Agreement(100, 100, 200, 190), NOTHING, (1.0, 0.9630, 1.0)),
]


@pytest.mark.parametrize(("own", "pooled", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_precision(own, pooled, expected):
    found = precision(own, pooled)
    assert (found.share, found.low, found.high) == pytest.approx(expected, abs=1e-4)
    assert found.pairs == own.both


def test_of_no_pairs_nothing_is_known():
    assert precision(NOTHING, Agreement(200, 200, 200, 200)) is None
    assert recall(0, 0) is None
    assert recall(90, 100).low == pytest.approx(0.8256, abs=1e-4)


def test_the_witness_of_the_narrowest_interval_is_chosen():
    using = {"email": ("mail",), "card": (), "phone": ()}
    own = {"email": Agreement(10_000, 9_900), "card": Agreement(400, 390), "phone": Agreement(50, 49)}
    pooled = dict.fromkeys(using, NOTHING)
    name, found = chosen_witness("names", own, using, pooled)
    assert (name, found.pairs) == ("email", 10_000)
    assert chosen_witness("mail", own, using, pooled)[0] == "card"
    assert chosen_witness("names", {}, using, pooled) == (None, None)
    assert chosen_witness("names", {}, {}, {}) == (None, None)


ADVICE = [
    ("no pair", None, 0, 0, "drop", "no pair"),
    ("nothing carries a witness", None, 5, 100, "too little evidence", "fewer than 30"),
    ("few do", Estimate(1.0, 0.8, 1.0, 20), 5, 100, "too little evidence", "fewer than 30"),
    ("mostly wrong", Estimate(0.5, 0.4, 0.6, 90), 5, 100, "drop", "at most 60.0%"),
    ("not good enough", Estimate(0.85, 0.8, 0.9, 200), 5, 100, "tighten", "at most 90.0%"),
    ("good or not", Estimate(0.9, 0.7, 0.97, 40), 5, 100, "too little evidence", "between 70.0% and 97.0%"),
    ("adds nothing", Estimate(0.98, 0.97, 0.99, 900), 0, 100, "drop", "other rules make all its merges"),
    ("good", Estimate(1.0, 0.9999, 1.0, 9000), 5, 100, "keep", "at least 99.9%"),
]


@pytest.mark.parametrize(
    ("estimate", "merges", "pairs", "what", "why"), [c[1:] for c in ADVICE], ids=[c[0] for c in ADVICE]
)
def test_advice(estimate, merges, pairs, what, why):
    said, reason = advice(estimate, merges, pairs)
    assert said == what
    assert why in reason


def test_warnings():
    sure = Agreement(500, 400, 200, 190)
    assert "is not known" in warning(NOTHING, NOTHING, False, "card")
    assert "several email values" in warning(sure, NOTHING, True, "email")
    assert warning(NOTHING, sure, False, "card") is None


def test_text_and_json_say_the_same():
    good = Measure("card", "email", Estimate(0.98, 0.97, 0.99, 900), Estimate(0.5, 0.4, 0.6, 80), 1234, 0.015, 5000, None, "keep", "of reasons", {"crm - shop": Estimate(0.9, 0.8, 0.95, 100)})  # fmt: skip
    none = Measure("other", None, None, None, 0, 0.0, 0, "look", "drop", "it finds no pair")
    text = measures_text([good, none])
    first, card, part, other, *rest = text.splitlines()
    assert card.split() == [
        "card",
        "email",
        "900",
        "0.980",
        "0.970",
        "to",
        "0.990",
        "0.500",
        "0.400",
        "to",
        "0.600",
        "1,234",
        "1.5%",
        "5,000",
    ]
    assert part.split() == ["crm", "-", "shop", "100", "0.900", "0.800", "to", "0.950"]
    assert other.split() == ["other", "-", "0", "-", "-", "-", "-", "0", "0.0%", "0"]
    assert rest == ["", "card: keep, for of reasons", "other: drop, for it finds no pair", "", "warning: other: look"]
    as_json = json.loads(measures_json([good, none]))
    assert as_json[0]["precision"] == {"share": 0.98, "low": 0.97, "high": 0.99, "pairs": 900}
    assert as_json[1]["held_out"] is None
    assert first.split()[0] == "rule"
