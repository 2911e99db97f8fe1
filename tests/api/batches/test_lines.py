"""The requests of a batch: what each becomes in the file, and what is refused before it is sent."""

import json
import re

import numpy as np
import pytest
from batch_endpoint import BatchEndpoint
from fake_endpoint import fake

from samplers.api import submit_batch
from samplers.api.batches import lines
from samplers.api.batches.lines import read_lines

U2028 = "a\u2028b\u0085c"


def sent(requests, model="m", **options) -> dict[str, dict]:
    """{custom_id: body} of what went out."""
    endpoint = BatchEndpoint()
    batch = submit_batch(fake(endpoint, model, **options), requests)
    found = endpoint.sent(batch.id)
    assert all(line["method"] == "POST" for line in found)
    assert all(line["url"] == "/v1/chat/completions" for line in found)
    return {line["custom_id"]: line["body"] for line in found}


def refused(requests, model="m") -> str:
    """The error's text; nothing was sent."""
    endpoint = BatchEndpoint()
    with pytest.raises(ValueError, match="request") as caught:
        submit_batch(fake(endpoint, model), requests)
    assert endpoint.calls == []
    return str(caught.value)


def test_a_request_is_what_gather_takes():
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "b"}]
    bodies = sent({"x": "a", "y": messages, "z": {"messages": "c", "max_tokens": np.int64(7)}})
    assert list(bodies) == ["x", "y", "z"]
    assert bodies["x"] == {"messages": [{"role": "user", "content": "a"}], "model": "m"}
    assert bodies["y"]["messages"] == messages
    assert bodies["z"]["max_tokens"] == 7


def test_a_list_gets_ids():
    assert list(sent(["a", "a", "b"])) == ["request-0", "request-1", "request-2"]
    assert list(sent(text for text in "ab")) == ["request-0", "request-1"]


def test_each_goes_out_in_the_form_that_its_model_takes():
    body = sent([{"messages": "a", "max_tokens": 5, "top_p": 1}], "gpt-6-luna")["request-0"]
    assert body["max_completion_tokens"] == 5
    assert body["reasoning_effort"] == "none"
    assert "max_tokens" not in body
    again = sent({"x": body}, "gpt-6-luna")
    assert again["x"] == body  # what is left of a batch goes out again as it is


def test_line_separators_and_other_alphabets_stay_in_their_line():
    texts = [U2028, "你好", 'quote " and \\ and \n and \x00']
    bodies = sent(texts)
    assert [body["messages"][0]["content"] for body in bodies.values()] == texts


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([], "requests must hold at least one request"),
        ({}, "requests must hold at least one request"),
        ("text", "requests must be a list, or a mapping"),
        (5, "requests must be a list, or a mapping"),
        ({1: "a"}, "requests must have ids that are str, not empty, got 1"),
        ({"": "a"}, "requests must have ids"),
        ({"\ud800": "a"}, "requests must have ids"),
        ({"x": "a", "y": 5}, r"requests\['y'\]: messages must be a str or a list"),
        ({"x": {"role": "user", "content": "a"}}, r"requests\['x'\]: must be a str, .*'messages'"),
        (["a", {"messages": "b", "stream": True}], r"requests\['request-1'\]: stream must be left"),
        ([{"messages": "b", "timeout": 5}], r"timeout must be left out in a batch, got 5"),
        ([{"messages": "b", "x": float("nan")}], r"requests\['request-0'\]: x must be something"),
        ([{"messages": "b", "x": {1, 2}}], r"requests\['request-0'\]: x must be something"),
        (["\ud800"], r"requests\['request-0'\]: messages must be something that JSON can hold"),
        (["a", {"messages": "b", "model": "n"}], "requests must all name the same model, got m, n"),
    ],
)
def test_what_is_refused(requests, message):
    assert re.search(message, refused(requests))


def test_what_the_model_does_not_take_is_refused():
    message = refused([{"messages": "a", "reasoning_effort": "low", "top_p": 0.5}], "gpt-6-luna")
    assert "gpt-6-luna takes top_p only with reasoning_effort='none'" in message
    message = refused([{"messages": "a", "n": 9}], "gpt-6-luna")
    assert "n must be smaller in a batch of gpt-6-luna, got 9" in message


def test_too_many_or_too_large(monkeypatch):
    assert "at most 50,000, got 50,001" in refused(["a"] * 50_001)
    monkeypatch.setattr(lines, "MOST_BYTES", 1000)
    assert "MB as JSON" in refused(["a" * 1000])


def test_nothing_is_written_for_requests_that_are_refused(tmp_path):
    save = tmp_path / "batch.json"
    with pytest.raises(ValueError, match="at least one"):
        submit_batch(fake(BatchEndpoint()), [], save=save)
    assert not save.exists()


def test_a_files_lines():
    """Line numbers count every line, as the endpoint's do."""
    content = b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n[1]\n{"b": "\xe2\x80\xa8"}\n{"c'
    assert list(read_lines(content)) == [
        *((1, {"a": 1}), (4, None), (5, {"b": "\u2028"}), (6, None))
    ]
    assert list(read_lines(json.dumps({"a": U2028}, ensure_ascii=False).encode())) == [
        (1, {"a": U2028})
    ]
    assert list(read_lines(b"")) == []
