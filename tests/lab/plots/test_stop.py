"""A stop string in its tokens: it cuts the text, while tokens are drawn whole."""

import pytest
from picture_check import check_picture

from samplers.lab import plot_stop

FRUITS = [b"1", b".", b" Ban", b"anas", b"\n", b"2", b".", b" Or", b"anges", b"\n", b"3"]


def test_it_is_a_png_whose_text_holds_its_numbers():
    check_picture(plot_stop(FRUITS, "ran"))
    sentence = "好的。".encode()
    check_picture(plot_stop([sentence[:4], sentence[4:]], "。"))


@pytest.mark.parametrize(
    ("stop", "answer", "drawn", "inside"),
    [
        ("ran", "1. Bananas\n2. O", 9, (True, True)),  # in the middle of two tokens
        ("an", "1. B", 3, (True, False)),  # the first place counts, though " Or" + "anges" has it
        ("anas", "1. Ban", 4, (False, False)),  # a whole token
        (". O", "1. Bananas\n2", 8, (False, True)),
        ("3", "1. Bananas\n2. Oranges\n", 11, (False, False)),  # the last token
    ],
)
def test_a_stop_string_cuts_the_text_and_not_the_tokens(stop, answer, drawn, inside):
    data = plot_stop(FRUITS, stop).data
    assert (data["answer"], data["drawn"], data["inside"]) == (answer, drawn, inside)


def test_a_stop_string_that_is_not_there_is_refused():
    for stop in ("kiwi", ""):
        with pytest.raises(ValueError, match="stop must be in the tokens' text"):
            plot_stop(FRUITS, stop)
    with pytest.raises(ValueError, match="80 columns"):
        plot_stop(FRUITS * 4, "ran")
