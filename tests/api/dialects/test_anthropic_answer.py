"""Anthropic's answers as OpenAI's: what stopped them, texts, calls, thinking, usage."""

import json
from copy import deepcopy

import pytest

from samplers.api import Completion
from samplers.api.dialects.anthropic import answer, request

A = {"type": "text", "text": "A"}
B = {"type": "text", "text": "B"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Zürich"}}
THOUGHT = {"type": "thinking", "thinking": "Let me see", "signature": "AbCdEf"}


def message(*content, reason="end_turn", **fields):
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": list(content),
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 5},
        **fields,
    }


def made(*content, **fields):
    """The choice and what is lost; the input stays as it was."""
    body = message(*content, **fields)
    before = deepcopy(body)
    translated = answer(body)
    assert body == before
    return translated.body["choices"][0], translated.lost


def test_a_plain_answer():
    translated = answer(message({"type": "text", "text": "Rain."}))
    assert translated.body == {
        "id": "msg_1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Rain.", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 9,
            "completion_tokens": 5,
            "total_tokens": 14,
            "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    }
    assert translated.lost == ()
    assert Completion.from_wire(translated.body).text == "Rain."


@pytest.mark.parametrize(
    ("reason", "finish", "said"),
    [
        ("end_turn", "stop", 0),
        ("max_tokens", "length", 0),
        ("stop_sequence", "stop", 1),
        ("tool_use", "tool_calls", 0),
        ("refusal", "content_filter", 0),
        ("model_context_window_exceeded", "length", 1),
        ("pause_turn", "stop", 1),
        ("a_new_one", "stop", 1),
        (None, "stop", 1),
    ],
)
def test_AM5_what_stopped_it(reason, finish, said):
    choice, lost = made(A, reason=reason)
    assert choice["finish_reason"] == finish
    assert len(lost) == said


def test_AM5_the_string_that_stopped_it_is_said():
    choice, lost = made(A, reason="stop_sequence", stop_sequence="the")
    assert choice["finish_reason"] == "stop"
    assert len(lost) == 1
    assert "'the'" in lost[0]


def test_calls():
    other = {**CALL, "id": "toolu_2", "input": {}}
    choice, lost = made(CALL, other, reason="tool_use")
    assert choice["message"]["content"] is None
    first, second = choice["message"]["tool_calls"]
    assert first["id"] == "toolu_1"
    assert first["type"] == "function"
    assert first["function"] == {"name": "weather", "arguments": '{"city": "Zürich"}'}
    assert second["function"]["arguments"] == "{}"
    assert lost == ()


def test_AM7_calls_without_an_id_get_different_ones():
    choice, _ = made({**CALL, "id": ""}, {**CALL, "id": None}, CALL, reason="tool_use")
    ids = [call["id"] for call in choice["message"]["tool_calls"]]
    assert len(set(ids)) == 3
    assert all(ids)
    assert ids[2] == "toolu_1"


def test_a_cut_call_is_said():
    _, lost = made(A, CALL, reason="max_tokens")
    assert "cut" in lost[0]


def test_AM11_both_texts_around_a_call():
    choice, lost = made(A, CALL, B, reason="tool_use")
    assert choice["message"]["content"] == "A\nB"
    assert len(choice["message"]["tool_calls"]) == 1
    assert "order" in lost[0]


def test_a_sentence_that_citations_cut_is_one_again():
    cited = {"type": "text", "text": "It is ", "citations": [{"type": "char_location"}]}
    choice, lost = made(cited, {"type": "text", "text": ""}, {"type": "text", "text": "wet."})
    assert choice["message"]["content"] == "It is wet."
    assert lost[0].startswith("content[0].citations")


@pytest.mark.parametrize("content", [[], [{"type": "text", "text": ""}]])
def test_AM3_an_answer_without_text(content):
    choice, lost = made(*content)
    assert choice["message"]["content"] == ""
    assert lost == ()

    choice, _ = made(*content, CALL, reason="tool_use")
    assert choice["message"]["content"] is None


def test_AM9_thinking_goes_back_as_it_came():
    hidden = {"type": "redacted_thinking", "data": "xyz"}
    choice, lost = made(THOUGHT, hidden, A, CALL, reason="tool_use")
    said = choice["message"]
    assert said["content"] == "A"
    assert said["reasoning_content"] == "Let me see"
    assert lost == ()

    history = [{"role": "user", "content": "x"}, said]
    history.append({"role": "tool", "tool_call_id": "toolu_1", "content": "rain"})
    again = request({"max_tokens": 9, "messages": history})
    assert again.body["messages"][1]["content"] == [THOUGHT, hidden, A, CALL]
    assert again.lost == ()


def test_AM9_thinking_that_is_not_shown_keeps_its_signature():
    choice, _ = made({**THOUGHT, "thinking": ""}, A)
    assert "reasoning_content" not in choice["message"]
    assert choice["message"]["thinking_blocks"][0]["signature"] == "AbCdEf"


def test_a_refusal():
    details = {"type": "refusal", "category": "bio", "explanation": "Not this."}
    choice, lost = made(A, reason="refusal", stop_details=details)
    assert choice["finish_reason"] == "content_filter"
    assert choice["message"]["content"] == "A"
    assert choice["message"]["refusal"] == "Not this."
    assert [line.split(":")[0] for line in lost] == ["stop_details.category"]

    choice, lost = made(reason="refusal", stop_details=None)
    assert choice["message"] == {"role": "assistant", "content": "", "refusal": None}
    assert lost == ()


def test_usage_with_cached_tokens():
    usage = {
        "input_tokens": 3,
        "cache_read_input_tokens": 1000,
        "cache_creation_input_tokens": 200,
        "output_tokens": 50,
        "output_tokens_details": {"thinking_tokens": 30},
        "service_tier": "standard",
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    }
    translated = answer(message(A, usage=usage))
    counted = translated.body["usage"]
    assert counted["prompt_tokens"] == 1203
    assert counted["completion_tokens"] == 50
    assert counted["total_tokens"] == 1253
    assert counted["prompt_tokens_details"] == {"cached_tokens": 1000, "cache_write_tokens": 200}
    assert counted["completion_tokens_details"] == {"reasoning_tokens": 30}
    assert translated.body["service_tier"] == "default"
    assert translated.lost == ()

    read = Completion.from_wire(translated.body).usage
    assert (read.prompt_tokens, read.cached_tokens, read.cache_write_tokens) == (1203, 1000, 200)


def test_usage_with_nulls_or_without_counts():
    nulls = {"input_tokens": 3, "output_tokens": 1, "cache_read_input_tokens": None}
    assert answer(message(A, usage=nulls)).body["usage"]["prompt_tokens"] == 3
    for usage in (None, {}, {"output_tokens": 1}, {"input_tokens": 1}):
        assert answer(message(A, usage=usage)).body["usage"] is None


def test_what_openais_answer_has_no_place_for_is_named():
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    usage = {"input_tokens": 1, "output_tokens": 1, "server_tool_use": {"web_search_requests": 1}}
    cited = {**A, "citations": [{}]}
    choice, lost = made(search, cited, usage=usage, container={"id": "c"})
    assert choice["message"]["content"] == "A"
    places = [line.split(":")[0] for line in lost]
    expected = ["content[0]", "content[1].citations", "usage.server_tool_use", "container"]
    assert places == expected


@pytest.mark.parametrize(
    "body",
    [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        {},
        {**message(A), "content": None},
        {**message(A), "content": ["A"]},
        message({"type": "text"}),
        message({**CALL, "input": json.dumps({})}),
    ],
)
def test_what_is_no_answer_is_an_error(body):
    with pytest.raises(ValueError, match=r"^(type|content)\b"):
        answer(body)
