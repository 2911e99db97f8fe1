"""Chunks joined: text, tool calls, logprobs, usage and the clock, in the type that an unstreamed
answer has.
"""

import json
import time
from itertools import pairwise

import httpx
import pytest
from fake_endpoint import CHUNK, Body, delta, event, fake, sse
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api import Chunk, Completion, ConnectionFailed, StreamBroken, accumulate, read_chunks
from samplers.api.results import ToolCall, Usage

FRANCE = "What is the capital of France?"


def chunk(index=0, finish_reason=None, logprobs=None, **parts) -> dict:
    choice = {"index": index, "delta": parts, "finish_reason": finish_reason, "logprobs": logprobs}
    return CHUNK | {"id": "chatcmpl-9", "choices": [choice]}


def call(index, arguments="", **more) -> list[dict]:
    name = {"name": more.pop("name")} if "name" in more else {}
    return [{"index": index, **more, "function": {**name, "arguments": arguments}}]


def read(*bodies: dict) -> Completion:
    return accumulate(fake(sse(*map(event, bodies), event("[DONE]"))).stream("x")).read()


# What OpenAI sends for "the weather in Paris and in 東京", two calls at once.
TWO_CALLS = [
    chunk(role="assistant", content=None),
    chunk(tool_calls=call(0, id="call_a", type="function", name="weather")),
    chunk(tool_calls=call(0, '{"ci')),
    chunk(tool_calls=call(0, 'ty": "Paris"}')),
    chunk(tool_calls=call(1, id="call_b", type="function", name="weather")),
    chunk(tool_calls=call(1, '{"city": "東')),
    chunk(tool_calls=call(1, '京"}')),
    chunk(finish_reason="tool_calls"),
    CHUNK
    | {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}},
]


def test_tool_calls_are_joined():
    answer = read(*TWO_CALLS)
    paris = ToolCall("call_a", "weather", '{"city": "Paris"}')
    assert answer.tool_calls == (paris, ToolCall("call_b", "weather", '{"city": "東京"}'))
    assert (answer.text, answer.finish_reason, answer.usage) == ("", "tool_calls", Usage(9, 4, 13))
    assert answer.message["content"] is None
    assert [c["id"] for c in answer.message["tool_calls"]] == ["call_a", "call_b"]
    assert answer.raw["id"] == "chatcmpl-9"
    assert answer.raw["object"] == "chat.completion"


WHOLE = (
    b": hello\r\n\r\n"
    + b"".join(map(event, TWO_CALLS)).replace(b"\n\n", b"\r\n\r\n")
    + event("[DONE]")
)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=30))
def test_any_cut_of_the_bytes_joins_to_the_same(cuts):
    pieces = [WHOLE[a:b] for a, b in pairwise([0, *sorted(cuts), len(WHOLE)])]
    assert accumulate(read_chunks(enumerate(pieces))).read() == read(*TWO_CALLS)


@given(st.lists(st.tuples(st.integers(0, 3), st.text("a好𝄞\n", max_size=3)), max_size=30))
@settings(max_examples=50)
def test_interleaved_choices_and_calls_keep_apart(pieces):
    named = [chunk(i, tool_calls=call(i, id=f"c{i}", name="f")) for i in range(4)]
    bodies = [chunk(i, content=text, tool_calls=call(i, text)) for i, text in pieces]
    answer = read(*named, *bodies)
    for choice in answer.choices:
        said = "".join(text for i, text in pieces if i == choice.index)
        assert (choice.text, choice.tool_calls) == (
            said,
            (ToolCall(f"c{choice.index}", "f", said),),
        )


def test_several_choices_in_one_event():
    two = CHUNK | {
        "choices": [
            {"index": i, "delta": {"content": "ab"[i]}, "finish_reason": "stop"} for i in (1, 0)
        ]
    }
    assert [c.text for c in read(two, two).choices] == ["aa", "bb"]


def test_the_last_usage_told_counts():
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    told = [
        chunk(content="a") | {"usage": usage},
        chunk(content="b") | {"usage": usage | {"completion_tokens": 2}},
    ]
    assert read(*told, chunk(finish_reason="stop") | {"usage": None}).usage.completion_tokens == 2


def test_a_refusal_is_joined():
    answer = read(
        chunk(role="assistant", refusal=""),
        chunk(refusal="I'm sorry, "),
        chunk(refusal="no."),
        delta(""),
    )
    assert (answer.refusal, answer.text) == ("I'm sorry, no.", "")
    assert answer.message == {"role": "assistant", "content": None, "refusal": "I'm sorry, no."}


def test_logprobs_are_joined():
    entries = [
        {"token": t, "bytes": list(t.encode()), "logprob": -1.0, "top_logprobs": []} for t in "abc"
    ]
    answer = read(
        *(chunk(content=e["token"], logprobs={"content": [e], "refusal": None}) for e in entries),
        chunk(),
    )
    assert b"".join(t.bytes for t in answer.logprobs) == b"abc"
    assert read(chunk(content="a")).logprobs is None


def test_some_servers_repeat_the_name_or_leave_the_index_out():
    repeated = [chunk(tool_calls=call(0, part, id="c", name="f")) for part in ("{", "}")]
    assert read(*repeated).tool_calls == (ToolCall("c", "f", "{}"),)
    bare = chunk(tool_calls=[{"id": "c", "function": {"name": "f", "arguments": "{}"}}])
    assert read(bare).tool_calls == (ToolCall("c", "f", "{}"),)


