"""A stream without [DONE] is whole if every answer in it has finished, however the bytes end."""

import httpx
import pytest
from fake_endpoint import Recorded, delta, event, fake, sse

from samplers.api import StreamBroken, accumulate, read_chunks

STOP = event(delta("", finish_reason="stop"))
USAGE = event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})
RESET = httpx.ReadError("connection reset by peer")
CUT_SHORT = httpx.RemoteProtocolError("incomplete chunked read")
SAID = [event(delta("To be")), event(delta(" or"))]


def read(*parts, **params):
    return accumulate(fake(sse(*parts)).stream("x", **params)).read()


def of(index, text, finish_reason=None):
    choice = {"index": index, "delta": {"content": text}, "finish_reason": finish_reason}
    return event({"choices": [choice]})


@pytest.mark.parametrize(
    "ending",
    [
        [],
        [USAGE],
        [b": keep-alive\n\n"],
        [b": keep-al"],
        [event("[DONE]").rstrip()],  # a proxy that trims
        [RESET],
        [CUT_SHORT],
        [USAGE, RESET],
        [event(delta(""))],  # OpenRouter's usage comes with an empty delta
    ],
)
def test_a_stream_that_ends_after_its_finish_reason_is_whole(ending):
    answer = read(*SAID, STOP, *ending)
    assert (answer.text, answer.finish_reason) == ("To be or", "stop")
    assert (answer.usage is not None) == (USAGE in ending)


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_any_finish_reason_will_do_and_it_may_come_with_text(reason):
    answer = read(event(delta("To be", finish_reason=reason)))
    assert (answer.text, answer.finish_reason) == ("To be", reason)


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("ending", [[], [USAGE], [b": keep-alive\n\n"]])
def test_one_that_ends_before_it_is_broken(ending, nothing):
    last = event(delta(" not", finish_reason=nothing))
    with pytest.raises(StreamBroken, match=r"without its \[DONE\]") as caught:
        read(*SAID, last, *ending)
    assert caught.value.text == "To be or not"
    assert caught.value.completion.finish_reason is None


@pytest.mark.parametrize(
    "cut", [USAGE[:-1], USAGE[:-20], b"data: [DO", b"da", b"event: error\n", b'error: {"mess']
)
def test_an_event_cut_in_the_middle_is_broken_even_after_the_finish_reason(cut):
    with pytest.raises(StreamBroken, match="in the middle of an event"):
        read(*SAID, STOP, cut)
    with pytest.raises(StreamBroken, match="connection reset by peer"):
        read(*SAID, STOP, cut, RESET)


def test_an_error_event_is_broken_even_after_the_finish_reason():
    with pytest.raises(StreamBroken, match="out of memory"):
        read(*SAID, STOP, event({"error": {"message": "out of memory"}}))
    with pytest.raises(StreamBroken, match="not a chunk"):
        read(*SAID, STOP, event("{"))


def test_a_tool_call_without_done():
    call = {"index": 0, "id": "a", "function": {"name": "add", "arguments": '{"x": 1'}}
    begun = event(delta("", delta={"tool_calls": [call]}))
    rest = event(delta("", delta={"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}))
    end = event(delta("", finish_reason="tool_calls"))
    answer = read(begun, rest, end)
    assert answer.tool_calls[0].arguments == '{"x": 1}'
    for parts in ([begun], [begun, rest]):
        with pytest.raises(StreamBroken, match="without its"):
            read(*parts)


def test_all_of_n_answers_must_finish():
    both = [of(0, "a"), of(1, "b"), of(1, "", "stop"), of(0, "", "length")]
    answer = read(*both, n=2)
    assert [choice["finish_reason"] for choice in answer.raw["choices"]] == ["length", "stop"]
    with pytest.raises(StreamBroken, match="without its"):
        read(*both[:-1], n=2)
    # one after the other: the second had not begun
    with pytest.raises(StreamBroken, match="without its"):
        read(of(0, "a"), of(0, "", "stop"), n=2)
    assert len(read(of(0, "a", "stop"), event("[DONE]"), n=2).raw["choices"]) == 1


def test_read_chunks_alone_takes_n_or_counts_those_that_began():
    first = [(0.0, of(0, "a") + of(0, "", "stop"))]
    second = [(0.1, of(1, "b"))]
    assert [chunk.text for chunk in read_chunks(first)] == ["a", ""]
    for arrivals, n in [(first, 2), (first + second, 1)]:
        with pytest.raises(StreamBroken, match="without its"):
            list(read_chunks(arrivals, n=n))


def test_what_is_not_a_count_of_answers_is_the_endpoints_to_refuse():
    endpoint = Recorded(sse(*SAID, STOP))
    assert accumulate(fake(endpoint).stream("x", n="2")).read().text == "To be or"
