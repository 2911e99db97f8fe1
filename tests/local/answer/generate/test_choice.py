"""How a choice ends: at a stop string, at its limit; and the tokens that it cost."""

import pytest


@pytest.mark.parametrize(
    ("stop", "left"),
    [
        ("Paris", "The capital of France is "),
        ("tal of Fr", "The capi"),  # begins and ends inside tokens
        (["nothing", "is Par"], "The capital of France "),
        (["France", "capital"], "The "),
        ("The", ""),
        ("Berlin", "The capital of France is Paris."),
        ("Paris.!", "The capital of France is Paris."),  # begun, never ended
    ],
)
def test_stop_strings(endpoint, stop, left):
    fields = {"stop": stop, "temperature": 0, "logprobs": True}
    choice = endpoint.choice(**fields)
    assert (choice["message"]["content"], choice["finish_reason"]) == (left, "stop")
    data = b"".join(bytes(entry["bytes"]) for entry in choice["logprobs"]["content"])
    assert data.decode().startswith(left)
    assert len(data) < len(left) + 10  # no token that is all stop string

    stream = endpoint.streamed_choices(**fields)
    assert "".join(choice["delta"].get("content", "") for choice in stream) == left
    assert stream[-1]["finish_reason"] == "stop"


def test_a_limit_ends_with_length(endpoint):
    choice = endpoint.choice(max_tokens=3, temperature=0)
    assert (choice["message"]["content"], choice["finish_reason"]) == ("The capital of", "length")


def test_usage(endpoint):
    messages = [{"role": "user", "content": "How do you do?"}]
    first = endpoint.chat(messages, max_tokens=2, n=3)["usage"]
    assert (first["completion_tokens"], first["total_tokens"]) == (6, first["prompt_tokens"] + 6)
    again = endpoint.chat(messages, max_tokens=2)["usage"]
    # the engine reads one anew
    assert again["samplers_cached_tokens"] == again["prompt_tokens"] - 1
    with endpoint.client() as client:
        count = client.post("/tokenize", json={"messages": messages}).json()["count"]
    assert first["prompt_tokens"] == count
