"""Small deviations from OpenAI's API cost their own field, in plain and in streamed answers."""

import json
import math

import httpx
import pytest
from fake_endpoint import event, fake, sse

from samplers.api import APIError, Completion, accumulate
from samplers.api.results import ToolCall, Usage


def chat(body) -> Completion:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fake(httpx.Response(200, content=content)).chat("x")


def stream(*bodies) -> Completion:
    return accumulate(fake(sse(*map(event, bodies), event("[DONE]"))).stream("x")).read()


def plain_and_streamed(message: dict, **more) -> list[Completion]:
    """The answer whose message and delta have these fields, both ways. `more`: the choice's."""
    choice = {"index": 0, "finish_reason": "stop", **more}
    plain = {"choices": [choice | {"message": message}]}
    streamed = {"choices": [choice | {"delta": message}]}
    return [chat(plain), stream(streamed)]


# usage


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        ({}, None),
        ([], None),
        ("many", None),
        ({"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}, None),
        ({"prompt_tokens": 9, "completion_tokens": None}, None),
        ({"prompt_tokens": 9}, None),
        ({"total_tokens": 13}, None),
        ({"prompt_tokens": 9, "total_tokens": 8}, None),
        ({"prompt_tokens": None, "completion_tokens": 4, "total_tokens": 13}, None),
        ({"prompt_tokens": "nine", "completion_tokens": 4}, None),
        ({"prompt_tokens": -9, "completion_tokens": 4}, None),
        ({"prompt_tokens": 9.5, "completion_tokens": 4}, None),
        ({"prompt_tokens": 1e999, "completion_tokens": 4}, None),
        ({"prompt_tokens": math.nan, "completion_tokens": 4}, None),
        ({"prompt_tokens": True, "completion_tokens": 4}, None),
        ({"prompt_tokens": "9", "completion_tokens": 4.0}, Usage(9, 4, 13)),
        ({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": None}, Usage(9, 4, 13)),
        ({"prompt_tokens": 9, "completion_tokens": None, "total_tokens": 13}, Usage(9, 4, 13)),
        ({"prompt_tokens": 2**53 + 1, "completion_tokens": 0}, Usage(2**53 + 1, 0, 2**53 + 1)),
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": []},
            Usage(9, 4, 13),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 4,
                "prompt_tokens_details": {"cached_tokens": "8"},
            },
            Usage(9, 4, 13, 8, engine_cached_tokens=8),
        ),
        (
            # more than the prompt has would make a call's cost negative
            {
                "prompt_tokens": 9,
                "completion_tokens": 4,
                "prompt_tokens_details": {"cached_tokens": 80},
            },
            Usage(9, 4, 13, 9, engine_cached_tokens=9),
        ),
    ],
)
def test_usage(usage, expected):
    plain = chat({"choices": [{"message": {"content": "hi"}}], "usage": usage})
    streamed = stream(
        {"choices": [{"delta": {"content": "hi"}}]},
        {"choices": [], "usage": usage},
    )
    for answer in (plain, streamed):
        assert (answer.text, answer.usage) == ("hi", expected)


# content, refusal, arguments


@pytest.mark.parametrize(
    ("content", "text", "refusal"),
    [
        (None, "", None),
        ([], "", None),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab", None),
        ([{"text": "a"}, {"type": "text", "text": None}, {"type": "text"}], "a", None),
        (
            [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "a"}],
            "a",
            None,
        ),
        ([{"type": "image_url", "image_url": {}}, {"type": "text", "text": "a"}], "a", None),
        ([{"type": "refusal", "refusal": "no"}], "", "no"),
        ([{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "no"}], "a", "no"),
    ],
)
def test_content(content, text, refusal):
    for answer in plain_and_streamed({"content": content}):
        assert (answer.text, answer.refusal) == (text, refusal)
        assert answer.finish_reason == "stop"


def test_parts_are_joined_over_chunks():
    part = {"choices": [{"delta": {"content": [{"type": "text", "text": "a"}]}}]}
    assert stream(part, part).text == "aa"


@pytest.mark.parametrize("content", [3, {}, ["a"], [None], [{"type": "text", "text": 3}], True])
def test_content_that_is_no_text_is_a_typed_error(content):
    with pytest.raises(APIError, match="cannot be read"):
        chat({"choices": [{"message": {"content": content}}]})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"city": "東京", "n": [1, None]}, '{"city": "東京", "n": [1, null]}'),
        ({}, "{}"),
        ([], "[]"),
        (None, ""),
        ("", ""),
        ('{"a": 1}', '{"a": 1}'),
    ],
)
def test_arguments(arguments, text):
    call = {"id": "c", "index": 0, "function": {"name": "f", "arguments": arguments}}
    for answer in plain_and_streamed({"content": None, "tool_calls": [call]}):
        assert answer.tool_calls == (ToolCall("c", "f", text),)


@pytest.mark.parametrize("function", [None, {}, {"name": None, "arguments": None}])
def test_a_call_without_a_function_keeps_the_text(function):
    call = {"id": "c", "index": 0, "function": function}
    for answer in plain_and_streamed({"content": "hi", "tool_calls": [call]}):
        assert (answer.text, answer.tool_calls) == ("hi", (ToolCall("c", "", ""),))


