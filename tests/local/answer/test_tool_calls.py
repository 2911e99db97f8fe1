"""Function calls from the model: forced, decided, in parallel, streamed, cut short."""

import json

import jsonschema
import pytest

PARIS = [{"role": "user", "content": "What is the weather in Paris?"}]
HELLO = [{"role": "user", "content": "Hello!"}]
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
SUM = {
    "type": "object",
    "properties": {
        "op": {"enum": ["+", "-"]},
        "by": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
    },
    "required": ["op", "by"],
    "additionalProperties": False,
}
SCHEMAS = {"get_weather": CITY, "add": SUM, "now": {"type": "object", "maxProperties": 0}}


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


def tool(name: str, description: str, parameters: dict, **fields) -> dict:
    function = {"name": name, "description": description, "parameters": parameters, **fields}
    return {"type": "function", "function": function}


GET_WEATHER = tool("get_weather", "Get the current weather in a city.", CITY, strict=True)
TOOLS = [
    GET_WEATHER,
    tool("add", "Add or subtract numbers.", SUM),
    {"type": "function", "function": {"name": "now"}},
]
FORCED = {"tools": [GET_WEATHER], "tool_choice": "required"}


def assert_fits(call: dict) -> None:
    assert set(call) == {"id", "type", "function"}
    assert call["id"].startswith("call_")
    function = call["function"]
    jsonschema.validate(json.loads(function["arguments"]), SCHEMAS[function["name"]])


def test_a_required_call(endpoint):
    fields = {"tools": TOOLS, "tool_choice": "required", "parallel_tool_calls": False}
    fields |= {"max_tokens": 40, "logprobs": True, "stop": "a"}
    names = []
    for seed, temperature in ((1, 0.5), (3, 2)):
        choice = endpoint.choice(PARIS, **fields, seed=seed, temperature=temperature)
        assert choice["message"]["content"] is None
        assert choice["logprobs"] == {"content": None, "refusal": None}
        assert choice["finish_reason"] in ("tool_calls", "length")
        if choice["finish_reason"] == "tool_calls":
            (call,) = choice["message"]["tool_calls"]
            assert_fits(call)
            names.append(call["function"]["name"])
    assert names


@pytest.mark.parametrize("name", ["get_weather", "add", "now"])
def test_a_named_call(full, name):
    named = {"type": "function", "function": {"name": name}}
    choice = full.choice(PARIS, tools=TOOLS, tool_choice=named, temperature=0, max_tokens=60)
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] == name
    assert choice["finish_reason"] == "stop"  # as OpenAI: "tool_calls" is for what the model chose
    assert_fits(call)
    if name == "get_weather":
        assert json.loads(call["function"]["arguments"]) == {"city": "Paris"}


def test_none_and_no_tools_are_plain_text(endpoint):
    fields = {"seed": 1, "max_tokens": 4}
    plain = endpoint.chat(PARIS, **fields)
    none = endpoint.chat(PARIS, tools=TOOLS, tool_choice="none", **fields)
    assert none["choices"] == plain["choices"]
    assert none["usage"]["prompt_tokens"] == plain["usage"]["prompt_tokens"]


def test_auto_follows_the_models_probabilities(full):
    fields = {"tools": [GET_WEATHER], "max_tokens": 1}

    def are_calls(messages: list[dict], seed: int, n: int = 1) -> list[bool]:
        choices = full.chat(messages, **fields, seed=seed, n=n)["choices"]
        return [choice["message"]["content"] is None for choice in choices]

    paris = are_calls(PARIS, 5, n=8)
    assert sum(paris) >= 5
    assert sum(are_calls(HELLO, 5, n=8)) <= 1
    assert are_calls(PARIS, 5 + 7) == [paris[7]]  # seed s + i is choice i of seed s


def test_auto_at_temperature_0_takes_the_likelier_side(full):
    fields = {"tools": [GET_WEATHER], "temperature": 0, "max_tokens": 40}
    assert full.text(HELLO, **fields).startswith("Hello")
    (call,) = full.choice(PARIS, **fields)["message"]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"city": "Paris"}


