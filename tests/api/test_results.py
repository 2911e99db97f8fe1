"""Answers as dataclasses: tokens shown readably, bytes kept, the wire's odd values understood."""

import json
import math

import httpx
import numpy as np
import pytest
from fake_endpoint import completion, fake

from samplers.api import APIError, Completion, readable
from samplers.api.results import Tokens, Usage
from samplers.api.stream.chunk import Chunk


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (b" The", "␣The"),
        (b"\n\n", "⏎⏎"),
        (b"\t    ", "⇥␣␣␣␣"),
        ("好".encode(), "好"),
        (b"\xe5\xa5", "⟨e5 a5⟩"),  # the first two bytes of 好
        (b" \xe5", "␣⟨e5⟩"),
        (b"\xbd\xe5\xbe\x88", "⟨bd⟩很"),  # the end of one character, then a whole one
        (b"\r\n", "␍⏎"),
        ("\u200b".encode(), "⟨e2 80 8b⟩"),  # zero width: it would look like nothing
        (b"", "⟨empty⟩"),
    ],
)
def test_readable(token, text):
    assert readable(token) == text


def entry(token, logprob, **more):
    return {"token": token, "bytes": list(token.encode()), "logprob": logprob, **more}


def with_logprobs(*top):
    """An answer of one token whose `top_logprobs` are these entries."""
    content = [entry("x", -1.0, top_logprobs=list(top))]
    return completion(logprobs={"content": content, "refusal": None})


def test_a_token_that_is_not_utf8_keeps_its_bytes():
    half = {"token": "\ufffd", "bytes": [229, 165], "logprob": -0.5}
    (first,) = fake(with_logprobs(half)).chat("x").logprobs
    assert first.top[0].bytes == b"\xe5\xa5"
    assert first.top[0].token == "⟨e5 a5⟩"
    assert "⟨e5 a5⟩" in repr(first.top[0])


def test_the_sentinel_is_minus_infinity():
    distribution = fake(with_logprobs(entry("a", 0.0), entry("b", -9999.0))).next_token("x", top=2)
    assert distribution.logprobs.tolist() == [0.0, -math.inf]

    (first,) = fake(with_logprobs(entry("b", -9999.0))).chat("x").logprobs
    assert first.top[0].logprob == -math.inf


def test_a_token_without_bytes_has_its_text_as_bytes():
    answer = with_logprobs({"token": "好", "bytes": None, "logprob": -1.0})
    distribution = fake(answer).next_token("x", top=1)
    assert distribution.bytes == ("好".encode(),)
    assert distribution.ids is None


def test_a_named_token_of_no_bytes_is_shown_by_its_name():
    answer = with_logprobs({"token": "<|im_end|>", "bytes": [], "logprob": -1.0})
    distribution = fake(answer).next_token("x", top=1)
    assert distribution.tokens == ("<|im_end|>",)
    assert distribution.bytes == (b"",)


def test_a_top_distribution_is_in_rank_order_with_the_rest_unseen():
    answer = with_logprobs(entry("b", math.log(0.25), id=7), entry("a", math.log(0.5), id=3))
    distribution = fake(answer).next_token("x", 2)
    assert distribution.tokens == ("a", "b")
    assert distribution.ids == (3, 7)
    assert distribution.unseen == pytest.approx(0.25)
    assert np.asarray(distribution).shape == (2,)


@pytest.mark.parametrize("ids", [(0, 1), (0, 1, 1), (0, 1, 3)])
def test_all_must_be_the_whole_vocabulary(ids):
    tokens = {"ids": [0], "tokens": [], "vocabulary_size": 3, "context_length": 9, "stop_ids": []}

    def answer(request):
        if "tokenize" in str(request.url):
            return httpx.Response(200, json=tokens)
        return with_logprobs(*(entry("x", -1.0, id=i) for i in ids))

    with pytest.raises(APIError, match="not the 3 tokens of the vocabulary"):
        fake(answer).next_token("x", top="all")