def test_a_calls_id_may_be_a_number_and_a_call_null():
    call = {"id": 5, "index": 0, "function": {"name": "f", "arguments": "{}"}}
    for answer in plain_and_streamed({"content": None, "tool_calls": [None, call]}):
        assert answer.tool_calls == (ToolCall("5", "f", "{}"),)


# logprobs


def entry(**fields) -> dict:
    return {"token": "hi", "bytes": [104, 105], "logprob": -0.5, "top_logprobs": []} | fields


@pytest.mark.parametrize(
    ("logprobs", "expected"),
    [
        (None, None),
        ([], None),
        ("none", None),
        ({}, None),
        ({"content": None}, None),
        ({"content": [None]}, []),
        ({"content": [entry(logprob=None)]}, [(b"hi", None, 0)]),
        ({"content": [entry(logprob=math.nan)]}, [(b"hi", None, 0)]),
        ({"content": [entry(logprob="-0.5")]}, [(b"hi", -0.5, 0)]),
        ({"content": [entry(logprob=-1e999)]}, [(b"hi", -math.inf, 0)]),
        ({"content": [{"token": "hi"}]}, [(b"hi", None, 0)]),
        ({"content": [entry(bytes=None)]}, [(b"hi", -0.5, 0)]),
        ({"content": [entry(bytes="aGk=")]}, [(b"hi", -0.5, 0)]),
        ({"content": [entry(bytes=2)]}, [(b"hi", -0.5, 0)]),
        ({"content": [entry(bytes=[300])]}, [(b"hi", -0.5, 0)]),
        ({"content": [entry(token=None)]}, [(b"hi", -0.5, 0)]),
        ({"content": [{"logprob": -0.5}]}, [(b"", -0.5, 0)]),
        ({"content": [{"token": 5, "logprob": -0.5}]}, [(b"", -0.5, 0)]),
        ({"content": [{"token": "\ud83d", "logprob": -0.5}]}, [("\ufffd".encode(), -0.5, 0)]),
        ({"content": [entry(top_logprobs=None), None]}, [(b"hi", -0.5, 0)]),
        ({"content": [entry(top_logprobs=[None, entry(logprob=None)])]}, [(b"hi", -0.5, 1)]),
    ],
)
def test_logprobs(logprobs, expected):
    plain = {"choices": [{"message": {"content": "hi"}, "logprobs": logprobs}]}
    streamed = {"choices": [{"delta": {"content": "hi"}, "logprobs": logprobs}]}
    for answer in (chat(plain), stream(json.dumps(streamed))):  # with escapes
        assert answer.text == "hi"
        tokens = answer.logprobs
        got = tokens and [(token.bytes, token.logprob, len(token.top)) for token in tokens]
        assert list(got or ()) == (expected or [])


def test_a_next_token_distribution_leaves_out_what_has_no_logprob():
    top = [entry(), entry(token="b", bytes=[98], logprob=None), None]
    content = [entry(top_logprobs=top)]
    body = {"choices": [{"message": {"content": "hi"}, "logprobs": {"content": content}}]}
    distribution = fake(httpx.Response(200, json=body)).next_token("x", top=2)
    assert distribution.bytes == (b"hi",)
    assert distribution.unseen == pytest.approx(1 - math.exp(-0.5))


@pytest.mark.parametrize("ids", [(None, None), (1, None), ("1", "2"), (1, 2.0)])
def test_ids_that_are_none_are_left_out(ids):
    content = [{"top_logprobs": [entry(id=i) for i in ids]}]
    body = {"choices": [{"message": {}, "logprobs": {"content": content}}]}
    assert fake(httpx.Response(200, json=body)).next_token("x").ids is None


@pytest.mark.parametrize("content", [[None], [{}], [{"top_logprobs": [None]}], {}])
def test_no_distribution_is_a_typed_error(content):
    body = {"choices": [{"message": {"content": "hi"}, "logprobs": {"content": content}}]}
    with pytest.raises(APIError, match="no top_logprobs"):
        fake(httpx.Response(200, json=body)).next_token("x")


# choices, messages and deltas


def test_what_is_left_out_or_null_is_none():
    for message in (None, {}, {"role": None, "content": None, "tool_calls": None}):
        answer = chat({"choices": [{"index": None, "message": message, "logprobs": None}]})
        assert (answer.text, answer.finish_reason, answer.usage) == ("", None, None)
        assert (answer.logprobs, answer.model, answer.tool_calls) == (None, None, ())


def test_null_deltas_and_choices_in_a_stream():
    answer = stream(
        {"choices": None, "created": None},
        {"choices": [{"index": None, "delta": None}]},
        {"choices": [None]},
        {"choices": [{"delta": {"role": None, "content": "a", "tool_calls": None}}]},
        {"choices": [{}], "usage": None},
        {},
    )
    assert (answer.text, answer.finish_reason, len(answer.choices)) == ("a", None, 1)


def test_a_byte_order_mark_and_bytes_that_are_not_utf8():
    body = b'{"choices": [{"message": {"content": "a\xffb"}}]}'
    assert chat(b"\xef\xbb\xbf" + body).text == "a\ufffdb"
