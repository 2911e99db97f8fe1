"""GLM's differences from OpenAI's form: its temperature, its tools, its endings."""

import copy

import pytest

from samplers.api.dialects.glm import DIALECT, answer, openai_request, request, whole
from samplers.api.results import Completion

HI = [{"role": "user", "content": "Hi"}]
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
NAMED = {"type": "function", "function": {"name": "weather"}}


def sent(**parameters) -> tuple[dict, list[str]]:
    """(what goes out beside model and messages, what is named as lost)."""
    body = {"model": "glm-5.3", "messages": HI, **parameters}
    before = copy.deepcopy(body)
    made = request(body)
    assert body == before
    assert made.body["messages"] == HI
    assert made.body["model"] == "glm-5.3"
    rest = {name: v for name, v in made.body.items() if name not in ("model", "messages")}
    return rest, [sentence.split(":")[0] for sentence in made.lost]


@pytest.mark.parametrize(
    ("temperature", "made", "lost"),
    [
        (0, {"do_sample": False}, []),
        (-0.5, {"do_sample": False}, []),
        (0.01, {"temperature": 0.01}, []),
        (1, {"temperature": 1}, []),
        (1.5, {"temperature": 1}, ["temperature"]),
        (None, {}, []),
    ],
)
def test_temperature_is_from_0_to_1(temperature, made, lost):
    assert sent(temperature=temperature) == (made, lost)


@pytest.mark.parametrize(
    ("top_p", "made", "lost"), [(0.5, 0.5, []), (1, 0.99, ["top_p"]), (0, 0.01, ["top_p"])]
)
def test_top_p_is_between_0_and_1(top_p, made, lost):
    assert sent(top_p=top_p) == ({"top_p": made}, lost)


@pytest.mark.parametrize("name", ["temperature", "top_p"])
@pytest.mark.parametrize("value", ["hot", True, [1]])
def test_what_is_no_number_is_an_error(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a number, got "):
        sent(**{name: value})


@pytest.mark.parametrize(
    "parameters",
    [
        {"n": 2},
        {"logprobs": True, "top_logprobs": 3},
        {"frequency_penalty": 1},
        {"presence_penalty": -1},
        {"logit_bias": {"50": 1}},
        {"parallel_tool_calls": False},
        {"something_new": 1},
    ],
)
def test_what_has_no_counterpart_is_named(parameters):
    assert sent(**parameters) == ({}, list(parameters))


def test_what_is_the_same():
    parameters = {"seed": 0, "stop": ["END"], "max_tokens": 5, "stream": True, "tools": [WEATHER]}
    assert sent(**parameters) == (parameters, [])
    own = {"request_id": "r", "tool_stream": True, "thinking": {"type": "enabled"}}
    assert sent(**own) == (own, [])
    made, lost = sent(stop=["END", "STOP"], user="ann")
    assert made == {"stop": ["END"]}
    assert lost == ["stop", "user"]
    assert sent(max_completion_tokens=5, user="ann-of-sales") == (
        {"max_tokens": 5, "user_id": "ann-of-sales"},
        [],
    )
    assert sent(stream_options={"include_usage": True}) == ({}, [])
    assert sent(stream_options={"include_obfuscation": True})[1] == [
        "stream_options.include_obfuscation"
    ]


def test_thinking_is_turned_off_in_both_ways():
    assert sent(reasoning_effort="none") == (
        {"reasoning_effort": "none", "thinking": {"type": "disabled"}},
        [],
    )
    assert sent(reasoning_effort="high") == ({"reasoning_effort": "high"}, [])


@pytest.mark.parametrize("choice", ["required", NAMED])
def test_a_forced_choice_becomes_auto_and_that_is_told(choice):
    made = {"tools": [WEATHER], "tool_choice": "auto"}
    assert sent(tools=[WEATHER], tool_choice=choice) == (made, ["tool_choice"])


def test_auto_is_auto_and_none_leaves_the_tools_out():
    made = {"tools": [WEATHER], "tool_choice": "auto"}
    assert sent(tools=[WEATHER], tool_choice="auto") == (made, [])
    assert sent(tools=[WEATHER], tool_choice="none") == ({}, ["tools"])
    assert sent(tool_choice="none") == ({}, [])


def test_a_schema_becomes_json():
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    made = {"response_format": {"type": "json_object"}}
    assert sent(response_format=wanted) == (made, ["response_format"])


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("sensitive", "content_filter"),
        ("network_error", "length"),
        ("model_context_window_exceeded", "length"),
        ("something_new", "stop"),
    ],
)
def test_endings_of_its_own_are_told(reason, finish):
    choice = {"index": 0, "message": {"role": "assistant"}, "finish_reason": reason}
    made = answer({"request_id": "r", "choices": [choice]})
    assert made.lost == (f"choices[0].finish_reason: {reason} became {finish}.",)
    read = Completion.from_wire(made.body)
    assert (read.text, read.finish_reason) == ("", finish)
    assert made.body["object"] == "chat.completion"


