"""A response's stream: its events, its four ends, and what breaks it off."""

import json
from itertools import pairwise

import httpx
import pytest
from fake_endpoint import Body, fake, sse
from fake_responses import body, event, function_call, message, text_events
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api import MessageItem, StreamBroken, accumulate, read_response_events

TEXTS = ["", "好", "𝄞 é", "a\u2028b", "end"]
WHOLE = text_events(*TEXTS)
BEGUN = text_events("To be, ", "or")[:5]


def events_of(*parts) -> list:
    return list(fake(sse(*parts)).respond_stream("x"))


def test_a_stream_gives_typed_events_and_ends_at_the_last():
    events = events_of(*WHOLE, event("response.output_text.delta", delta="after"))
    assert [e.text for e in events if e.type == "response.output_text.delta"] == TEXTS
    assert [e.type for e in events][:2] == ["response.created", "response.in_progress"]
    assert events[-1].type == "response.completed"
    assert events[-1].response.text == "".join(TEXTS)
    added = events[2]
    assert isinstance(added.item, MessageItem)
    assert (added.output_index, added.item_id) == (0, "msg_1")
    times = [e.at for e in events]
    assert times == sorted(times)
    assert json.dumps(events[0].raw)
    assert repr(events[4]) == "ResponseEvent(type='response.output_text.delta', text='好')"
    assert "item" not in repr(events[0])


@given(st.lists(st.integers(0, len(b"".join(WHOLE))), max_size=20))
@settings(deadline=None)
def test_any_cut_of_the_bytes_gives_the_same_events(cuts):
    whole = b"".join(WHOLE)
    edges = [0, *sorted(cuts), len(whole)]
    parts = [whole[start:end] for start, end in pairwise(edges)]
    assert [e.raw for e in events_of(*parts)] == [e.raw for e in events_of(whole)]


def test_events_that_are_not_known_pass_through():
    odd = event("response.new_thing", delta="x", item="?", sequence_number="7")
    found = events_of(BEGUN[0], odd, *WHOLE[1:])[1]
    assert (found.type, found.text, found.item, found.sequence_number) == (
        "response.new_thing",
        "",
        None,
        7,
    )
    assert found.raw["delta"] == "x"


def test_the_type_may_stand_in_the_event_line_alone():
    data = json.dumps({"delta": "hi"})
    line = f"event: response.output_text.delta\ndata: {data}\n\n".encode()
    assert events_of(line, *WHOLE)[0].text == "hi"


@pytest.mark.parametrize("end", ["response.completed", "response.incomplete"])
def test_both_good_ends(end):
    status = end.rpartition(".")[2]
    (*_, last) = events_of(*text_events("a", end=end, status=status))
    assert last.response.status == status


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        ([], "ended without its last event"),
        ([b"data: [DONE]\n\n"], "ended without its last event"),
        ([b'event: response.completed\ndata: {"ty'], "in the middle of an event"),
        ([httpx.ReadError("reset by peer")], "reset by peer"),
        ([httpx.ReadTimeout("timed out")], "timed out"),
        ([b"data: {not json\n\n"], "is not a chunk"),
        ([b"data: []\n\n"], "is not a chunk"),
        ([event("response.output_text.delta", delta=3)], "is not a chunk"),
    ],
)
def test_a_broken_stream_carries_what_had_arrived(ending, says):
    stream = fake(sse(*BEGUN, *ending)).respond_stream("x")
    with pytest.raises(StreamBroken, match=says) as caught:
        list(stream)
    assert caught.value.text == "To be, or"
    assert caught.value.completion.text == "To be, or"
    assert caught.value.completion.status == "in_progress"
    assert len(caught.value.chunks) == 5


@pytest.mark.parametrize(
    "failure",
    [
        event("error", code="server_error", message="the GPU is on fire", param=None),
        event("error", error={"message": "the GPU is on fire", "code": "server_error"}),
        b'event: error\ndata: {"message": "the GPU is on fire", "code": "server_error"}\n\n',
        b'data: {"error": {"message": "the GPU is on fire", "code": "server_error"}}\n\n',
        event("server_error", error={"message": "the GPU is on fire", "code": "server_error"}),
        event(
            "InternalServerError",
            object="error",
            message="the GPU is on fire",
            code="server_error",
        ),
        event(
            "response.failed",
            response=body(
                status="failed", error={"code": "server_error", "message": "the GPU is on fire"}
            ),
        ),
    ],
)
def test_an_error_event_and_a_failed_response_break_it_off(failure):
    with pytest.raises(StreamBroken, match="broke off: the GPU is on fire") as caught:
        events_of(*BEGUN, failure)
    assert caught.value.error["code"] == "server_error"
    assert caught.value.text == "To be, or"


def test_a_failed_response_without_an_error():
    with pytest.raises(StreamBroken, match="the response failed"):
        events_of(event("response.failed", response={"status": "failed"}))


def test_halves_of_a_pair_in_two_deltas_are_joined():
    kind = "response.output_text.delta"
    halves = [json.dumps({"type": kind, "delta": half}) for half in ("x\ud83d", "\ude00")]
    data = "".join(f"data: {half}\n\n" for half in halves).encode() + WHOLE[-1]
    texts = [e.text for e in read_response_events(iter([(0.0, data)]))]
    assert "".join(texts) == "x😀"


def test_a_closed_stream_stops_the_endpoint():
    whole = Body(*WHOLE)
    stream = fake(sse(whole)).respond_stream("x")
    next(stream)
    assert not whole.closed
    stream.close()
    assert whole.closed


def test_what_is_no_stream():
    with pytest.raises(StreamBroken, match="does not stream"):
        list(fake(httpx.Response(200, json=body())).respond_stream("x"))


def test_a_call_that_begins_says_something():
    parts = [
        event("response.output_item.added", output_index=0, item=function_call(arguments="")),
        event("response.function_call_arguments.delta", output_index=0, delta='{"city": "P'),
        event("response.function_call_arguments.delta", output_index=0, delta='aris"}'),
        event("response.completed", response=body(function_call(), message("hi"))),
    ]
    joined = accumulate(fake(sse(*parts)).respond_stream("x"))
    assert [e.says_something for e in joined] == [True, True, True, False]
    assert len(joined.times) == 3
    assert joined.time_to_first_token == joined.times[0]
