"""Bodies fit OpenAI's API file: `wirecheck`, which checks all tests' answers, can fail."""

import json

import pytest
import wirecheck

REASON = "OpenAI's API file is not beside this repository (../shared/openai/openapi.yaml)"
pytestmark = pytest.mark.skipif(not wirecheck.FILE.exists(), reason=REASON)
USAGE = {"include_usage": True}
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
    json_type = "application/json"
    with pytest.raises(AssertionError, match="ListFilesResponse"):
        wirecheck.check_answer("/v1/files", 200, json_type, b'{"object": "list", "data": []}')
    with pytest.raises(AssertionError, match="OpenAIFile"):
        wirecheck.check_answer("/v1/files/file-1", 200, json_type, b'{"object": "file"}')


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


@pytest.mark.parametrize("fields", CASES)
def test_completions(endpoint, fields):
    endpoint.chat(max_tokens=5, **fields)
    assert len(endpoint.chunks(max_tokens=5, **fields, stream_options=USAGE)) >= 3


def test_usage_comes_in_its_own_last_chunk(endpoint):
    fields = {"max_tokens": 5, "n": 2, "seed": 1}
    *chunks, last = endpoint.chunks(**fields, stream_options=USAGE)
    assert [chunk["usage"] for chunk in chunks] == [None] * len(chunks)
    assert {choice["index"] for chunk in chunks for choice in chunk["choices"]} == {0, 1}

    assert last["choices"] == []
    usage = endpoint.chat(**fields)["usage"]
    # the plain answer's prompt is in the cache by then
    details = {"prompt_tokens_details": last["usage"]["prompt_tokens_details"]}
    assert last["usage"] == usage | details


def test_models_and_errors(endpoint):
    with endpoint.client() as client:
        client.get("/models")
        client.get(f"/models/{endpoint.model}")
        client.get("/nothing")
        error = client.post("/chat/completions", json={}).json()
    assert json.dumps(error).startswith('{"error": {"message"')
