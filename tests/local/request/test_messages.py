"""The messages of a request: each alone, and the sequence of calls and their results."""

import json

import pytest

from samplers.local.request.errors import ApiError
from samplers.local.request.messages import messages

USER = {"role": "user", "content": "Hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
CALLER = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TWO_CALLS = CALLER | {"tool_calls": [CALL, CALL | {"id": "c2"}]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "ok"}


def refusal(value) -> dict:
    with pytest.raises(ApiError) as caught:
        messages("messages", value)
    assert caught.value.status == 400
    error = caught.value.body["error"]
    assert error["type"] == "invalid_request_error"
    return error


@pytest.mark.parametrize(
    ("message", "param", "code"),
    [
        ("Hi", "messages[0]", "invalid_type"),
        ({"content": "Hi"}, "messages[0].role", "missing_required_parameter"),
        ({"role": "user"}, "messages.[0].content", None),
        ({"role": "user", "content": None}, "messages.[0].content", None),
        ({"role": "developer", "content": None}, "messages[0].content", "invalid_type"),
        ({"role": "developer"}, "messages[0].content", "missing_required_parameter"),
        ({"role": "robot", "content": "Hi"}, "messages[0].role", "invalid_value"),
        ({"role": ["user"], "content": "Hi"}, "messages[0].role", "invalid_value"),
        (
            {"role": "function", "content": "Hi", "name": "f"},
            "messages[0].role",
            "unsupported_value",
        ),
        (
            {"role": "tool", "content": "Hi"},
            "messages[0].tool_call_id",
            "missing_required_parameter",
        ),
        (
            {"role": "user", "content": "Hi", "tool_call_id": "1"},
            "messages[0].tool_call_id",
            "unknown_parameter",
        ),
        ({"role": "assistant", "tool_calls": []}, "messages[0].tool_calls", "empty_array"),
        (
            {"role": "assistant", "tool_calls": [{"id": "1"}]},
            "messages[0].tool_calls[0].type",
            "missing_required_parameter",
        ),
        ({"role": "user", "content": "Hi", "colour": 1}, "messages[0].colour", "unknown_parameter"),
        (
            {"role": "user", "content": [{"type": "file"}]},
            "messages[0].content[0].type",
            "unsupported_value",
        ),
        (
            {"role": "user", "content": [{"type": "text"}]},
            "messages[0].content[0].text",
            "missing_required_parameter",
        ),
        (
            {"role": "user", "content": [{"type": "refusal", "refusal": "no"}]},
            "messages[0].content[0].type",
            "invalid_value",
        ),
    ],
)
def test_a_wrong_message_is_refused_by_place(message, param, code):
    error = refusal([message])
    assert (error["param"], error["code"]) == (param, code)


def test_messages_are_reduced_to_roles_and_text():
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    conversation = [
        {"role": "developer", "content": "d", "name": "n"},
        {"role": "user", "content": parts},
        {"role": "assistant", "content": None, "refusal": "no"},
        {"role": "user", "content": []},
    ]
    assert messages("messages", conversation) == [
        {"role": "system", "content": "d"},
        {"role": "user", "content": "ab"},
        {"role": "assistant", "content": "no"},
        {"role": "user", "content": ""},
    ]


def test_calls_and_results_go_into_the_conversation():
    checked = messages("messages", [USER, CALLER | {"content": "So:"}, RESULT, USER])
    assert checked[1] == {"role": "assistant", "content": 'So:[{"name":"f","arguments":{"a":1}}]'}
    assert checked[2] == {"role": "tool", "content": "ok"}


@pytest.mark.parametrize("arguments", ["{oops", r'{"a":"\ud800"}', "[" * 990 + "]" * 990])
def test_arguments_that_no_prompt_can_hold_are_a_string(arguments):
    broken = CALL | {"function": {"name": "f", "arguments": arguments}}
    checked = messages("messages", [USER, CALLER | {"tool_calls": [broken]}, RESULT])
    text = json.dumps(arguments)
    assert checked[1]["content"] == f'[{{"name":"f","arguments":{text}}}]'
    checked[1]["content"].encode()


@pytest.mark.parametrize(
    ("conversation", "param", "text"),
    [
        (
            [USER, RESULT],
            "messages.[1].role",
            "must be a response to a preceeding message with 'tool_calls'",
        ),
        ([USER, CALLER], "messages.[1].role", "did not have response messages: c1"),
        ([USER, CALLER, USER, RESULT], "messages.[1].role", "did not have response messages: c1"),
        (
            [CALLER, RESULT | {"tool_call_id": "c2"}],
            "messages.[1].tool_call_id",
            "'c2' not found in 'tool_calls'",
        ),
        (
            [CALLER | {"tool_calls": [CALL, CALL | {"id": "c2"}]}, RESULT, USER],
            "messages.[0].role",
            "did not have response messages: c2",
        ),
        ([CALLER, RESULT, USER, RESULT], "messages.[3].role", "must be a response"),
        (
            [USER, CALLER, RESULT, RESULT],
            "messages.[3].tool_call_id",
            "Duplicate value for 'tool_call_id' of 'c1', in messages[2] and messages[3].",
        ),
        (
            [TWO_CALLS, RESULT, RESULT | {"tool_call_id": "c2"}, RESULT],
            "messages.[3].tool_call_id",
            "in messages[1] and messages[3].",
        ),
        (
            [CALLER | {"tool_calls": [CALL, CALL]}, RESULT],
            "messages[0].tool_calls[1].id",
            "Duplicate value for 'id' of 'c1'",
        ),
    ],
)
def test_the_sequence_of_calls_and_results(conversation, param, text):
    error = refusal(conversation)
    assert (error["param"], error["code"]) == (param, None)
    assert text in error["message"]


def test_another_turn_may_use_an_id_again():
    """Servers that number the calls of each answer from 0 do."""
    assert len(messages("messages", [CALLER, RESULT, USER, CALLER, RESULT])) == 5


def test_a_long_id_of_a_call():
    error = refusal([CALLER | {"tool_calls": [CALL | {"id": "c" * 41}]}])
    assert error["param"] == "messages[0].tool_calls[0].id"
    assert error["code"] == "string_above_max_length"
