"""chat() asks in a form that the engine takes."""

import json

import httpx
import pytest
from fake_endpoint import completion, fake

from samplers.api import APIError, StreamBroken

# what /props of llama.cpp's server says of its slots
PROPS = {"total_slots": 4, "build_info": "b7000-abcdef", "default_generation_settings": {}}


def engine(owner):
    """A client of an engine that refuses what it refuses, and the chat bodies that it got.

    Messages of the refusals: vLLM 0.32 and llama.cpp b11549, 2026-11-29.
    """
    bodies = []

    def answer(request):
        path = request.url.path
        if path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": "m", "owned_by": owner}]})
        if path == "/props" and owner == "llamacpp":
            return httpx.Response(200, json=PROPS)
        if path != "/v1/chat/completions":
            return httpx.Response(404)

        body = json.loads(request.content)
        bodies.append(body)
        refusal = refused(owner, body)
        if refusal:
            return httpx.Response(400, json={"error": {"message": refusal, "code": 400}})
        whole = completion().json()
        choice = whole["choices"][0]
        number = len(bodies)
        whole["choices"] = [
            choice | {"index": i, "message": {"content": f"{number}.{i}"}}
            for i in range(body.get("n", 1))
        ]
        return httpx.Response(200, json=whole)

    return fake(answer), bodies


def refused(owner, body):
    n = body.get("n", 1)
    if owner == "llamacpp" and n > 4:
        return f"Field 'n': Value must be between 1 <= value <= 4, but got {n}"
    if owner == "vllm" and n > 1 and body.get("temperature") == 0:
        return f"n must be 1 when using greedy sampling, got {n}."
    if owner == "vllm" and body.get("top_p") == 0:
        return "top_p must be in (0, 1], got 0.0."
    return None


def test_n_above_llama_cpps_slots_goes_out_in_several_requests():
    client, bodies = engine("llamacpp")
    answer = client.chat("x", n=10, temperature=1, seed=7)
    assert [body["n"] for body in bodies] == [4, 4, 2]
    assert [body["seed"] for body in bodies] == [7, 11, 15]  # as one request would draw them
    assert [choice.index for choice in answer.choices] == list(range(10))
    assert [choice.text for choice in answer.choices][3:6] == ["1.3", "2.0", "2.1"]
    usage = answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (30, 15, 45)


def test_n_at_temperature_0_is_asked_one_by_one_on_vllm():
    client, bodies = engine("vllm")
    assert len(client.chat("x", n=3, temperature=0).choices) == 3
    assert [body["n"] for body in bodies] == [1, 1, 1]
    assert len(client.chat("x", n=3, temperature=1).choices) == 3
    assert bodies[3]["n"] == 3


def test_top_p_0_is_the_least_that_keeps_one_token_on_vllm():
    client, bodies = engine("vllm")
    client.chat("x", top_p=0)
    assert 0 < bodies[0]["top_p"] <= 1e-6
    client.chat("x", top_p=0.5)
    assert bodies[1]["top_p"] == 0.5
    for stream in (client.stream, client.stream_bytes):
        with pytest.raises(StreamBroken):  # the answer here is no stream
            list(stream("x", top_p=0))
        assert 0 < bodies[-1]["top_p"] <= 1e-6

    client, bodies = engine("llamacpp")
    client.chat("x", top_p=0)
    assert bodies[0]["top_p"] == 0


def test_an_engine_that_is_not_known_gets_the_request_as_it_is():
    client, bodies = engine("me")
    client.chat("x", n=200, top_p=0, temperature=0)
    assert (bodies[0]["n"], bodies[0]["top_p"]) == (200, 0)


def test_a_plain_chat_asks_nothing_beside():
    paths = []

    def answer(request):
        paths.append(request.url.path)
        return completion()

    fake(answer).chat("x", temperature=0.5)
    assert paths == ["/v1/chat/completions"]


def test_a_refusal_among_several_requests_is_the_answer():
    client, bodies = engine("llamacpp")
    with pytest.raises(APIError):
        fake(httpx.Response(400, json={"error": {"message": "no"}})).chat("x", n=2)
    assert client.abilities.version == "b7000-abcdef"
    assert bodies == []
