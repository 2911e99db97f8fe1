"""The tree of a tool loop: what it says of calls that worked, failed, were not run, were broken."""

import pytest
from picture_check import check_picture

from samplers.api import Completion, Round, ToolCall, ToolResult, ToolRun
from samplers.lab import plot_loop
from samplers.lab.plots.loop_rows import call_label, last_given_message, wrap


def answer(text="", *calls) -> Completion:
    wire = [{"id": c.id, "function": {"name": c.name, "arguments": c.arguments}} for c in calls]
    usage = {"prompt_tokens": 1234, "completion_tokens": 32, "total_tokens": 1266}
    message = {"role": "assistant", "content": text, "tool_calls": wire}
    return Completion.from_wire({"choices": [{"index": 0, "message": message}], "usage": usage})


PARIS = ToolCall("call_0", "weather", '{"city":"巴黎","days":2}')
ROME = ToolCall("call_1", "weather", '{"city":"Rome"}')
BROKEN = ToolCall("call_2", "weather", '{"city":')


@pytest.fixture
def run():
    """Two calls at once, of which one fails; then a call that a limit keeps from being run."""
    both = (
        ToolResult(PARIS, "18 °C", None, 1.0, 0.4),
        ToolResult(ROME, "{}", "the station\nis down", 1.1, 0.2),
    )
    not_run = (ToolResult(BROKEN, "{}", "no result: the limit on rounds was reached"),)
    rounds = (
        Round(answer("", PARIS, ROME), both, 0.0, 1.0),
        Round(answer("Hm.", BROKEN), not_run, 1.5, 0.7),
    )
    given = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Is it\nwarm?"},
    ]
    added = [{}] * 5
    return ToolRun("rounds", "", (*given, *added), rounds)


def test_every_call_has_its_state_its_round_and_its_time(run):
    data = plot_loop(run).data
    assert data["calls"] == (
        'weather(city="巴黎", days=2)',
        'weather(city="Rome")',
        'weather({"city":)',
    )
    assert data["states"] == ("ok", "failed", "not run")
    assert data["rounds"] == (1, 1, 2)
    assert data["offsets"] == (0.0, pytest.approx(0.1), None)
    assert data["seconds"] == (0.4, 0.2, 0.0)
    assert data["texts"] == ("", "Hm.")
    assert data["ended"] == "rounds"


def test_the_alternative_text_says_all_of_it(run):
    picture = plot_loop(run, title="A loop")
    alt = picture.alt
    assert alt.startswith("A loop. Asked by user: Is it⏎warm? Round 1: ")
    assert "Round 1: the model asks for 2 calls (read 1,234 tokens, wrote 32, 1.00 s)." in alt
    assert 'weather(city="巴黎", days=2): ok after 0.00 s, for 0.40 s: 18 °C.' in alt
    assert 'weather(city="Rome"): failed after 0.10 s, for 0.20 s: the station⏎is down.' in alt
    assert 'weather({"city":): not run: no result: the limit on rounds was reached.' in alt
    assert alt.endswith("Ended: the limit on rounds was reached.")
    check_picture(picture)


@pytest.mark.parametrize("ended", ["answer", "refusal", "time", "tokens"])
def test_a_loop_may_end_in_any_way_and_before_its_first_answer(ended):
    question = {"role": "user", "content": [{"type": "text", "text": "好"}]}
    picture = plot_loop(ToolRun(ended, "", (question,), ()))
    assert "好" in picture.alt
    assert picture.data["ended"] == ended


def test_the_question_is_the_last_message_that_was_given(run):
    assert last_given_message(run) == ("user: Is it⏎warm?", 1)


def test_arguments_that_are_no_object_stay_as_they_came():
    assert call_label(ToolCall("", "f", "[1]")) == "f([1])"
    assert call_label(ToolCall("", "f", "")) == "f()"


def test_long_texts_are_cut_between_words_and_say_so():
    def fits(text):
        return len(text) <= 10

    assert wrap("aaaa bbbb cccc dddd", fits, 2) == ["aaaa bbbb", "cccc dddd"]
    assert wrap("aaaa bbbb cccc dddd eeee", fits, 2) == ["aaaa bbbb", "cccc dddd…"]
    assert wrap("x" * 12, fits, 3) == ["x" * 10, "xx"]
    assert wrap("y" * 10_000, fits, 1) == ["y" * 9 + "…"]
    assert wrap("", fits, 3) == [""]


def test_many_calls_of_long_texts_can_be_drawn():
    call = ToolCall("c", "w" * 64, '{"text":"' + "W" * 30_000 + '"}')
    results = tuple(ToolResult(call, "M" * 20_000, None, 0.0, 0.0) for _ in range(16))
    messages = ({"role": "user", "content": "x"}, *[{}] * 17)
    run = ToolRun("answer", "", messages, (Round(answer("", call), results, 0, 1),))
    assert plot_loop(run).data["states"] == ("ok",) * 16
