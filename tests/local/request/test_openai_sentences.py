"""OpenAI's own sentences for wrong requests, word for word.

What OpenAI's API answered on 2026-08-30 (gpt-5.6), as a public project has recorded it.
"""

import pytest

from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError

GOOD = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
FUNCTION = {"type": "function", "function": {"name": "f"}}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"zzz_unknown": 1}, "Unknown parameter: 'zzz_unknown'."),
        ({"stor": 1}, "Unknown parameter: 'stor'. Did you mean 'stop' or 'store'?"),
        ({"temperatur": 1}, "Unknown parameter: 'temperatur'. Did you mean 'temperature'?"),
        ({"messagess": 1}, "Unknown parameter: 'messagess'."),
        (
            {"stream": True, "stream_options": {"bogus": 1}},
            "Unknown parameter: 'stream_options.bogus'.",
        ),
        (
            {"seed": 1.5},
            "Invalid type for 'seed': expected an integer, but got a decimal number instead.",
        ),
        (
            {"tools": "none"},
            "Invalid type for 'tools': expected an array of objects, but got a string instead.",
        ),
        (
            {"messages": [{"role": "user", "content": 7}]},
            "Invalid type for 'messages[0].content': expected one of a string or array of objects, "
            "but got an integer instead.",
        ),
        (
            {"service_tier": {"a": 1}},
            "Invalid type for 'service_tier': expected one of 'auto', 'default', 'fast', 'flex', "
            "or 'priority', but got an object instead.",
        ),
        (
            {"response_format": {"type": "bogus"}},
            "Invalid value: 'bogus'. "
            "Supported values are: 'json_object', 'json_schema', and 'text'.",
        ),
        (
            {"messages": [{"role": "bogus", "content": "ping"}]},
            "Invalid value: 'bogus'. Supported values are: 'system', 'assistant', 'user', "
            "'function', 'tool', and 'developer'.",
        ),
        (
            {"tools": [FUNCTION], "tool_choice": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'none', 'auto', and 'required'.",
        ),
        ({"tools": [{"type": "function"}]}, "Missing required parameter: 'tools[0].function'."),
        (
            {"metadata": {"k" * 70: "v"}},
            "Invalid property name in 'metadata': 'kkk...kkk' is too long. "
            "Expected a string with maximum length 64, but got a string with length 70 instead.",
        ),
        (
            {"top_logprobs": 1},
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
        ),
        (
            {"messages": [{"role": "user"}]},
            "Invalid value for 'content': expected a string, got null.",
        ),
        (
            {"messages": [{"role": "developer"}]},
            "Missing required parameter: 'messages[0].content'.",
        ),
    ],
)
def test_openais_own_sentences(fields, message):
    with pytest.raises(ApiError) as caught:
        parse(GOOD | fields, {}, 100)
    error = caught.value.body["error"]
    assert (caught.value.status, error["type"]) == (400, "invalid_request_error")
    assert error["message"] == message
