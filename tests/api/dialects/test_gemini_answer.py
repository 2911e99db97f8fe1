"""Gemini's answers as a chat.completion."""

import pytest
from gemini_answers import USAGE, call_part, read, reply

from samplers.api.dialects.gemini import answer, whole
from samplers.api.results import Completion


def test_a_text():
    body = reply({"text": "Hello"}, {"text": " there"}, responseId="r1")
    made = answer(body)
    assert made.lost == ()
    assert made.body == {
        "id": "r1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello there", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 9,
            "completion_tokens": 4,
            "total_tokens": 13,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
    }


def test_GE1_two_calls_of_one_name_in_an_answer():
    body = reply(call_part("Oslo"), call_part("Bergen"))
    made = read(body)
    assert made.finish_reason == "tool_calls"
    assert [call.arguments for call in made.tool_calls] == [
        '{"city": "Oslo"}',
        '{"city": "Bergen"}',
    ]
    ids = [call.id for call in made.tool_calls]
    assert len(set(ids)) == 2
    assert "weather" not in ids
    assert [call.id for call in read(body).tool_calls] == ids
    other = read(body | {"usageMetadata": USAGE | {"promptTokenCount": 30}})
    assert not set(ids) & {call.id for call in other.tool_calls}


def test_GE1_ids_that_came_are_kept():
    made = read(reply(call_part("Oslo", id="g1"), call_part("Bergen", id="g2")))
    assert [call.id for call in made.tool_calls] == ["g1", "g2"]


GE5_USAGE = {"promptTokenCount": 9, "thoughtsTokenCount": 29, "totalTokenCount": 38}


@pytest.mark.parametrize(
    "candidate",
    [
        {"content": {"role": "model"}, "finishReason": "MAX_TOKENS"},
        {"content": {"role": "model", "parts": []}, "finishReason": "MAX_TOKENS"},
        {"content": None, "finishReason": "MAX_TOKENS"},
        {"finishReason": "MAX_TOKENS"},
    ],
)
def test_GE5_the_limit_before_the_first_word(candidate):
    body = {"candidates": [candidate], "usageMetadata": GE5_USAGE}
    for made in (read(body), read(whole([body]))):
        assert (made.text, made.finish_reason) == ("", "length")
        usage = made.usage
        assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (9, 29, 38)
        assert usage.reasoning_tokens == 29


@pytest.mark.parametrize("candidates", [{}, {"candidates": []}, {"candidates": None}])
def test_GE5_a_blocked_prompt(candidates):
    body = {"promptFeedback": {"blockReason": "SAFETY"}, **candidates, "usageMetadata": USAGE}
    made = answer(body)
    assert Completion.from_wire(made.body).finish_reason == "content_filter"
    assert Completion.from_wire(made.body).text == ""
    assert made.lost == ("promptFeedback.blockReason: SAFETY became content_filter.",)


def test_an_answer_of_nothing_has_not_finished():
    made = answer({})
    assert made.body["choices"][0]["finish_reason"] is None
    assert len(made.lost) == 1
    assert "usage" not in made.body


def test_no_count_of_the_answer_is_what_the_total_has_more():
    body = reply({"text": "a"}) | {"usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 38}}
    assert read(body).usage.completion_tokens == 29


def test_thoughts_and_cached_tokens_are_counted():
    counts = {
        "promptTokenCount": 100,
        "toolUsePromptTokenCount": 10,
        "cachedContentTokenCount": 64,
        "candidatesTokenCount": 5,
        "thoughtsTokenCount": 7,
        "totalTokenCount": 122,
    }
    usage = read(reply({"text": "a"}) | {"usageMetadata": counts}).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (110, 12, 122)
    assert (usage.cached_tokens, usage.reasoning_tokens) == (64, 7)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"),
        ("PROHIBITED_CONTENT", "content_filter"),
        ("SPII", "content_filter"),
        ("BLOCKLIST", "content_filter"),
        ("IMAGE_SAFETY", "content_filter"),
        ("ESCALATION", "content_filter"),
        ("CONTINUATION", "length"),
        ("OTHER", "stop"),
        ("MALFORMED_FUNCTION_CALL", "stop"),
        ("SOMETHING_NEW", "stop"),
    ],
)
def test_reasons_that_openai_has_not_are_told(reason, finish):
    made = answer(reply(finish=reason))
    assert made.body["choices"][0]["finish_reason"] == finish
    assert made.lost == (f"candidates[0].finishReason: {reason} became {finish}.",)


