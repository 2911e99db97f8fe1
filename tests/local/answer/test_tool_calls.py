"""Function calls from the model: forced, decided, in parallel, streamed, cut short."""

import json

import jsonschema
import pytest

PARIS = [{"role": "user", "content": "What is the weather in Paris?"}]
HELLO = [{"role": "user", "content": "Hello!"}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CITY["additionalProperties"] = False
SUM = {
    "type": "object",
    "properties": {
        "op": {"enum": ["+", "-"]},
        "by": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
    },
    "required": ["op", "by"],
    "additionalProperties": False,
}


def tool(name: str, description: str, parameters: dict, **fields) -> dict:
    about = {"name": name, "description": description, "parameters": parameters, **fields}
    return {"type": "function", "function": about}


TOOLS = [
    tool("get_weather", "Get the current weather in a city.", CITY, strict=True),
    tool("add", "Add or subtract numbers.", SUM),
    {"type": "function", "function": {"name": "now"}},
]
SCHEMAS = {"get_weather": CITY, "add": SUM, "now": {"type": "object", "maxProperties": 0}}


def fits(call: dict) -> None:
    assert set(call) == {"id", "type", "function"}
    assert call["id"].startswith("call_")
    jsonschema.validate(
        json.loads(call["function"]["arguments"]), SCHEMAS[call["function"]["name"]]
    )


def test_a_required_call(endpoint):
    names = []
    for seed, temperature in ((1, 0.5), (3, 2)):
        fields = {
            "tools": TOOLS,
            "tool_choice": "required",
            "parallel_tool_calls": False,
            "max_tokens": 40,
        }
        choice = endpoint.choice(
            PARIS, **fields, seed=seed, temperature=temperature, logprobs=True, stop="a"
        )
        assert choice["message"]["content"] is None
        assert choice["logprobs"] == {"content": None, "refusal": None}
        assert choice["finish_reason"] in ("tool_calls", "length")
        if choice["finish_reason"] == "tool_calls":
            (call,) = choice["message"]["tool_calls"]
            fits(call)
            names.append(call["function"]["name"])
    assert names


@pytest.mark.parametrize("name", ["get_weather", "add", "now"])
def test_a_named_call(endpoint, name):
    choice = endpoint.choice(
        PARIS,
        tools=TOOLS,
        tool_choice={"type": "function", "function": {"name": name}},
        temperature=0,
        max_tokens=60,
    )
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] == name
    assert choice["finish_reason"] == "stop"  # as OpenAI: "tool_calls" is for what the model chose
    fits(call)
    if name == "get_weather":
        assert json.loads(call["function"]["arguments"]) == {"city": "Paris"}


def test_none_and_no_tools_are_plain_text(endpoint):
    fields = {"seed": 1, "max_tokens": 4}
    plain = endpoint.chat(PARIS, **fields)
    none = endpoint.chat(PARIS, tools=TOOLS, tool_choice="none", **fields)
    assert none["choices"] == plain["choices"]
    assert none["usage"]["prompt_tokens"] == plain["usage"]["prompt_tokens"]


def test_auto_follows_the_models_probabilities(endpoint):
    fields = {"tools": TOOLS[:1], "max_tokens": 1, "seed": 5}
    calls = {}
    for name, ask in (("paris", PARIS), ("hello", HELLO)):
        choices = endpoint.chat(ask, **fields, n=8)["choices"]
        calls[name] = [choice["message"]["content"] is None for choice in choices]
    assert sum(calls["paris"]) >= 5
    assert sum(calls["hello"]) <= 1
    alone = endpoint.choice(PARIS, **fields | {"seed": 5 + 7})  # seed s + i is choice i of seed s
    assert (alone["message"]["content"] is None) is calls["paris"][7]


def test_auto_at_temperature_0_takes_the_likelier_side(endpoint):
    fields = {"tools": TOOLS[:1], "temperature": 0, "max_tokens": 40}
    assert endpoint.choice(HELLO, **fields)["message"]["content"].startswith("Hello")
    (call,) = endpoint.choice(PARIS, **fields)["message"]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"city": "Paris"}


def test_parallel_calls(endpoint):
    # no end, so another call
    ends = {endpoint.tokenize(text)[-1]: -100 for text in ("]", "}]", "}}]", '"}]', "{}}]")}
    cities = CITY | {"properties": {"city": {"enum": ["Paris", "Rome"]}}}
    tools = [tool("get_weather", "Get the current weather in a city.", cities)]
    fields = {
        "tools": tools,
        "tool_choice": "required",
        "temperature": 0,
        "max_tokens": 48,
        "logit_bias": ends,
    }
    choice = endpoint.choice(PARIS, **fields)
    calls = choice["message"]["tool_calls"]
    assert len(calls) > 2
    assert len({call["id"] for call in calls}) == len(calls)
    for call in calls[:-1]:
        fits(call)
    (_,) = endpoint.choice(PARIS, **fields | {"max_tokens": 24}, parallel_tool_calls=False)[
        "message"
    ]["tool_calls"]


