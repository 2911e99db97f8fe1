"""The bytes that httpx sees: which events come in which order, and which fields each has, in
OpenAI's order.
"""

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
CITY = {"type": "object", "properties": {"city": {"enum": ["Rome"]}}, "required": ["city"]}
CITY["additionalProperties"] = False
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": CITY}}]


def post(endpoint, **fields) -> str:
    body = {"model": endpoint.model, "messages": HI, "temperature": 0, "max_tokens": 3, **fields}
    with endpoint.client() as client:
        return client.post("/chat/completions", json=body).text


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
    body = json.loads(post(endpoint, tools=TOOLS, tool_choice="required", max_tokens=30))
    assert list(body["choices"][0]["message"]) == [
        "role",
        "content",
        "tool_calls",
        "refusal",
        "annotations",
    ]


def test_a_stream(endpoint):
    opening, *texts, end = chunks(endpoint)
    assert list(opening) == CHUNK
    delta = {"role": "assistant", "content": "", "refusal": None}
    assert opening["choices"] == [
        {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
    ]
    assert [list(chunk["choices"][0]["delta"]) for chunk in texts] == [["content"]] * 3
    assert end["choices"] == [
        {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "length"}
    ]
    assert all({**chunk, "choices": 0} == {**opening, "choices": 0} for chunk in [*texts, end])


def test_choices_side_by_side_with_logprobs_and_usage(endpoint):
    told = chunks(
        endpoint, n=2, logprobs=True, stream_options={"include_usage": True}, seed=4, temperature=1
    )
    assert [list(chunk) for chunk in told] == [[*CHUNK, "usage"]] * len(told)
    *told, usage = told
    assert (usage["choices"], usage["usage"]["completion_tokens"]) == ([], 6)
    assert {chunk["usage"] for chunk in told} == {None}
    assert [chunk["choices"][0]["index"] for chunk in told[:2]] == [0, 1]  # the roles
    for i in range(2):
        _, *texts, end = [
            chunk["choices"][0] for chunk in told if chunk["choices"][0]["index"] == i
        ]
        for choice in texts:
            (entry,) = choice["logprobs"]["content"]
            assert list(entry) == ["token", "bytes", "logprob", "top_logprobs"]
            assert entry["token"] == choice["delta"]["content"]
            assert choice["logprobs"]["refusal"] is None
        assert (end["delta"], end["logprobs"], end["finish_reason"]) == ({}, None, "length")


def test_padding_on_request(endpoint):
    told = chunks(endpoint, stream_options={"include_usage": True, "include_obfuscation": True})
    assert [list(chunk) for chunk in told] == [[*CHUNK, "usage", "obfuscation"]] * len(told)
    texts = [
        "".join(choice["delta"].get("content", "") for choice in chunk["choices"]) for chunk in told
    ]
    assert {
        (len(text) + len(chunk["obfuscation"])) % 16
        for text, chunk in zip(texts, told, strict=True)
    } == {0}


@pytest.mark.parametrize("limit", [1, 40])
def test_a_stream_of_a_call(endpoint, limit):
    fields = {
        "tools": TOOLS,
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "max_tokens": limit,
    }
    opening, *rest, end = [chunk["choices"][0] for chunk in chunks(endpoint, **fields)]
    if limit == 1:  # too few even for a name
        assert opening["delta"] == {"role": "assistant", "content": None, "refusal": None}
        assert (rest, end["delta"], end["finish_reason"]) == ([], {}, "length")
        return
    assert list(opening["delta"]) == ["role", "content", "tool_calls", "refusal"]
    (call,) = opening["delta"].pop("tool_calls")
    assert opening["delta"] == {"role": "assistant", "content": None, "refusal": None}
    assert call.pop("id").startswith("call_")
    assert call == {
        "index": 0,
        "type": "function",
        "function": {"name": "weather", "arguments": ""},
    }
    pieces = [choice["delta"]["tool_calls"][0] for choice in rest]
    assert all(
        list(piece) == ["index", "function"] and list(piece["function"]) == ["arguments"]
        for piece in pieces
    )
    assert "".join(piece["function"]["arguments"] for piece in pieces) == '{"city":"Rome"}'
    assert (end["delta"], end["finish_reason"]) == ({}, "tool_calls")
