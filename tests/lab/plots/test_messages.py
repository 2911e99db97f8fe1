"""A conversation against its budget, and what each of its turns is billed."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers.api import Usage
from samplers.lab import plot_messages, plot_turns
from samplers.lab.plots.messages import one_line, which_stay

CALL = {
    "id": "c",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
}
CONVERSATION = [
    {"role": "system", "content": "你是一位有耐心的数学老师。"},
    {"role": "user", "content": "Thanks!"},
    {"role": "assistant", "content": "You are welcome."},
    {"role": "user", "content": "Is it sunny?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c", "content": "sunny"},
    {"role": "user", "content": "Thanks!"},
]
SIZES = [20, 5, 6, 7, 30, 8, 5]


def test_each_is_a_png_with_a_title_and_alternative_text():
    check_picture(plot_messages(CONVERSATION, SIZES, budget=70, opening=3))
    check_picture(
        plot_messages(CONVERSATION, SIZES, budget=90, kept=[CONVERSATION[0], *CONVERSATION[3:]])
    )
    check_picture(plot_turns([Usage(31, 3, 34), Usage(47, 3, 50)]))


def test_a_conversation_says_what_is_sent_and_whether_it_fits():
    whole = plot_messages(CONVERSATION, SIZES, budget=70, opening=3)
    assert whole.data["total"] == 84
    assert "sent 84, 14 too many" in whole.alt
    assert 'get_weather({"city":"Paris"})' in whole.alt

    cut = plot_messages(
        CONVERSATION, SIZES, budget=73, kept=[CONVERSATION[0], *CONVERSATION[3:]], opening=3
    )
    assert cut.data["total"] == 73
    assert "sent 73, fits" in cut.alt
    assert list(cut.data["kept"]) == [True, False, False, True, True, True, True]
    assert "user, 5 tokens, left out: Thanks!" in cut.alt


def test_of_two_equal_messages_the_newest_stays():
    assert list(which_stay(CONVERSATION, CONVERSATION[-1:])) == [False] * 6 + [True]
    assert list(which_stay(CONVERSATION, CONVERSATION)) == [True] * 7


def test_messages_from_elsewhere_or_in_another_order_are_refused():
    with pytest.raises(ValueError, match="kept must be some of messages"):
        which_stay(CONVERSATION, [{"role": "user", "content": "Hello"}])
    with pytest.raises(ValueError, match="kept must be some of messages"):
        which_stay(CONVERSATION, CONVERSATION[4:2:-1])
    with pytest.raises(ValueError, match="one number per message"):
        plot_messages(CONVERSATION, SIZES[1:], budget=70)


def test_a_message_in_one_line():
    parts = [{"type": "text", "text": "a"}, {"type": "image_url"}]
    assert one_line({"role": "user", "content": parts}) == "a[image_url]"
    both = {"role": "assistant", "content": "Let me look.", "tool_calls": [CALL]}
    assert one_line(both).startswith("Let me look. get_")


def test_a_turn_is_what_was_sent_before_what_is_new_and_the_answer():
    data = plot_turns([Usage(31, 3, 34), Usage(47, 3, 50), Usage(63, 4, 67)]).data
    np.testing.assert_array_equal(data["again"], [0, 31, 47])
    np.testing.assert_array_equal(data["new"], [31, 16, 16])
    np.testing.assert_array_equal(data["answer"], [3, 3, 4])
    with pytest.raises(ValueError, match="at least one"):
        plot_turns([])