def test_iterating_and_accumulating_at_once():
    seen = []
    for part in (
        s := accumulate(fake(sse(*map(event, map(delta, "abc")), event("[DONE]"))).stream("x"))
    ):
        seen.append((part.text, s.completion.text))
    assert seen == [("a", "a"), ("b", "ab"), ("c", "abc")]
    assert s.completion == s.read()  # there is nothing more


def test_a_stream_of_nothing():
    answer = read()
    assert (answer.text, answer.finish_reason, answer.usage, answer.tool_calls) == (
        "",
        None,
        None,
        (),
    )
    assert accumulate([]).time_to_first_token is None
    assert accumulate([]).time_between_tokens == []


def test_the_clock_counts_from_the_request_what_says_something():
    bodies = [
        chunk(role="assistant", content=""),
        delta("a"),
        delta("b"),
        TWO_CALLS[-2],
        TWO_CALLS[-1],
    ]
    arrivals = [(float(at), event(body)) for at, body in enumerate(bodies)]
    arrivals += [(5.0, event(delta("c"))[:-1]), (6.5, b"\n"), (7.0, event("[DONE]"))]
    joined = accumulate(read_chunks(arrivals))
    joined.read()
    assert joined.times == [1, 2, 6.5]
    assert joined.time_to_first_token == 1
    assert joined.time_between_tokens == [1, 4.5]


def test_a_broken_stream_carries_its_tool_calls():
    joined = accumulate(fake(sse(*map(event, TWO_CALLS[:4]), httpx.ReadError("gone"))).stream("x"))
    with pytest.raises(StreamBroken, match=r"see \.text, \.chunks and \.completion") as caught:
        joined.read()
    assert caught.value.completion.tool_calls == (
        ToolCall("call_a", "weather", '{"city": "Paris"}'),
    )
    assert caught.value.completion.finish_reason is None
    assert joined.completion == caught.value.completion


@pytest.mark.parametrize(
    "parts",
    [
        {"content": 3},
        {"content": ["x"]},
        {"refusal": {}},
        {"tool_calls": 3},
        {"tool_calls": [3]},
        {"tool_calls": [{"index": "x"}]},
        {"tool_calls": [{"function": 3}]},
        {"tool_calls": call(0, {"city": "Paris"})},
        {"tool_calls": [{"id": 3}]},
    ],
)
def test_a_chunk_of_another_shape_is_a_broken_stream(parts):
    with pytest.raises(StreamBroken, match="not a chunk"):
        read(delta("x"), chunk(**parts))


def test_closing_what_accumulates_closes_the_response():
    response = Body(event(delta("one")), event(delta("two")))
    joined = accumulate(fake(sse(response)).stream("x"))
    next(joined)
    joined.close()
    assert response.closed
    accumulate([Chunk("x")]).close()  # a list has nothing to close


def test_the_bytes_of_a_stream_as_they_came():
    response = Body(b"data: {}\r", b"", b"\n\r\nda", b"ta: [DONE]\n\n")
    arrivals = list(fake(sse(response)).stream_bytes("x"))
    assert b"".join(a.data for a in arrivals) == b"data: {}\r\n\r\ndata: [DONE]\n\n"
    assert response.closed
    assert [a.at for a in arrivals] == sorted(a.at for a in arrivals)
    assert 0 <= arrivals[0].at < 5


def test_bytes_that_break_off():
    seen = []
    with pytest.raises(ConnectionFailed, match=r"broke its stream off \(ReadError: gone") as caught:
        seen.extend(fake(sse(b"data", httpx.ReadError("gone"))).stream_bytes("x"))
    assert caught.value.sent


def test_closing_the_bytes_closes_the_response():
    response = Body(b"a", b"b")
    stream = fake(sse(response)).stream_bytes("x")
    next(stream)
    stream.close()
    assert response.closed


# On the real endpoint


def test_a_real_stream_joined_is_the_answer(client):
    ask = {"temperature": 0, "max_tokens": 8, "logprobs": True, "top_logprobs": 2}
    joined = accumulate(client.stream(FRANCE, **ask, stream_options={"include_usage": True}))
    streamed, whole = joined.read(), client.chat(FRANCE, **ask)
    assert (streamed.text, streamed.finish_reason) == (whole.text, whole.finish_reason)
    assert streamed.usage.completion_tokens == whole.usage.completion_tokens
    assert [t.bytes for t in streamed.logprobs] == [t.bytes for t in whole.logprobs]
    assert streamed.raw.keys() == whole.raw.keys()
    assert streamed.choices[0].message == whole.choices[0].message
    assert 0 < joined.time_to_first_token < 30
    assert len(joined.time_between_tokens) == len(joined.times) - 1
    assert min(joined.time_between_tokens) >= 0


def test_real_bytes_give_the_real_chunks(client):
    arrivals = list(client.stream_bytes(FRANCE, temperature=0, max_tokens=8))
    assert arrivals[-1].data.endswith(b"data: [DONE]\n\n")
    text = accumulate(read_chunks(arrivals)).read().text
    assert text == client.chat(FRANCE, temperature=0, max_tokens=8).text
    assert (
        json.loads(arrivals[0].data.partition(b"\n")[0].removeprefix(b"data: "))["object"]
        == "chat.completion.chunk"
    )


def test_a_closed_accumulation_stops_the_endpoint(client):
    start = time.monotonic()
    for _ in range(5):  # more than the engine has slots
        joined = accumulate(
            client.stream("Count to a thousand.", max_tokens=1500, logit_bias={"2": -100})
        )
        while not joined.times:
            next(joined)
        joined.close()
    client.chat("Hi", max_tokens=1)
    assert time.monotonic() - start < 10