def test_an_answer_without_an_ending_has_not_finished():
    made = answer({"choices": [{"index": 0, "message": {"content": "Hel"}}]})
    assert made.lost == ("choices[0].finish_reason: none came; the answer has not finished.",)
    assert made.body["choices"][0]["finish_reason"] is None


def test_arguments_that_are_an_object_become_text():
    function = {"name": "weather", "arguments": {"city": "北京"}}
    message = {"role": "assistant", "tool_calls": [{"id": "call_a", "function": function}]}
    came = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    before = copy.deepcopy(came)
    made = answer(came)
    assert came == before
    read = Completion.from_wire(made.body)
    assert read.tool_calls[0].arguments == '{"city": "北京"}'
    assert read.finish_reason == "tool_calls"


def test_thoughts_stay_beside_the_text_and_go_back():
    function = {"name": "weather", "arguments": "{}"}
    call = {"id": "call_a", "type": "function", "function": function}
    turn = {"role": "assistant", "content": None, "reasoning_content": "r", "tool_calls": [call]}
    came = {"choices": [{"index": 0, "message": turn, "finish_reason": "tool_calls"}]}
    message = answer(came).body["choices"][0]["message"]
    history = [*HI, message, {"role": "tool", "tool_call_id": "call_a", "content": "rain"}]
    made = request({"model": "glm-5.3", "messages": history})
    assert made.body["messages"] == [HI[0], turn, history[2]]


def test_calls_of_a_stream_without_an_index():
    deltas = [
        {"tool_calls": [{"id": name, "function": {"name": "weather", "arguments": text}}]}
        for name, text in (("a", '{"city": "Oslo"}'), ("b", '{"city": "Bergen"}'))
    ]
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    calls = Completion.from_wire(answer(whole(events)).body).tool_calls
    assert [(call.id, call.arguments) for call in calls] == [
        ("a", '{"city": "Oslo"}'),
        ("b", '{"city": "Bergen"}'),
    ]


def test_a_request_comes_back():
    body = {
        "model": "glm-5.3",
        "messages": HI,
        "temperature": 0,
        "top_p": 0.5,
        "seed": 7,
        "max_tokens": 5,
        "stop": ["END"],
        "tools": [WEATHER],
        "tool_choice": "auto",
        "user": "ann-of-sales",
        "reasoning_effort": "none",
        "response_format": {"type": "json_object"},
    }
    before = copy.deepcopy(body)
    made = request(body)
    assert made.lost == ()
    assert openai_request(made.body) == type(made)(before)


def test_what_openai_has_not_is_named():
    body = {"messages": HI, "request_id": "r", "tool_stream": True, "thinking": {"type": "enabled"}}
    made = openai_request(body)
    assert made.body == {"messages": HI}
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "thinking",
        "request_id",
        "tool_stream",
    ]


def test_where_it_is_sent():
    assert DIALECT.address + DIALECT.path("glm-5.3", True) == (
        "https://api.z.ai/api/paas/v4/chat/completions"
    )
    assert DIALECT.headers("k") == {"authorization": "Bearer k"}