def test_parallel_calls(endpoint):
    # no end, so another call
    ends = {endpoint.tokenize(text)[-1]: -100 for text in ("]", "}]", "}}]", '"}]', "{}}]")}
    cities = CITY | {"properties": {"city": {"enum": ["Paris", "Rome"]}}}
    tools = [tool("get_weather", "Get the current weather in a city.", cities)]
    fields = {"tools": tools, "tool_choice": "required", "temperature": 0, "logit_bias": ends}
    calls = endpoint.choice(PARIS, **fields, max_tokens=48)["message"]["tool_calls"]
    assert len(calls) > 2
    assert len({call["id"] for call in calls}) == len(calls)
    for call in calls[:-1]:
        assert_fits(call)

    alone = endpoint.choice(PARIS, **fields, max_tokens=24, parallel_tool_calls=False)
    assert len(alone["message"]["tool_calls"]) == 1


def joined(deltas: list[dict]) -> list[dict]:
    """The calls that a choice's deltas of tool_calls add up to."""
    calls: list[dict] = []
    for delta in deltas:
        if "id" in delta:
            assert set(delta) == {"index", "id", "type", "function"}
            assert delta["function"]["arguments"] == ""
            assert delta["index"] == len(calls)
            calls.append(dict(delta["function"]))
        else:
            assert delta.keys() == {"index", "function"}
            calls[delta["index"]]["arguments"] += delta["function"]["arguments"]
    return calls


def test_streamed_calls(endpoint):
    fields = {"tools": TOOLS, "tool_choice": "required", "seed": 11, "temperature": 0.7}
    fields |= {"max_tokens": 40, "n": 2}
    plain = endpoint.chat(PARIS, **fields)
    *chunks, last = endpoint.chunks(PARIS, **fields, stream_options={"include_usage": True})
    assert last["usage"]["completion_tokens"] == plain["usage"]["completion_tokens"]

    streamed = [chunk["choices"][0] for chunk in chunks]
    for i, choice in enumerate(plain["choices"]):
        *mine, end = [each for each in streamed if each["index"] == i]
        opening = {name: mine[0]["delta"].pop(name) for name in ("role", "content", "refusal")}
        # together with the first call
        assert opening == {"role": "assistant", "content": None, "refusal": None}
        assert (end["delta"], end["finish_reason"]) == ({}, choice["finish_reason"])
        calls = joined([each["delta"]["tool_calls"][0] for each in mine])
        assert calls == [call["function"] for call in choice["message"]["tool_calls"]]


def test_calls_cut_short_say_length(endpoint):
    choice = endpoint.choice(PARIS, **FORCED, temperature=0, max_tokens=2)
    assert choice["finish_reason"] == "length"
    assert "tool_calls" not in choice["message"]

    choice = endpoint.choice(PARIS, **FORCED, temperature=0, max_tokens=10)
    (call,) = choice["message"]["tool_calls"]
    assert choice["finish_reason"] == "length"
    assert '{"city":"Paris"}'.startswith(call["function"]["arguments"])


def test_a_whole_round(endpoint):
    function = {"name": "get_weather", "arguments": '{"city":"Paris"}'}
    call = {"id": "call_1", "type": "function", "function": function}
    content = [{"type": "text", "text": "18 °C, sunny"}]
    messages = [
        *PARIS,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": content},
    ]
    fields = {"tools": [GET_WEATHER], "tool_choice": "none", "temperature": 0, "max_tokens": 20}
    assert endpoint.text(messages, **fields)


def test_tools_and_a_response_format_together(full):
    schema = {"name": "it", "schema": CITY, "strict": True}
    response_format = {"type": "json_schema", "json_schema": schema}
    fields = {"tools": [GET_WEATHER], "response_format": response_format}
    fields |= {"temperature": 0, "max_tokens": 60}
    choice = full.choice(HELLO, **fields)
    if choice["finish_reason"] == "stop":
        jsonschema.validate(json.loads(choice["message"]["content"]), CITY)
    forced = full.choice(PARIS, **fields, tool_choice="required")
    assert forced["finish_reason"] == "tool_calls"


def test_usage_counts_what_the_model_read(endpoint):
    few = endpoint.chat(PARIS, **FORCED, max_tokens=3)["usage"]
    more = endpoint.chat(PARIS, tools=TOOLS[:2], tool_choice="required", max_tokens=3)["usage"]
    assert more["prompt_tokens"] > few["prompt_tokens"] > 100

    again = endpoint.chat(PARIS, tools=TOOLS[:2], max_tokens=3)["usage"]
    assert again["samplers_cached_tokens"] == again["prompt_tokens"] - 1
    rome = [{"role": "user", "content": "Compare Rome, Oslo, Quito."}]
    new = endpoint.chat(rome, tools=TOOLS[:2], max_tokens=3)["usage"]
    assert new["samplers_cached_tokens"] < new["prompt_tokens"] - 5
