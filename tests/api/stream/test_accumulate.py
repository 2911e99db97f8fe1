"""Chunks joined into a Completion: text, tool calls, logprobs and usage; the time of each chunk."""

import time
from itertools import pairwise

import httpx
import pytest
from fake_endpoint import CHUNK, Body, delta, event, fake, sse
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api import (
    Chunk,
    Completion,
    StreamBroken,
    ToolCallDelta,
    accumulate,
    read_chunks,
)
from samplers.api.results import ToolCall, Usage

FRANCE = "What is the capital of France?"


def chunk(index=0, finish_reason=None, logprobs=None, **fields) -> dict:
    """A chunk's JSON whose delta has these fields."""
    choice = {"index": index, "delta": fields, "finish_reason": finish_reason, "logprobs": logprobs}
    return CHUNK | {"id": "chatcmpl-9", "choices": [choice]}


def call(index, arguments="", **more) -> list[dict]:
    """A delta's `tool_calls` that adds `arguments` to one call."""
    function = {"arguments": arguments}
    if "name" in more:
        function["name"] = more.pop("name")
    return [{"index": index, **more, "function": function}]


def joined(*parts):
    """The accumulated stream of a response with these bytes."""
    return accumulate(fake(sse(*parts)).stream("x"))


def read(*chunks: dict) -> Completion:
    return joined(*map(event, chunks), event("[DONE]")).read()


USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}

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
    CHUNK | {"choices": [], "usage": USAGE},
]


def test_tool_calls_are_joined():
    answer = read(*TWO_CALLS)
    paris = ToolCall("call_a", "weather", '{"city": "Paris"}')
    tokyo = ToolCall("call_b", "weather", '{"city": "東京"}')
    assert answer.tool_calls == (paris, tokyo)
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
@settings(deadline=None)  # another process may hold the machine
def test_any_cut_of_the_bytes_joins_to_the_same(cuts):
    edges = [0, *sorted(cuts), len(WHOLE)]
    parts = [WHOLE[start:end] for start, end in pairwise(edges)]
    assert accumulate(read_chunks(enumerate(parts))).read() == read(*TWO_CALLS)


@given(st.lists(st.tuples(st.integers(0, 3), st.text("a好𝄞\n", max_size=3)), max_size=30))
@settings(max_examples=50, deadline=None)
def test_interleaved_choices_and_calls_keep_apart(texts):
    begins = [chunk(i, tool_calls=call(i, id=f"c{i}", name="f")) for i in range(4)]
    deltas = [chunk(i, content=text, tool_calls=call(i, text)) for i, text in texts]
    answer = read(*begins, *deltas)
    for choice in answer.choices:
        text = "".join(text for i, text in texts if i == choice.index)
        assert choice.text == text
        assert choice.tool_calls == (ToolCall(f"c{choice.index}", "f", text),)


def test_several_choices_in_one_event():
    b = {"index": 1, "delta": {"content": "b"}, "finish_reason": "stop"}
    a = {"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}
    two = CHUNK | {"choices": [b, a]}
    assert [c.text for c in read(two, two).choices] == ["aa", "bb"]


def test_the_last_reported_usage_counts():
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    answer = read(
        chunk(content="a") | {"usage": usage},
        chunk(content="b") | {"usage": usage | {"completion_tokens": 2}},
        chunk(finish_reason="stop") | {"usage": None},
    )
    assert answer.usage.completion_tokens == 2


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
    def with_logprob(token):
        entry = {"token": token, "bytes": [ord(token)], "logprob": -1.0, "top_logprobs": []}
        return chunk(content=token, logprobs={"content": [entry], "refusal": None})

    answer = read(*map(with_logprob, "abc"), chunk())
    assert b"".join(token.bytes for token in answer.logprobs) == b"abc"
    assert read(chunk(content="a")).logprobs is None


def test_the_logprobs_of_a_refusal_are_joined():
    entry = {"token": "no", "bytes": None, "logprob": -1.0, "top_logprobs": []}
    parts = [chunk(refusal="no", logprobs={"content": None, "refusal": [entry]})] * 2
    answer = read(*parts)
    assert answer.raw["choices"][0]["logprobs"] == {"content": None, "refusal": [entry] * 2}
    assert (answer.refusal, answer.logprobs) == ("nono", None)


def test_some_servers_repeat_the_name_or_leave_the_index_out():
    repeated = [chunk(tool_calls=call(0, part, id="c", name="f")) for part in ("{", "}")]
    assert read(*repeated).tool_calls == (ToolCall("c", "f", "{}"),)

    bare = chunk(tool_calls=[{"id": "c", "function": {"name": "f", "arguments": "{}"}}])
    assert read(bare).tool_calls == (ToolCall("c", "f", "{}"),)


def test_iterating_and_accumulating_at_once():
    stream = joined(*(event(delta(text)) for text in "abc"), event("[DONE]"))
    texts = [(chunk.text, stream.completion.text) for chunk in stream]
    assert texts == [("a", "a"), ("b", "ab"), ("c", "abc")]
    assert stream.completion == stream.read()  # there is nothing more


def test_a_stream_of_nothing():
    answer = read()
    assert answer.text == ""
    assert answer.finish_reason is None
    assert answer.usage is None
    assert answer.raw["usage"] is None
    assert answer.tool_calls == ()
    assert accumulate([]).time_to_first_token is None
    assert accumulate([]).time_between_tokens == []


def test_an_event_without_a_choice_adds_none():
    usage = CHUNK | {"choices": [], "usage": USAGE}
    answer = read(usage, chunk(1, content="b"), usage, CHUNK | {"choices": None}, dict(CHUNK))
    assert [(choice.index, choice.text) for choice in answer.choices] == [(1, "b")]
    assert answer.usage == Usage(9, 4, 13)

    nothing = read(usage)
    assert [(choice.index, choice.text) for choice in nothing.choices] == [(0, "")]
    assert nothing.usage == Usage(9, 4, 13)


def test_chunks_made_by_hand_are_joined():
    calls = (ToolCallDelta(0, "c", "f", "{}"),)
    chunks = [Chunk("a"), Chunk("b", index=1), Chunk("c"), Chunk("", tool_calls=calls)]
    first, second = accumulate(chunks).read().choices
    assert (first.text, second.text) == ("ac", "b")
    assert first.tool_calls == (ToolCall("c", "f", "{}"),)


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None, "completion_tokens": None}])
def test_a_usage_without_counts_does_not_replace_one(usage):
    answer = read(chunk(content="a") | {"usage": USAGE}, chunk(content="b") | {"usage": usage})
    assert (answer.text, answer.usage) == ("ab", Usage(9, 4, 13))


