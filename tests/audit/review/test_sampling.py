"""How a sample is shared out among strata, reckoned by hand."""

import pytest

from identity_spark.audit.review.strata import allocated

SIZES = {("a",): 144, ("b",): 25, ("c",): 1}


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (3, (1, 1, 1)),
        (5, (3, 1, 1)),  # too few for two of each; a claims 12/2, then 12/3, b 5/2
        (10, (7, 2, 1)),  # from two on a claims 12/3, 12/4 ... 12/7 = 1.71, b 5/3 = 1.67
        (11, (7, 3, 1)),
        (12, (8, 3, 1)),  # a 12/8 = 1.5, b 5/4 = 1.25
        (170, (144, 25, 1)),
        (1000, (144, 25, 1)),
    ],
)
def test_strata_share_by_the_root_of_their_size(n, expected):
    assert tuple(allocated(SIZES, n).values()) == expected
    assert allocated(dict(reversed(SIZES.items())), n) == allocated(SIZES, n)


def test_every_stratum_needs_one():
    with pytest.raises(ValueError, match="2 of 3 strata"):
        allocated(SIZES, 2)
