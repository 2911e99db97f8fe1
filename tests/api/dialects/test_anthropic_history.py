"""Conversations in Anthropic's form: turns, results, system messages, thinking."""

import pytest
from anthropic_requests import ASK, back, call, calls, made, refused, result, turns

from samplers.api.dialects.anthropic import openai_request

THOUGHT = {"type": "thinking", "thinking": "Let me see", "signature": "AbCdEf"}


def test_AM1_parallel_results_are_two_results_in_one_turn():
    history = [
        ASK,
        {**calls(), "tool_calls": [call("call_a", "Oslo"), call("call_b", "Bergen")]},
        result("call_a", "rain"),
        result("call_b", "sun"),
    ]

    translated = made(*history)

    assert translated.body["messages"] == [
        ASK,
        {
            "role": "assistant",
            "content": [
                {
                    "type": "tool_use",
                    "id": "call_a",
                    "name": "weather",
                    "input": {"city": "Oslo"},
                },
                {
                    "type": "tool_use",
                    "id": "call_b",
                    "name": "weather",
                    "input": {"city": "Bergen"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_a", "content": "rain"},
                {"type": "tool_result", "tool_use_id": "call_b", "content": "sun"},
            ],
        },
    ]
    assert translated.lost == ()
    assert back(translated.body) == history


def test_AM1_what_the_user_says_after_results_stays_behind_them():
    history = [ASK, calls("a", "b"), result("b"), result("a"), {"role": "user", "content": "And?"}]
    translated = made(*history)

    content = translated.body["messages"][2]["content"]
    assert [block.get("tool_use_id") for block in content] == ["b", "a", None]
    assert content[2] == {"type": "text", "text": "And?"}
    assert translated.lost == ()
    assert back(translated.body) == history


def test_AM1_results_come_before_a_text_between_them_and_that_is_said():
    translated = made(
        ASK, calls("a", "b"), result("a"), {"role": "user", "content": "Wait."}, result("b")
    )
    content = translated.body["messages"][2]["content"]
    assert [block["type"] for block in content] == ["tool_result", "tool_result", "text"]
    assert [block.get("tool_use_id") for block in content] == ["a", "b", None]
    assert "messages[4]" in translated.lost[0]


def test_AM1_results_in_two_turns_come_back_as_two_messages():
    results = [
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": text}]}
        for id, text in (("toolu_1", "rain"), ("toolu_2", "sun"))
    ]
    assert back({"messages": results}) == [result("toolu_1", "rain"), result("toolu_2", "sun")]


def test_AM1_a_result_alone_or_a_call_alone_is_named():
    assert refused(ASK, result("call_a")).startswith("messages[1].tool_call_id ")
    assert "'call_b'" in refused(ASK, calls("call_a"), result("call_b"))
    assert "'call_a'" in refused(ASK, calls("call_a"), result("call_a"), result("call_a"))

    late = [ASK, calls("a", "b"), result("a"), {"role": "assistant", "content": "Rain."}]
    assert refused(*late).startswith("messages[1].tool_calls[1] ")
    assert "messages[1].tool_calls[0]" in refused(ASK, calls("a"), ASK)
    assert "messages[3]" in refused(ASK, calls("a"), result("a"), result("b"))


def test_a_history_that_ends_with_a_call_is_kept_and_that_is_said():
    translated = made(ASK, calls("a"))
    assert translated.body["messages"][1]["content"][0]["id"] == "a"
    assert "no results yet" in translated.lost[0]


def test_AM9_thinking_goes_back_unchanged_and_first():
    hidden = {"type": "redacted_thinking", "data": "xyz"}
    message = calls("a", content="Sure.", thinking_blocks=[THOUGHT, hidden])
    translated = made(ASK, {**message, "reasoning_content": "Let me see"}, result("a"))
    content = translated.body["messages"][1]["content"]
    assert content[:2] == [THOUGHT, hidden]
    assert [block["type"] for block in content[2:]] == ["text", "tool_use"]
    assert translated.lost == ()
    assert back(translated.body)[1]["thinking_blocks"] == [THOUGHT, hidden]


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning_content": "r"},
        {"thinking_blocks": [{"type": "thinking", "thinking": "r"}]},
        {"thinking_blocks": [{"type": "thinking", "thinking": "r", "signature": ""}]},
        {"thinking_blocks": [{"type": "redacted_thinking", "data": ""}]},
    ],
)
def test_AM9_thinking_without_a_signature_is_not_sent_and_that_is_said(fields):
    translated = made(ASK, {"role": "assistant", "content": "A", **fields}, ASK)
    assert translated.body["messages"][1] == {"role": "assistant", "content": "A"}
    assert "signature" in translated.lost[0]
    assert next(iter(fields)) in translated.lost[0]


