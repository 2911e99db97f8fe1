"""OpenAI's messages, and what the Anthropic dialect makes of them."""

import json
from copy import deepcopy

import pytest

from samplers.api.dialects.anthropic import openai_request, request

ASK = {"role": "user", "content": "Weather?"}


def call(id, city="Oslo"):
    function = {"name": "weather", "arguments": json.dumps({"city": city})}
    return {"id": id, "type": "function", "function": function}


def calls(*ids, content=None, **fields):
    tool_calls = [call(id) for id in ids]
    return {"role": "assistant", "content": content, "tool_calls": tool_calls, **fields}


def result(id, content="rain"):
    return {"role": "tool", "tool_call_id": id, "content": content}


def made(*messages):
    """The request's translation; the input stays as it was."""
    body = {"model": "m", "max_tokens": 9, "messages": list(messages)}
    before = deepcopy(body)
    translated = request(body)
    assert body == before
    return translated


def turns(*messages):
    return made(*messages).body["messages"]


def back(body):
    return openai_request(body).body["messages"]


def refused(*messages):
    with pytest.raises(ValueError, match=r"^messages") as caught:
        made(*messages)
    return str(caught.value)
