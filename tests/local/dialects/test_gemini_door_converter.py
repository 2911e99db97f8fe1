"""OpenAI's request, converted by samplers.api, comes back as what OpenAI's own path answers."""

import json

import pytest
from gemini_door import http, root

from samplers.api.dialects import DIALECTS

GEMINI = DIALECTS["gemini"]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "weather", "description": "The weather of a city.", "parameters": CITY}
OSLO = [{"role": "user", "content": "What is the weather in Oslo?"}]
GREEDY = {"temperature": 0, "max_tokens": 12}
SHAPE = {
    "type": "object",
    "properties": {"is_city": {"type": "boolean"}, "size": {"enum": ["small", "large"]}},
    "required": ["is_city", "size"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "shape", "schema": SHAPE}}
CASES = {
    "a text": {"messages": OSLO},
    "a system and a stop": {
        "messages": [{"role": "system", "content": "Be brief."}, *OSLO],
        "stop": [" is", "zebra"],
    },
    "sampling": {"messages": OSLO, "temperature": 1.5, "top_p": 0.9, "seed": 7},
    "logprobs": {"messages": OSLO, "logprobs": True, "top_logprobs": 2},
    "a schema": {"messages": OSLO, "response_format": FORMAT, "max_tokens": 40},
    "calls and results": {
        "messages": [
            *OSLO,
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "call_a",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_a", "content": "18 °C"},
        ],
    },
}


def sent(endpoint, body: dict, stream: bool) -> dict:
    """Gemini's answer to OpenAI's body, as OpenAI's."""
    made = GEMINI.request({"model": endpoint.model, **body})
    address = root(endpoint) + GEMINI.path(endpoint.model, stream)
    headers = GEMINI.headers(endpoint.key)
    response = http().post(address, json=made.body, headers=headers)
    assert response.status_code == 200, response.text
    if stream:
        events = [line for line in response.text.split("\n\n") if line]
        parsed = [json.loads(event.removeprefix("data: ")) for event in events]
        return GEMINI.answer(GEMINI.whole(parsed)).body
    return GEMINI.answer(response.json()).body


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_both_paths_answer_the_same(endpoint, case, stream):
    body = GREEDY | CASES[case]
    ours = sent(endpoint, body, stream)
    theirs = endpoint.chat(**body)
    (choice,) = ours["choices"]
    (expected,) = theirs["choices"]
    assert choice["message"]["content"] == expected["message"]["content"]
    assert choice["finish_reason"] == expected["finish_reason"]
    for count in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert ours["usage"][count] == theirs["usage"][count]
    if body.get("logprobs"):
        pairs = zip(choice["logprobs"]["content"], expected["logprobs"]["content"], strict=True)
        for one, other in pairs:
            assert one["token"] == other["token"]
            assert one["logprob"] == pytest.approx(other["logprob"], abs=1e-3)


@pytest.mark.parametrize("stream", [False, True])
def test_calls_come_back_as_openais(full, stream):
    tools = [{"type": "function", "function": WEATHER}]
    body = {"messages": OSLO, "tools": tools, "tool_choice": "required"}
    (choice,) = sent(full, GREEDY | body | {"max_tokens": 40}, stream)["choices"]
    assert choice["finish_reason"] == "tool_calls"
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] == "weather"
    assert list(json.loads(call["function"]["arguments"])) == ["city"]