def test_a_limit_in_a_call_is_length():
    assert read(reply(call_part("Oslo"), finish="MAX_TOKENS")).finish_reason == "length"


def test_thoughts_are_beside_the_text():
    message = answer(reply({"text": "Hmm", "thought": True}, {"text": "Yes"})).body["choices"][0][
        "message"
    ]
    assert message["content"] == "Yes"
    assert message["reasoning_content"] == "Hmm"


def test_logprobs():
    steps = {
        "chosenCandidates": [
            {"token": "é", "tokenId": 1, "logProbability": -0.5},
            {"token": "!", "tokenId": 2},
        ],
        "topCandidates": [
            {"candidates": [{"token": "é", "logProbability": -0.5}]},
            {"candidates": [{"token": "?", "logProbability": -3.0}]},
        ],
    }
    body = reply({"text": "é!"})
    body["candidates"][0]["logprobsResult"] = steps
    assert answer(body).body["choices"][0]["logprobs"]["content"] == [
        {
            "token": "é",
            "logprob": -0.5,
            "bytes": [195, 169],
            "top_logprobs": [{"token": "é", "logprob": -0.5, "bytes": [195, 169]}],
        },
        {
            "token": "!",
            "logprob": 0.0,
            "bytes": [33],
            "top_logprobs": [{"token": "?", "logprob": -3.0, "bytes": [63]}],
        },
    ]


def test_the_time_where_it_is_told():
    made = answer(reply({"text": "a"}) | {"createTime": "1970-01-02T00:00:00.5Z"})
    assert (made.body["created"], made.lost) == (24 * 60 * 60, ())


def test_tokens_of_sound_are_counted_and_those_of_pictures_told():
    details = [
        {"modality": "TEXT", "tokenCount": 4},
        {"modality": "AUDIO", "tokenCount": 3},
        {"modality": "IMAGE", "tokenCount": 2},
    ]
    counts = USAGE | {
        "promptTokensDetails": details,
        "candidatesTokensDetails": details[:2],
        "trafficType": "ON_DEMAND",
    }
    made = answer(reply({"text": "a"}) | {"usageMetadata": counts})
    assert made.body["usage"]["prompt_tokens_details"]["audio_tokens"] == 3
    assert made.body["usage"]["completion_tokens_details"]["audio_tokens"] == 3
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "usageMetadata.trafficType",
        "usageMetadata.promptTokensDetails",
    ]


def test_several_candidates():
    two = [
        {"index": 1, "content": {"parts": [{"text": "b"}]}, "finishReason": "STOP"},
        {"content": {"parts": [{"text": "a"}]}, "index": 0, "finishReason": "MAX_TOKENS"},
    ]
    made = read({"candidates": two})
    assert [(c.text, c.finish_reason) for c in made.choices] == [("a", "length"), ("b", "stop")]


def test_what_a_chat_completion_cannot_hold_is_told():
    body = reply({"text": "A cat:"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}})
    body["candidates"][0]["groundingMetadata"] = {"webSearchQueries": ["cat"]}
    made = answer(body | {"modelStatus": {}})
    assert made.body["choices"][0]["message"]["content"] == "A cat:"
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "candidates[0].content.parts[1].inlineData",
        "candidates[0].groundingMetadata",
        "modelStatus",
    ]


def test_an_error_is_no_answer():
    error = {"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}
    with pytest.raises(ValueError, match="Overloaded"):
        answer(error)
    with pytest.raises(ValueError, match="Overloaded"):
        answer(whole([reply({"text": "Hel"}, finish=None), error]))
