"""Functions in Gemini's form: calls and their responses, and what may be called."""

import gemini_door
import pytest
from gemini_door import CITY, TOOLS, WEATHER, answer, call, chunks, model_turn, result, user
from google.genai import types

from samplers.local.answer.json_text import dumps
from samplers.local.dialects.gemini.contents import messages
from samplers.local.dialects.gemini.fields import GENERATE
from samplers.local.dialects.gemini.parts import Parts, joined
from samplers.local.request.errors import ApiError

OSLO = "What is the weather in Oslo?"
GREEDY = {"temperature": 0, "maxOutputTokens": 40}


def calling(mode: str, *names: str) -> dict:
    config = {"mode": mode} | ({"allowedFunctionNames": list(names)} if names else {})
    return {"functionCallingConfig": config}


def calls_of(response) -> list[types.FunctionCall]:
    parts = response.candidates[0].content.parts or []
    return [part.function_call for part in parts if part.function_call]


@pytest.mark.parametrize("mode", ["ANY", "AUTO", "VALIDATED"])
def test_a_call(full, mode):
    first = answer(full, OSLO, tools=TOOLS, toolConfig=calling(mode), generationConfig=GREEDY)
    (asked,) = calls_of(first)
    assert (asked.name, list(asked.args)) == ("weather", ["city"])
    assert asked.id
    assert first.candidates[0].finish_reason == types.FinishReason.STOP


@pytest.mark.parametrize(("mode", "number"), [("ANY", 1), ("AUTO", 0)])
def test_any_must_call_where_the_model_would_not(full, mode, number):
    config = calling(mode)
    response = answer(
        full, "Good morning!", tools=TOOLS, toolConfig=config, generationConfig=GREEDY
    )
    assert len(calls_of(response)) == number


def test_a_history_of_calls_is_what_openais_path_makes_of_it(endpoint):
    history = [user(OSLO), model_turn(call("Oslo", id="g1")), user(result("18 °C", id="g1"))]
    config = GREEDY | {"maxOutputTokens": 8}
    ours = answer(endpoint, history, tools=TOOLS, generationConfig=config)

    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    function = WEATHER | {"parameters": {**city, "additionalProperties": False}}
    function = {name: function[name] for name in ("name", "description", "parameters")}
    asked = {"name": "weather", "arguments": '{"city":"Oslo"}'}
    messages = [
        {"role": "user", "content": OSLO},
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": asked}]},
        {"role": "tool", "tool_call_id": "a", "content": "18 °C"},
    ]
    tools = [{"type": "function", "function": function}]
    theirs = endpoint.chat(messages, tools=tools, temperature=0, max_tokens=8)
    assert ours.text == theirs["choices"][0]["message"]["content"]
    assert ours.usage_metadata.total_token_count == theirs["usage"]["total_tokens"]


def test_none_forbids_calls(endpoint):
    config = calling("NONE")
    response = answer(endpoint, OSLO, tools=TOOLS, toolConfig=config, generationConfig=GREEDY)
    assert response.text
    without = answer(endpoint, OSLO, generationConfig=GREEDY)
    assert response.usage_metadata.prompt_token_count == without.usage_metadata.prompt_token_count


def test_allowed_function_names(endpoint):
    clock = {"name": "ns.clock:now", "parametersJsonSchema": {"type": "object"}}
    both = [{"functionDeclarations": [WEATHER]}, {"functionDeclarations": clock}]
    config = calling("ANY", "ns.clock:now")
    response = answer(endpoint, OSLO, tools=both, toolConfig=config, generationConfig=GREEDY)
    assert {each.name for each in calls_of(response)} <= {"ns.clock:now"}
    names = calling("ANY", "weather", "tide")
    body = gemini_door.body_of(OSLO, tools=both, toolConfig=names)
    assert "allowed_function_names[1]: 'tide'" in gemini_door.refusal(endpoint, body)


def test_a_streamed_call_is_whole(full):
    asked = {"tools": TOOLS, "toolConfig": calling("ANY"), "generationConfig": GREEDY}
    streamed = chunks(full, OSLO, **asked)
    found = [each for chunk in streamed for each in calls_of(chunk)]
    whole = calls_of(answer(full, OSLO, **asked))
    assert [each.args for each in found] == [each.args for each in whole]
    assert streamed[-1].candidates[0].finish_reason == types.FinishReason.STOP


def test_a_call_that_is_cut_off_is_no_part(endpoint):
    config = GREEDY | {"maxOutputTokens": 9}
    asked = {"tools": TOOLS, "toolConfig": calling("ANY"), "generationConfig": config}
    for response in (answer(endpoint, OSLO, **asked), chunks(endpoint, OSLO, **asked)[-1]):
        assert response.candidates[0].content.parts is None
        assert response.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


def test_the_sdk_calls_the_function_itself(full):
    called = []

    def weather(city: str) -> str:
        """The weather of a city."""
        called.append(city)
        return "rain"

    config = {"tools": [weather], "temperature": 0, "max_output_tokens": 40}
    with gemini_door.client(full) as client:
        chat = client.chats.create(model=full.model, config=config)
        assert chat.send_message(OSLO).text
        history = chat.get_history()
        off = config | {"automatic_function_calling": {"disable": True}}
        asked = {"model": full.model, "contents": OSLO, "config": off}
        (only,) = client.models.generate_content(**asked).function_calls
    assert called == ["Oslo"]
    assert history[2].parts[0].function_response.response == {"result": "rain"}
    assert only.args == {"city": "Oslo"}


# GE1: the order of the calls, by ids where there are some, never by name alone


