"""Every body that leaves is what OpenAI's API file says: `wirecheck` holds all tests' answers to
it, and can fail.
"""

import json

import pytest
import wirecheck

WHY = "OpenAI's API file is not beside this repository (../shared/openai/openapi.yaml)"
pytestmark = pytest.mark.skipif(not wirecheck.FILE.exists(), reason=WHY)
CASES = [
    {},
    {"n": 3, "logprobs": True, "top_logprobs": 2, "service_tier": "auto"},
    {"stop": "a", "seed": 1, "temperature": 2, "logprobs": True},
    {"frequency_penalty": 1},
    {"store": True, "metadata": {"lesson": "6"}, "user": "me", "safety_identifier": "me"},
]


def test_the_check_can_fail():
    with pytest.raises(AssertionError, match="required property"):
        wirecheck.check("CreateChatCompletionResponse", {"object": "chat.completion"})
    with pytest.raises(AssertionError, match="ErrorResponse"):
        wirecheck.check_answer("/v1/chat/completions", 400, "application/json", b'{"error": "no"}')
    with pytest.raises(AssertionError, match="CreateChatCompletionStreamResponse"):
        wirecheck.check_answer("/", 200, "text/event-stream", b"data: {}\n\ndata: [DONE]\n\n")


@pytest.mark.parametrize("fields", CASES)
def test_completions(endpoint, fields):
    endpoint.chat(max_tokens=5, **fields)
    assert len(endpoint.chunks(max_tokens=5, **fields, stream_options={"include_usage": True})) >= 3


def test_usage_comes_in_its_own_last_chunk(endpoint):
    *chunks, last = endpoint.chunks(
        max_tokens=5, n=2, seed=1, stream_options={"include_usage": True}
    )
    assert [chunk["usage"] for chunk in chunks] == [None] * len(chunks)
    assert last["choices"] == []
    assert last["usage"] == endpoint.chat(max_tokens=5, n=2, seed=1)["usage"] | {
        "prompt_tokens_details": last["usage"]["prompt_tokens_details"]
    }
    assert {choice["index"] for chunk in chunks for choice in chunk["choices"]} == {0, 1}


def test_models_and_errors(endpoint):
    with endpoint.client() as client:
        client.get("/models")
        client.get(f"/models/{endpoint.model}")
        client.get("/nothing")
        told = client.post("/chat/completions", json={}).json()
    assert json.dumps(told).startswith('{"error": {"message"')
