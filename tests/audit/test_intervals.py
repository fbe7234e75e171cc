"""Intervals against published ones, against the equation that defines them, and by how often they hold the truth."""

from math import sqrt
from random import Random

import pytest

from identity_spark.audit.intervals import Stratum, stratified, wilson

# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I.
PUBLISHED = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}  # fmt: skip


@pytest.mark.parametrize(("counts", "expected"), PUBLISHED.items())
def test_wilson_is_the_published_interval(counts, expected):
    assert wilson(*counts) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("successes", "n"), [(1, 2), (5, 10), (97, 100), (9_999, 10_000)])
def test_wilson_ends_where_the_share_found_is_z_standard_errors_away(successes, n):
    for end in wilson(successes, n):
        assert abs(successes / n - end) == pytest.approx(1.959964 * sqrt(end * (1 - end) / n), rel=1e-6)


def test_wilson_at_the_edges():
    z2 = 1.959963984540054**2
    assert wilson(0, 10) == pytest.approx((0, z2 / (10 + z2)))
    assert wilson(10, 10) == pytest.approx((10 / (10 + z2), 1))
    assert wilson(0, 0) is None
    for wrong in ((-1, 5), (6, 5), (0, -1)):
        with pytest.raises(ValueError, match="successes of"):
            wilson(*wrong)


def test_strata_weigh_by_their_size():
    share, (low, high) = stratified([Stratum(900, 30, 30), Stratum(100, 30, 15), Stratum(500, 0, 0)])
    assert share == pytest.approx(0.9 * 1 + 0.1 * 0.5)
    assert 0 < low < share < high <= 1
    assert stratified([Stratum(500, 0, 0)]) is None
    assert stratified([]) is None


def test_what_was_judged_whole_is_known():
    assert stratified([Stratum(4, 4, 3), Stratum(6, 6, 6)]) == (0.9, (0.9, 0.9))


def test_one_large_stratum_is_a_simple_sample():
    _, interval = stratified([Stratum(10**9, 100, 97)])
    assert interval == pytest.approx(wilson(97, 100))


@pytest.mark.parametrize(
    "population",
    [[(8_000, 0.99), (1_000, 0.8), (1_000, 0.5)], [(500, 0.995), (500, 0.9)], [(9_900, 0.97), (100, 0.0)]],
)
def test_the_interval_of_strata_holds_the_truth_as_often_as_it_says(population):
    random = Random(7)
    strata = [[n < size * share for n in range(size)] for size, share in population]
    truth = sum(map(sum, strata)) / sum(map(len, strata))
    held, rounds = 0, 1000
    for _ in range(rounds):
        drawn = [random.sample(stratum, 60) for stratum in strata]
        _, (low, high) = stratified([Stratum(len(s), 60, sum(d)) for s, d in zip(strata, drawn, strict=True)])
        held += low <= truth <= high
    assert held >= 0.94 * rounds


def test_strata_never_count_for_more_judgements_than_were_made():
    assert stratified([Stratum(500, 250, 250), Stratum(500, 250, 0)])[1] == pytest.approx(wilson(250, 500))