def roles_and_texts(*contents: dict) -> list[tuple]:
    read = GENERATE("", {"contents": list(contents)})["contents"]
    return [
        (made["role"], made.get("tool_call_id"), made["content"])
        for made in messages(read, None)
        if made["role"] == "tool"
    ]


@pytest.mark.parametrize(
    "contents",
    [
        [model_turn(call("Oslo"), call("Bergen")), user(result("rain"), result("sun"))],
        [
            model_turn(call("Oslo", id="g1"), call("Bergen", id="g2")),
            user(result("sun", id="g2"), result("rain", id="g1")),
        ],
        # the SDK's automatic calls send no ids back
        [
            model_turn(call("Oslo", id="g1"), call("Bergen", id="g2")),
            user(result("rain"), result("sun")),
        ],
        [
            model_turn(call("Oslo", id="g1"), call("Bergen", id="g2")),
            user(result("sun"), result("rain", id="g1")),
        ],
        # a stream's chunks, and the responses in contents of their own
        [
            model_turn("Let me see."),
            model_turn(call("Oslo")),
            model_turn(call("Bergen")),
            user(result("rain")),
            gemini_door.content("function", result("sun")),
        ],
    ],
)
def test_ge1_responses_belong_to_their_calls(contents):
    assert roles_and_texts(user(OSLO), *contents) == [
        ("tool", "call_1_0", "rain"),
        ("tool", "call_1_1", "sun"),
    ]


def test_ge1_two_functions_by_name():
    calls = model_turn(call("Oslo"), {"functionCall": {"name": "clock"}})
    responses = user(result("noon", name="clock"), result("rain"))
    ids = [made[1:] for made in roles_and_texts(user(OSLO), calls, responses)]
    assert ids == [("call_1_0", "rain"), ("call_1_1", "noon")]


def test_ge1_two_calls_of_one_name_are_two_parts():
    text = (
        '[{"name":"weather","arguments":{"city":"Oslo \\"}]"}},'
        '{"name":"weather","arguments":{"at":{"city":"Bergen"}}}]'
    )
    parts = Parts(calls=True)
    streamed = [parts.feed(letter) for letter in text]
    found = [part["functionCall"] for new in streamed for part in new]
    assert [dumps(each["args"]) for each in found] == [
        '{"city":"Oslo \\"}]"}',
        '{"at":{"city":"Bergen"}}',
    ]
    assert len({each["id"] for each in found}) == 2
    assert max(map(len, streamed)) == 1  # each comes when it is whole
    assert len(joined([part for new in streamed for part in new])) == 2


def test_ge1_the_engine_takes_such_a_history(endpoint):
    contents = [
        user(OSLO),
        model_turn(call("Oslo"), call("Bergen")),
        user(result("rain"), result("sun"), "And now in one word?"),
    ]
    config = {"maxOutputTokens": 2}
    assert answer(endpoint, contents, tools=TOOLS, generationConfig=config).candidates


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([user(OSLO), model_turn(call("Oslo"))], "ending with a model turn are not supported."),
        ([user(OSLO), model_turn(call("Oslo")), user("Well?")], "is equal to the number"),
        (
            [user(OSLO), model_turn(call("A"), call("B")), user(result("rain"))],
            "is equal to the number",
        ),
        ([user(result("rain"))], "immediately after a function call turn"),
        ([model_turn(call("Oslo")), user(result("rain"))], "comes immediately after a user turn"),
        (
            [user(OSLO), model_turn(call("Oslo", id="a")), user(result("rain", id="b"))],
            "contents[2].parts[0].function_response: no function call of the turn before has the "
            "id 'b'",
        ),
        (
            [user(OSLO), model_turn(call("Oslo")), user(result("rain", name="tide"))],
            "the name 'tide'",
        ),
        ([user(OSLO), model_turn({"functionCall": {}})], "Name cannot be empty."),
        ([user(call("Oslo"))], "function_call: not allowed in a content of the role 'user'"),
        ([user("a"), model_turn(result("rain"))], "not allowed in a content of the role 'model'"),
    ],
)
def test_calls_and_responses_that_do_not_fit(contents, said):
    with pytest.raises(ApiError) as caught:
        roles_and_texts(*contents)
    assert caught.value.status == 400
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"toolConfig": calling("ANY")}, "is set without function_declarations."),
        ({"toolConfig": calling("AUTO", "weather"), "tools": TOOLS}, "only allowed if mode is"),
        ({"tools": [{"googleSearch": {}}]}, "tools[0].google_search: this model does not"),
        ({"tools": TOOLS * 2}, "Duplicate function declaration found: weather"),
        ({"tools": [{"functionDeclarations": [{"name": "1a"}]}]}, "Invalid function name."),
        (
            {"tools": [{"functionDeclarations": [WEATHER | {"parametersJsonSchema": {}}]}]},
            "only one of parameters and parameters_json_schema",
        ),
        (
            {"tools": [{"functionDeclarations": [WEATHER | {"behavior": "NON_BLOCKING"}]}]},
            "behavior: NON_BLOCKING is not supported",
        ),
        (
            {
                "tools": [
                    {"functionDeclarations": [WEATHER | {"parameters": CITY["properties"]["city"]}]}
                ]
            },
            "tools[0].function_declarations[0].parameters: schema must be a JSON Schema of 'type: "
            '"object"\'',
        ),
    ],
)
def test_tools_that_are_refused(endpoint, fields, said):
    assert said in gemini_door.refusal(endpoint, gemini_door.body_of(OSLO, **fields))
