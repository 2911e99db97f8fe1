"""DeepSeek's differences from OpenAI's form: thinking, what it ignores, what comes back."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api.dialects.deepseek import DIALECT, openai_request, request

HI = [{"role": "user", "content": "Hi"}]
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = {
    "id": "call_a",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}
NAMED = {"type": "function", "function": {"name": "weather"}}


def sent(**parameters) -> tuple[dict, list[str]]:
    """(what goes out beside model and messages, what is named as lost)."""
    body = {"model": "deepseek-flash", "messages": HI, **parameters}
    before = copy.deepcopy(body)
    made = request(body)
    assert body == before
    assert made.body["messages"] == HI
    assert made.body["model"] == "deepseek-flash"
    rest = {name: v for name, v in made.body.items() if name not in ("model", "messages")}
    return rest, [sentence.split(":")[0] for sentence in made.lost]


def tool_turn(**more) -> list[dict]:
    return [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]} | more,
        {"role": "tool", "tool_call_id": "call_a", "content": "rain"},
    ]


@pytest.mark.parametrize("history", [tool_turn(reasoning_content="r"), tool_turn()])
def test_DG1_reasoning_of_a_turn_that_called_tools_goes_back(history):
    made = request({"model": "deepseek-flash", "messages": history, "tools": [WEATHER]})
    assert made.lost == ()
    assert made.body["messages"] == history
    assert openai_request(made.body).body["messages"] == history


def test_DG1_no_reasoning_at_all_is_sent_as_that():
    history = tool_turn(reasoning_content="")
    assert request({"messages": history}).body["messages"] == history


def test_DG1_reasoning_of_a_plain_turn_does_no_harm():
    turn = {"role": "assistant", "content": "Hello", "reasoning_content": "r"}
    history = [*HI, turn, *HI]
    assert request({"messages": history}).body["messages"] == history


def test_thinking_is_on_unless_a_request_turns_it_off():
    assert sent() == ({}, [])
    off = {"thinking": {"type": "disabled"}}
    assert sent(reasoning_effort="none") == (off, [])
    assert sent(thinking={"type": "disabled"}) == (off, [])
    on = {"thinking": {"type": "enabled"}}
    assert sent(thinking={"type": "enabled"}) == (on, [])


# The table of DeepSeek's page on thinking.
@pytest.mark.parametrize(
    ("effort", "theirs"),
    [("minimal", "low"), ("low", "low"), ("medium", "high"), ("high", "high"), ("xhigh", "high")],
)
def test_efforts(effort, theirs):
    lost = [] if effort == theirs else ["reasoning_effort"]
    assert sent(reasoning_effort=effort) == ({"reasoning_effort": theirs}, lost)


@pytest.mark.parametrize(
    "parameters",
    [
        {"temperature": 0.5},
        {"temperature": 0},
        {"top_p": 0.5},
        {"presence_penalty": 1},
        {"frequency_penalty": 1},
        {"logprobs": True, "top_logprobs": 3},
    ],
)
def test_what_has_no_effect_while_thinking_is_named(parameters):
    assert sent(**parameters) == ({}, list(parameters))
    off = {"thinking": {"type": "disabled"}}
    assert sent(reasoning_effort="none", **parameters) == (off | parameters, [])


@pytest.mark.parametrize("choice", ["required", NAMED])
def test_a_forced_choice_needs_thinking_off(choice):
    with pytest.raises(ValueError, match=r"^tool_choice .*reasoning_effort 'none'"):
        sent(tools=[WEATHER], tool_choice=choice)
    made, lost = sent(tools=[WEATHER], tool_choice=choice, reasoning_effort="none")
    assert (made["tool_choice"], lost) == (choice, [])


@pytest.mark.parametrize("choice", ["auto", "none"])
def test_other_choices_go_out(choice):
    made, lost = sent(tools=[WEATHER], tool_choice=choice)
    assert (made["tool_choice"], lost) == (choice, [])


@pytest.mark.parametrize("effort", [{}, {"reasoning_effort": "none"}])
def test_a_schema_becomes_json(effort):
    named = {"name": "a", "strict": True, "schema": {"type": "object"}}
    wanted = {"type": "json_schema", "json_schema": named}
    made, lost = sent(response_format=wanted, **effort)
    assert made["response_format"] == {"type": "json_object"}
    assert lost == ["response_format"]
    assert sent(response_format={"type": "json_object"})[1] == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"n": 2},
        {"seed": 0},
        {"logit_bias": {"50": 1}},
        {"parallel_tool_calls": False},
        {"user": "ann"},
        {"something_new": 1},
    ],
)
def test_what_has_no_counterpart_is_named(parameters):
    assert sent(**parameters) == ({}, list(parameters))


def test_what_is_the_same():
    parameters = {
        "stream": True,
        "stream_options": {"include_usage": True},
        "stop": ["END"],
        "max_tokens": 5,
        "tools": [WEATHER],
    }
    assert sent(**parameters) == (parameters, [])
    assert sent(max_completion_tokens=5) == ({"max_tokens": 5}, [])
    assert sent(n=1, seed=None, logprobs=False, presence_penalty=0) == ({}, [])


def test_strict_is_named():
    strict = {"type": "function", "function": WEATHER["function"] | {"strict": True}}
    assert sent(tools=[strict]) == ({"tools": [WEATHER]}, ["tools[0].function.strict"])


def test_a_developer_is_system_and_a_refusal_text():
    made = request(
        {
            "messages": [
                {"role": "developer", "content": "One word."},
                {"role": "user", "content": "Hi", "name": "ann"},
                {"role": "assistant", "content": None, "refusal": "No."},
            ]
        }
    )
    assert made.body["messages"] == [
        {"role": "system", "content": "One word."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "No."},
    ]
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "messages[0].role",
        "messages[1].name",
        "messages[2].refusal",
    ]


def test_a_refusal_among_parts_is_text():
    parts = [{"type": "text", "text": "Hm."}, {"type": "refusal", "refusal": "No."}]
    text = [{"type": "text", "text": "Hm."}, {"type": "text", "text": "No."}]
    for said in ({"content": parts}, {"content": "Hm.", "refusal": "No."}):
        body = {"messages": [{"role": "assistant", **said}]}
        before = copy.deepcopy(body)
        made = request(body)
        assert body == before
        assert made.body["messages"] == [{"role": "assistant", "content": text}]
        assert [sentence.split(":")[0] for sentence in made.lost] == ["messages[0].refusal"]


def test_nulls_of_an_sdk_say_nothing_and_a_signature_is_told():
    empty = {"refusal": None, "audio": None, "function_call": None, "annotations": []}
    signed = CALL | {"extra_content": {"google": {"thought_signature": "Abc"}}}
    history = [
        {"role": "assistant", "content": "Hello", "tool_calls": None} | empty,
        *tool_turn(tool_calls=[signed]),
    ]
    made = request({"messages": history})
    assert made.body["messages"] == [{"role": "assistant", "content": "Hello"}, *tool_turn()]
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "messages[2].tool_calls[0].extra_content"
    ]


BROKEN = CALL | {"function": {"name": "weather", "arguments": '{"city": "Os'}}


@pytest.mark.parametrize(
    ("history", "place"),
    [
        ([{"role": "function", "content": "x"}], "messages[0].role"),
        ([{"role": "user"}], "messages[0].content"),
        ([{"role": "user", "content": [{"type": "input_audio"}]}], "messages[0].content[0].type"),
        (
            [{"role": "assistant", "content": None, "tool_calls": [CALL, BROKEN]}],
            "messages[0].tool_calls[1].function.arguments",
        ),
        ([{"role": "tool", "tool_call_id": "z", "content": "x"}], "messages[0].tool_call_id"),
        ([], "messages"),
        (None, "messages"),
    ],
)
def test_what_cannot_be_carried_is_an_error(history, place):
    with pytest.raises(ValueError, match=r".") as caught:
        request({"messages": history})
    assert str(caught.value).startswith(f"{place} ")


def test_an_unknown_effort_is_an_error():
    with pytest.raises(ValueError, match=r"^reasoning_effort .*'utmost'"):
        sent(reasoning_effort="utmost")


def test_where_it_is_sent():
    assert DIALECT.address + DIALECT.path("deepseek-flash", True) == (
        "https://api.deepseek.com/chat/completions"
    )
    assert DIALECT.headers("k") == {"authorization": "Bearer k"}


TEXT = st.text(min_size=1, max_size=8)
TURNS = st.lists(
    TEXT.map(lambda text: [{"role": "user", "content": text}])
    | TEXT.map(lambda text: [{"role": "assistant", "content": text}])
    | TEXT.map(lambda text: tool_turn(reasoning_content=text)),
    min_size=1,
    max_size=5,
)


@given(TURNS)
@settings(max_examples=50, deadline=None)
def test_messages_come_back_as_they_were(turns):
    history = [message for turn in turns for message in turn]
    before = copy.deepcopy(history)
    made = request({"model": "deepseek-flash", "messages": history, "reasoning_effort": "none"})
    assert made.lost == ()
    back = openai_request(made.body)
    assert back.body == {
        "model": "deepseek-flash",
        "messages": before,
        "reasoning_effort": "none",
    }