def test_AM11_no_system_message_is_lost_and_its_place_is_said():
    translated = made(
        {"role": "system", "content": "One."},
        {"role": "developer", "content": [{"type": "text", "text": "Two."}]},
        ASK,
        {"role": "assistant", "content": "Rain."},
        {"role": "system", "content": "Three."},
        {"role": "user", "content": "And now?"},
    )
    texts = [{"type": "text", "text": text} for text in ("One.", "Two.", "Three.")]
    assert translated.body["system"] == texts
    assert [turn["role"] for turn in translated.body["messages"]] == ["user", "assistant", "user"]
    assert [line.split(":")[0] for line in translated.lost] == ["messages[1].role", "messages[4]"]
    assert "system" in translated.lost[1]


def test_AM11_blocks_of_system_do_not_run_together():
    system = [
        {"type": "text", "text": "Answer in one word."},
        {"type": "text", "text": "Use capitals.", "cache_control": {"type": "ephemeral"}},
    ]
    translated = openai_request({"system": system, "messages": [ASK]})
    assert translated.body["messages"] == [
        {"role": "system", "content": "Answer in one word."},
        {"role": "system", "content": "Use capitals."},
        ASK,
    ]
    assert translated.lost[0].startswith("system[1].cache_control")


def test_a_system_message_between_anthropics_turns_keeps_its_place():
    turns = [ASK, {"role": "system", "content": "Shorter."}]
    assert back({"messages": turns}) == turns


def test_messages_of_one_role_in_a_row_are_one_turn_and_that_is_said():
    translated = made(ASK, {"role": "user", "content": "In Oslo."}, {"role": "assistant"}, ASK)
    (turn,) = translated.body["messages"]
    assert [block["text"] for block in turn["content"]] == ["Weather?", "In Oslo.", "Weather?"]
    assert [line.split(":")[0] for line in translated.lost] == [
        "messages[1]",
        "messages[2]",
        "messages[3]",
    ]


def test_no_message_is_invented_before_a_first_one_of_the_assistant():
    greeting = {"role": "assistant", "content": "Hello."}
    assert turns(greeting, ASK) == [greeting, ASK]


def test_the_beginning_of_an_answer_is_kept_without_its_last_spaces():
    translated = made(ASK, {"role": "assistant", "content": "It is \n"})
    assert translated.body["messages"][1]["content"] == "It is"
    assert "continues" in translated.lost[0]
    assert "spaces" in translated.lost[1]

    again = openai_request(translated.body)
    assert again.body["messages"][1] == {"role": "assistant", "content": "It is"}
    assert "continues" in again.lost[0]


def test_a_refusal_is_sent_as_text_and_that_is_said():
    field = made(ASK, {"role": "assistant", "content": None, "refusal": "No."}, ASK)
    part = {"type": "refusal", "refusal": "No."}
    in_parts = made(ASK, {"role": "assistant", "content": [part]}, ASK)
    for translated in (field, in_parts):
        assert translated.body["messages"][1]["content"] == "No."
        assert "refusal" in translated.lost[0]


def test_an_answer_of_openais_own_goes_back_without_a_word():
    message = {"role": "assistant", "content": "Rain.", "refusal": None, "annotations": []}
    translated = made(ASK, {**message, "audio": None, "function_call": None}, ASK)
    assert translated.lost == ()
