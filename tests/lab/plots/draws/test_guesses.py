"""Which guesses are right, in a table."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_guesses

RIGHT = {"3 + 4": 7, "9 + 9": 18}


def test_a_right_guess_is_filled_and_a_columns_right_ones_are_counted():
    picture = plot_guesses(RIGHT, {"greedy": [7, 8], "draw": [None, 18], "vote": [7, 18]})
    check_picture(picture)
    assert picture.data["names"] == ("greedy", "draw", "vote")
    assert picture.data["questions"] == tuple(RIGHT)
    assert np.array_equal(picture.data["right"], [[True, False, True], [False, True, True]])
    assert picture.alt.endswith("Right, of 2 questions: greedy 1, draw 1, vote 2.")


def test_a_column_needs_a_guess_for_each_question():
    with pytest.raises(ValueError, match="guesses must have 2 numbers each"):
        plot_guesses(RIGHT, {"vote": [7]})