def test_the_clock_counts_from_the_request_what_says_something():
    stream = accumulate(
        read_chunks(
            [
                (0.0, event(chunk(role="assistant", content=""))),
                (1.0, event(delta("a"))),
                (2.0, event(delta("b"))),
                (3.0, event(chunk(finish_reason="tool_calls"))),
                (4.0, event(CHUNK | {"choices": [], "usage": USAGE})),
                (5.0, event(delta("c"))[:-1]),
                (6.5, b"\n"),
                (7.0, event("[DONE]")),
            ]
        )
    )
    stream.read()
    assert stream.times == [1, 2, 6.5]
    assert stream.time_to_first_token == 1
    assert stream.time_between_tokens == [1, 4.5]


def test_a_broken_stream_carries_its_tool_calls():
    stream = joined(*map(event, TWO_CALLS[:4]), httpx.ReadError("gone"))
    with pytest.raises(StreamBroken, match=r"see \.text, \.chunks and \.completion") as caught:
        stream.read()
    completion = caught.value.completion
    assert completion.tool_calls == (ToolCall("call_a", "weather", '{"city": "Paris"}'),)
    assert completion.finish_reason is None
    assert stream.completion == completion


@pytest.mark.parametrize(
    "fields",
    [
        {"content": 3},
        {"content": ["x"]},
        {"refusal": {}},
        {"tool_calls": 3},
        {"tool_calls": [3]},
        {"tool_calls": [{"index": "x"}]},
        {"tool_calls": [{"function": 3}]},
        {"tool_calls": call(0, 5)},
    ],
)
def test_a_chunk_of_another_shape_is_a_broken_stream(fields):
    with pytest.raises(StreamBroken, match="not a chunk"):
        read(delta("x"), chunk(**fields))


def test_closing_what_accumulates_closes_the_response():
    response = Body(event(delta("one")), event(delta("two")))
    stream = joined(response)
    next(stream)
    stream.close()
    assert response.closed

    accumulate([Chunk("x")]).close()  # a list has nothing to close


# On the real endpoint


def test_a_real_stream_joined_is_the_answer(client):
    params = {"temperature": 0, "max_tokens": 8, "logprobs": True, "top_logprobs": 2}
    stream = accumulate(client.stream(FRANCE, **params, stream_options={"include_usage": True}))
    streamed = stream.read()
    whole = client.chat(FRANCE, **params)
    assert (streamed.text, streamed.finish_reason) == (whole.text, whole.finish_reason)
    assert streamed.usage.completion_tokens == whole.usage.completion_tokens
    assert [t.bytes for t in streamed.logprobs] == [t.bytes for t in whole.logprobs]
    assert streamed.raw.keys() == whole.raw.keys()
    assert streamed.choices[0].message == whole.choices[0].message

    assert 0 < stream.time_to_first_token < 30
    assert len(stream.time_between_tokens) == len(stream.times) - 1
    assert min(stream.time_between_tokens) >= 0


def test_a_closed_accumulation_stops_the_endpoint(client):
    start = time.monotonic()
    for _ in range(5):  # more than the engine has slots
        chunks = client.stream("Count to a thousand.", max_tokens=1500, logit_bias={"2": -100})
        stream = accumulate(chunks)
        while not stream.times:
            next(stream)
        stream.close()
    client.chat("Hi", max_tokens=1)
    assert time.monotonic() - start < 10