def test_streamed_calls(endpoint):
    fields = {
        "tools": TOOLS,
        "tool_choice": "required",
        "seed": 11,
        "temperature": 0.7,
        "max_tokens": 40,
        "n": 2,
    }
    plain = endpoint.chat(PARIS, **fields)
    chunks = endpoint.chunks(PARIS, **fields, stream_options={"include_usage": True})
    for i, choice in enumerate(plain["choices"]):
        mine = [chunk["choices"][0] for chunk in chunks[:-1] if chunk["choices"][0]["index"] == i]
        opening = {name: mine[0]["delta"].pop(name) for name in ("role", "content", "refusal")}
        # together with the first call
        assert opening == {"role": "assistant", "content": None, "refusal": None}
        assert (mine[-1]["delta"], mine[-1]["finish_reason"]) == ({}, choice["finish_reason"])
        told: list[dict] = []
        for delta in [chunk["delta"]["tool_calls"][0] for chunk in mine[:-1]]:
            if "id" in delta:
                assert set(delta) == {"index", "id", "type", "function"}
                assert delta["function"]["arguments"] == ""
                told.append(delta["function"] | {"index": delta["index"]})
            else:
                assert delta.keys() == {"index", "function"}
                told[delta["index"]]["arguments"] += delta["function"]["arguments"]
        assert [call["index"] for call in told] == list(range(len(told)))
        assert [{"name": call["name"], "arguments": call["arguments"]} for call in told] == [
            call["function"] for call in choice["message"]["tool_calls"]
        ]
    assert chunks[-1]["usage"]["completion_tokens"] == plain["usage"]["completion_tokens"]


def test_calls_cut_short_say_length(endpoint):
    fields = {"tools": TOOLS[:1], "tool_choice": "required", "temperature": 0}
    choice = endpoint.choice(PARIS, **fields, max_tokens=2)
    assert choice["finish_reason"] == "length"
    assert "tool_calls" not in choice["message"]
    choice = endpoint.choice(PARIS, **fields, max_tokens=10)
    (call,) = choice["message"]["tool_calls"]
    assert choice["finish_reason"] == "length"
    assert '{"city":"Paris"}'.startswith(call["function"]["arguments"])


def test_a_whole_round(endpoint):
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
    }
    round_ = [*PARIS, {"role": "assistant", "tool_calls": [call]}]
    round_ += [
        {
            "role": "tool",
            "tool_call_id": "call_1",
            "content": [{"type": "text", "text": "18 °C, sunny"}],
        }
    ]
    choice = endpoint.choice(
        round_, tools=TOOLS[:1], tool_choice="none", temperature=0, max_tokens=20
    )
    assert choice["message"]["content"]


def test_tools_and_a_response_format_together(endpoint):
    form = {"type": "json_schema", "json_schema": {"name": "it", "schema": CITY, "strict": True}}
    fields = {"tools": TOOLS[:1], "response_format": form, "temperature": 0, "max_tokens": 60}
    choice = endpoint.choice(HELLO, **fields)
    if choice["finish_reason"] == "stop":
        jsonschema.validate(json.loads(choice["message"]["content"]), CITY)
    assert endpoint.choice(PARIS, **fields, tool_choice="required")["finish_reason"] == "tool_calls"


def test_usage_counts_what_the_model_read(endpoint):
    few = endpoint.chat(PARIS, tools=TOOLS[:1], tool_choice="required", max_tokens=3)["usage"]
    more = endpoint.chat(PARIS, tools=TOOLS[:2], tool_choice="required", max_tokens=3)["usage"]
    assert more["prompt_tokens"] > few["prompt_tokens"] > 100
    again = endpoint.chat(PARIS, tools=TOOLS[:2], max_tokens=3)["usage"]
    assert again["prompt_tokens_details"]["cached_tokens"] == again["prompt_tokens"] - 1
    rome = [{"role": "user", "content": "Compare Rome, Oslo, Quito."}]
    new = endpoint.chat(rome, tools=TOOLS[:2], max_tokens=3)["usage"]
    assert new["prompt_tokens_details"]["cached_tokens"] < new["prompt_tokens"] - 5
