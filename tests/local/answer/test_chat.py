"""The bytes of an answer: its events in their order, and the fields of each in OpenAI's order."""

import json

import pytest

HI = [{"role": "user", "content": "Hi!"}]
CHUNK = ["id", "object", "created", "model", "service_tier", "system_fingerprint", "choices"]
BODY = [
    "id",
    "object",
    "created",
    "model",
    "choices",
    "usage",
    "service_tier",
    "system_fingerprint",
]
CITY = {
    "type": "object",
    "properties": {"city": {"enum": ["Rome"]}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": CITY}}]
CALLS_OPENING = {"role": "assistant", "content": None, "refusal": None}


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


def post(endpoint, **fields) -> str:
    return endpoint.post(HI, **{"temperature": 0, "max_tokens": 3, **fields}).text


def chunks(endpoint, **fields) -> list[dict]:
    *events, end, nothing = post(endpoint, stream=True, **fields).split("\n\n")
    assert (end, nothing) == ("data: [DONE]", "")
    assert all(event.startswith("data: {") and "\n" not in event for event in events)
    return [json.loads(event.removeprefix("data: ")) for event in events]


def test_a_body(endpoint):
    text = post(endpoint)
    assert text.startswith('{\n  "id": "chatcmpl-')
    assert text.endswith("\n}\n")
    body = json.loads(text)
    assert list(body) == BODY
    assert body["service_tier"] == "default"
    (choice,) = body["choices"]
    assert list(choice) == ["index", "message", "logprobs", "finish_reason"]
    assert list(choice["message"]) == ["role", "content", "refusal", "annotations"]


def test_a_body_with_calls(endpoint):
    body = json.loads(post(endpoint, tools=TOOLS, tool_choice="required", max_tokens=30))
    fields = list(body["choices"][0]["message"])
    assert fields == ["role", "content", "tool_calls", "refusal", "annotations"]


def test_a_stream(endpoint):
    opening, *texts, end = chunks(endpoint)
    assert list(opening) == CHUNK
    delta = {"role": "assistant", "content": "", "refusal": None}
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
    assert opening["choices"] == [choice]
    assert [list(chunk["choices"][0]["delta"]) for chunk in texts] == [["content"]] * 3
    assert end["choices"] == [choice | {"delta": {}, "finish_reason": "length"}]
    assert all({**chunk, "choices": 0} == {**opening, "choices": 0} for chunk in [*texts, end])


def test_choices_side_by_side_with_logprobs_and_usage(endpoint):
    fields = {"n": 2, "logprobs": True, "seed": 4, "temperature": 1}
    *stream, last = chunks(endpoint, **fields, stream_options={"include_usage": True})
    assert [list(chunk) for chunk in [*stream, last]] == [[*CHUNK, "usage"]] * (len(stream) + 1)
    assert (last["choices"], last["usage"]["completion_tokens"]) == ([], 6)
    assert {chunk["usage"] for chunk in stream} == {None}

    choices = [chunk["choices"][0] for chunk in stream]
    assert [choice["index"] for choice in choices[:2]] == [0, 1]  # the roles
    for i in range(2):
        _, *texts, end = [choice for choice in choices if choice["index"] == i]
        for choice in texts:
            (entry,) = choice["logprobs"]["content"]
            assert list(entry) == ["token", "bytes", "logprob", "top_logprobs"]
            assert entry["token"] == choice["delta"]["content"]
            assert choice["logprobs"]["refusal"] is None
        assert (end["delta"], end["logprobs"], end["finish_reason"]) == ({}, None, "length")


def test_obfuscation_on_request(endpoint):
    options = {"include_usage": True, "include_obfuscation": True}
    stream = chunks(endpoint, stream_options=options)
    assert [list(chunk) for chunk in stream] == [[*CHUNK, "usage", "obfuscation"]] * len(stream)
    for chunk in stream:
        texts = [choice["delta"].get("content", "") for choice in chunk["choices"]]
        assert len("".join(texts) + chunk["obfuscation"]) % 16 == 0


def call_chunks(endpoint, limit: int) -> list[dict]:
    """The choices of a stream of one call."""
    fields = {"tools": TOOLS, "tool_choice": "required", "parallel_tool_calls": False}
    return [chunk["choices"][0] for chunk in chunks(endpoint, **fields, max_tokens=limit)]


def test_a_stream_of_a_call(endpoint):
    opening, *rest, end = call_chunks(endpoint, 40)
    assert list(opening["delta"]) == ["role", "content", "tool_calls", "refusal"]
    (call,) = opening["delta"].pop("tool_calls")
    assert opening["delta"] == CALLS_OPENING
    assert call.pop("id").startswith("call_")
    function = {"name": "weather", "arguments": ""}
    assert call == {"index": 0, "type": "function", "function": function}

    deltas = [choice["delta"]["tool_calls"][0] for choice in rest]
    assert all(list(delta) == ["index", "function"] for delta in deltas)
    assert all(list(delta["function"]) == ["arguments"] for delta in deltas)
    assert "".join(delta["function"]["arguments"] for delta in deltas) == '{"city":"Rome"}'
    assert (end["delta"], end["finish_reason"]) == ({}, "tool_calls")


def test_a_stream_of_a_call_that_is_cut_before_its_name(endpoint):
    opening, end = call_chunks(endpoint, 1)
    assert opening["delta"] == CALLS_OPENING
    assert (end["delta"], end["finish_reason"]) == ({}, "length")
