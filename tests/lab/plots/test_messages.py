"""The pictures of lesson 06: a conversation against its budget, a stop string in its tokens, what
each turn costs.
"""

import io

import numpy as np
import pytest
from PIL import Image

from samplers.api import Usage
from samplers.lab import plot_messages, plot_stop, plot_turns
from samplers.lab.plots.messages import which_stay, words

CALL = {
    "id": "c",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
}
TALK = [
    {"role": "system", "content": "你是一位有耐心的数学老师。"},
    {"role": "user", "content": "Thanks!"},
    {"role": "assistant", "content": "You are welcome."},
    {"role": "user", "content": "Is it sunny?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c", "content": "sunny"},
    {"role": "user", "content": "Thanks!"},
]
SIZES = [20, 5, 6, 7, 30, 8, 5]
FRUITS = [b"1", b".", b" Ban", b"anas", b"\n", b"2", b".", b" Or", b"anges", b"\n", b"3"]


def all_pictures():
    return [
        plot_messages(TALK, SIZES, budget=70, opening=3),
        plot_messages(TALK, SIZES, budget=90, kept=[TALK[0], *TALK[3:]]),
        plot_stop(FRUITS, "ran"),
        plot_stop(["好的。".encode()[:4], "好的。".encode()[4:]], "。"),
        plot_turns([Usage(31, 3, 34), Usage(47, 3, 50)]),
    ]


def test_each_is_a_png_with_a_title_and_alternative_text():
    for picture in all_pictures():
        with Image.open(io.BytesIO(picture.png)) as image:
            assert image.width == 2 * picture.width
        assert picture.alt.startswith(picture.title)
        assert any(c.isdigit() for c in picture.alt)
        assert not any(c.isdigit() for c in picture.title)


def test_a_conversation_says_what_is_sent_and_whether_it_fits():
    whole = plot_messages(TALK, SIZES, budget=70, opening=3)
    assert whole.data["total"] == 84
    assert "sent 84, 14 too many" in whole.alt
    assert 'get_weather({"city":"Paris"})' in whole.alt
    cut = plot_messages(TALK, SIZES, budget=73, kept=[TALK[0], *TALK[3:]], opening=3)
    assert cut.data["total"] == 73
    assert "sent 73, fits" in cut.alt
    assert list(cut.data["kept"]) == [True, False, False, True, True, True, True]
    assert "user, 5 tokens, left out: Thanks!" in cut.alt


def test_of_two_equal_messages_the_newest_stays():
    assert list(which_stay(TALK, TALK[-1:])) == [False] * 6 + [True]
    assert list(which_stay(TALK, TALK)) == [True] * 7


def test_messages_from_elsewhere_or_in_another_order_are_refused():
    with pytest.raises(ValueError, match="kept must be some of messages"):
        which_stay(TALK, [{"role": "user", "content": "Hello"}])
    with pytest.raises(ValueError, match="kept must be some of messages"):
        which_stay(TALK, TALK[4:2:-1])
    with pytest.raises(ValueError, match="one number a message"):
        plot_messages(TALK, SIZES[1:], budget=70)


def test_a_message_in_one_line():
    assert (
        words({"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}]})
        == "a[image_url]"
    )
    assert words({"role": "assistant", "content": "Let me look.", "tool_calls": [CALL]}).startswith(
        "Let me look. get_"
    )


@pytest.mark.parametrize(
    ("stop", "answer", "drawn", "inside"),
    [
        ("ran", "1. Bananas\n2. O", 9, (True, True)),  # in the middle of two tokens
        # the first place counts, though " Or" + "anges" has it too
        ("an", "1. B", 3, (True, False)),
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


def test_a_turn_is_what_was_sent_before_what_is_new_and_the_answer():
    data = plot_turns([Usage(31, 3, 34), Usage(47, 3, 50), Usage(63, 4, 67)]).data
    np.testing.assert_array_equal(data["again"], [0, 31, 47])
    np.testing.assert_array_equal(data["new"], [31, 16, 16])
    np.testing.assert_array_equal(data["answer"], [3, 3, 4])
    with pytest.raises(ValueError, match="at least one"):
        plot_turns([])
