"""Bills: the sums, the parts that a bill does not have, and what is refused."""

from decimal import Decimal

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_bills

BILLS = {
    "one way": {"prompt": Decimal("62.50"), "answer": 30},
    "another": {"prompt": 14.5, "from the cache": 24, "answer": 30, "free": 0},
}


def test_a_bill_is_the_sum_of_its_parts():
    picture = plot_bills(BILLS)
    check_picture(picture)
    assert picture.data["names"] == ("one way", "another")
    assert picture.data["parts"] == ("prompt", "answer", "from the cache", "free")
    np.testing.assert_array_equal(picture.data["amounts"], [[62.5, 30, 0, 0], [14.5, 30, 24, 0]])
    np.testing.assert_array_equal(picture.data["sums"], [92.5, 68.5])


def test_the_text_leaves_out_what_costs_nothing():
    alt = plot_bills(BILLS).alt
    assert "one way: $92.50 (prompt $62.50, answer $30.00)." in alt
    assert "another: $68.50 (prompt $14.50, answer $30.00, from the cache $24.00)." in alt


@pytest.mark.parametrize(
    "bills",
    [
        {},
        {"none": {}},
        {"debt": {"prompt": -1}},
        {"debt": {"prompt": Decimal("NaN")}},
        {"words": {"prompt": "1"}},
        {"many": dict.fromkeys("abcde", 1)},
        None,
        [1],
    ],
)
def test_wrong_bills_are_refused(bills):
    with pytest.raises(ValueError, match="bills"):
        plot_bills(bills)