def test_all_of_an_endpoint_without_the_extension_is_its_top_20():
    requests = []

    def answer(request):
        if "chat" not in str(request.url):
            requests.append(request.url.path)
            return httpx.Response(404, json={"error": {"message": "Invalid URL"}})
        top = json.loads(request.content)["top_logprobs"]
        requests.append((top, "x-samplers-full-logprobs" in request.headers))
        return with_logprobs(entry("a", math.log(0.5)), entry("b", math.log(0.25)))

    client = fake(answer)
    for _ in range(2):
        distribution = client.next_token("x", top="all")
    assert distribution.tokens == ("a", "b")
    assert distribution.unseen == pytest.approx(0.25)
    assert distribution.vocabulary_size is None
    # who it is and the extension are asked for only once
    assert requests == ["/v1/models", "/v1/tokenize", (20, False), (20, False)]


@pytest.mark.parametrize("status", [401, 429, 500])
def test_an_endpoint_that_fails_is_not_one_without_the_extension(status):
    def answer(request):
        if "tokenize" in str(request.url):
            return httpx.Response(status, json={})
        return with_logprobs(entry("a", -1))

    with pytest.raises(APIError) as caught:
        fake(answer).next_token("x", top="all")
    assert caught.value.status == status


def test_the_first_choice_is_the_completion_and_all_are_kept():
    answer = completion("zero").json()
    one = {"index": 1, "message": {"content": "one"}, "finish_reason": "length"}
    answer["choices"].insert(0, one)
    whole = Completion.from_wire(answer)
    assert (whole.text, whole.finish_reason) == ("zero", "stop")
    assert [c.text for c in whole.choices] == ["zero", "one"]
    assert whole.raw is answer
    assert "zero" in repr(whole)
    assert "chatcmpl" not in repr(whole)


def test_what_an_endpoint_leaves_out_is_none():
    whole = Completion.from_wire({"choices": [{"message": {"content": None}}]})
    assert whole.text == ""
    assert whole.finish_reason is None
    assert whole.usage is None
    assert whole.logprobs is None
    assert whole.model is None


def test_usage_knows_cached_tokens_and_their_absence():
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    cached = usage | {"prompt_tokens_details": {"cached_tokens": 8}}
    assert Usage.from_wire(cached) == Usage(9, 1, 10, 8, engine_cached_tokens=8)
    assert Usage.from_wire(usage | {"prompt_tokens_details": None}) == Usage(9, 1, 10, 0)


def test_usage_knows_what_was_written_to_the_cache_and_what_was_thought():
    wire = {
        "prompt_tokens": 90,
        "completion_tokens": 40,
        "total_tokens": 130,
        "prompt_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 30},
        "completion_tokens_details": {"reasoning_tokens": 10},
        "samplers_cached_tokens": 50,
    }
    usage = Usage.from_wire(wire)
    assert usage == Usage(90, 40, 130, 20, 30, 10, 50)
    assert usage.to_wire() == wire
    assert usage + Usage(1, 2, 3, 4, 5, 6, 7) == Usage(91, 42, 133, 24, 35, 16, 57)

    # more than there is would make a call's cost negative
    wire["prompt_tokens_details"]["cache_write_tokens"] = 80
    wire["completion_tokens_details"]["reasoning_tokens"] = 80
    assert Usage.from_wire(wire) == Usage(90, 40, 130, 20, 70, 40, 50)
    wire["completion_tokens_details"] = wire["prompt_tokens_details"] = None
    assert Usage.from_wire(wire) == Usage(90, 40, 130, engine_cached_tokens=50)


def test_a_usage_chunk_has_no_choice_and_no_text():
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    chunk = Chunk.from_wire({"choices": [], "usage": usage})
    assert (chunk.text, chunk.finish_reason, chunk.usage.total_tokens) == ("", None, 3)


def test_results_do_not_change():
    with pytest.raises(AttributeError):
        Tokens((1,), ("a",), (b"a",), 2, 3, (), {}).ids = ()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html>a proxy's page</html>",
        b"[]",
        b"null",
        b'{"choices": []}',
        b'{"choices": [{"index": 0}]}',
        b'{"choices": {"0": 1}}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_read_is_a_typed_error_that_shows_it(answer):
    with pytest.raises(APIError, match="cannot be read") as caught:
        fake(httpx.Response(200, content=answer)).chat("x")
    assert caught.value.status == 200
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "logprobs",
    [None, {"content": []}, {"content": None}, {"content": [entry("x", -1.0, top_logprobs=[])]}],
)
def test_no_logprobs_says_so(logprobs):
    with pytest.raises(APIError, match="no top_logprobs"):
        fake(completion(logprobs=logprobs)).next_token("x")
