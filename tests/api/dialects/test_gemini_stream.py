"""Gemini's streams: what their events make together."""

import copy

from gemini_answers import USAGE, call_part, read, reply

from samplers.api.dialects.gemini import answer, whole


def test_GE1_two_calls_of_one_name_in_a_stream():
    events = [
        reply(call_part("Oslo"), finish=None),
        reply(call_part("Bergen"), finish=None),
        {"candidates": [{"finishReason": "STOP"}], "usageMetadata": USAGE},
    ]
    before = copy.deepcopy(events)
    made = read(whole(events))
    assert made.finish_reason == "tool_calls"
    assert [call.arguments for call in made.tool_calls] == [
        '{"city": "Oslo"}',
        '{"city": "Bergen"}',
    ]
    assert len({call.id for call in made.tool_calls}) == 2
    assert events == before


def test_a_stream_of_text_thoughts_and_calls():
    events = [
        reply({"text": "Let me", "thought": True}, finish=None) | {"responseId": "r1"},
        reply({"text": " see", "thought": True}, finish=None),
        reply({"text": "It"}, finish=None),
        reply({"text": " rains."}, finish=None),
        reply({"text": "", "thoughtSignature": "Abc"}, finish=None),
        reply(call_part("Oslo", id="g1") | {"thoughtSignature": "Def"}, finish=None),
        reply({"text": "Wait."}) | {"usageMetadata": USAGE | {"candidatesTokenCount": 40}},
    ]
    assert whole(iter(events)) == {
        "candidates": [
            {
                "content": {
                    "role": "model",
                    "parts": [
                        {"text": "Let me see", "thought": True},
                        {"text": "It rains.", "thoughtSignature": "Abc"},
                        call_part("Oslo", id="g1") | {"thoughtSignature": "Def"},
                        {"text": "Wait."},
                    ],
                },
                "finishReason": "STOP",
            }
        ],
        "usageMetadata": USAGE | {"candidatesTokenCount": 40},
        "modelVersion": "m",
        "responseId": "r1",
    }


def test_a_stream_of_two_candidates_without_an_index_of_zero():
    events = [
        {"candidates": [{"content": {"parts": [{"text": "a"}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "b"}]}, "index": 1}]},
        {"candidates": [{"content": {"parts": [{"text": "c"}]}, "finishReason": "STOP"}]},
        {"candidates": [{"finishReason": "STOP", "index": 1}]},
    ]
    assert [choice.text for choice in read(whole(events)).choices] == ["ac", "b"]


def test_a_signed_text_is_a_part_of_its_own():
    parts = [{"text": "a", "thoughtSignature": "Abc"}, {"text": "b", "thoughtSignature": "Def"}]
    made = whole([reply(part, finish=None) for part in parts])
    assert made["candidates"][0]["content"]["parts"] == parts


def test_counts_of_a_stream_that_come_once_stay():
    first = reply({"text": "a"}, finish=None)
    first["usageMetadata"] = USAGE | {"cachedContentTokenCount": 8}
    assert read(whole([first, reply({"text": "b"})])).usage.cached_tokens == 8


def test_a_stream_that_breaks_off_has_not_finished():
    made = answer(whole([reply({"text": "Hel"}, finish=None)]))
    assert made.body["choices"][0]["finish_reason"] is None
    assert made.body["choices"][0]["message"]["content"] == "Hel"
    assert len(made.lost) == 1
