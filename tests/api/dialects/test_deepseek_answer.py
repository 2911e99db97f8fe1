"""DeepSeek's answers and streams as a chat.completion."""

import copy

import pytest

from samplers.api.dialects.deepseek import answer, whole
from samplers.api.results import Completion

CALL = {
    "id": "call_a",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}


def test_DG1_reasoning_is_never_in_the_text():
    message = {
        "role": "assistant",
        "content": "Hello",
        "reasoning_content": "r",
        "tool_calls": [CALL],
    }
    came = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    made = answer(came)
    assert made.lost == ()
    assert made.body["choices"][0]["message"] == message
    assert Completion.from_wire(made.body).text == "Hello"


def test_cached_tokens_and_a_cut_answer():
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 5,
        "total_tokens": 105,
        "prompt_cache_hit_tokens": 64,
        "prompt_cache_miss_tokens": 36,
    }
    message = {"role": "assistant", "content": "Hel"}
    choice = {"index": 0, "message": message, "finish_reason": "insufficient_system_resource"}
    made = answer({"id": "1", "choices": [choice], "usage": usage})
    read = Completion.from_wire(made.body)
    assert (read.usage.cached_tokens, read.finish_reason) == (64, "length")
    assert made.lost == ("choices[0].finish_reason: insufficient_system_resource became length.",)


def test_an_error_is_no_answer():
    with pytest.raises(ValueError, match="tool_choice"):
        answer({"error": {"message": "Thinking mode does not support this tool_choice"}})


def chunk(delta: dict, finish=None, **more) -> dict:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {"id": "1", "object": "chat.completion.chunk", "choices": [choice], **more}


def test_a_stream_of_thoughts_text_and_a_call():
    function = {"name": "weather", "arguments": ""}
    piece = {"index": 0, "id": "call_a", "type": "function", "function": function}
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    events = [
        chunk({"role": "assistant", "content": None, "reasoning_content": "Let me"}),
        chunk({"reasoning_content": " see", "content": None}),
        chunk({"content": "It", "reasoning_content": None}),
        chunk({"content": " may."}),
        chunk({"tool_calls": [piece]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"city"'}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ': "Oslo"}'}}]}),
        chunk({"content": ""}, "tool_calls"),
        chunk({}, usage=usage),
    ]
    before = copy.deepcopy(events)
    made = whole(iter(events))
    assert events == before
    assert made["object"] == "chat.completion"
    assert made["usage"] == usage
    assert made["choices"] == [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "It may.",
                "reasoning_content": "Let me see",
                "tool_calls": [CALL],
            },
            "logprobs": None,
            "finish_reason": "tool_calls",
        }
    ]
    assert answer(made).body == made | {"created": 0, "model": ""}
