"""Thoughts in Gemini's form: how much the reasoning model thinks, and what that costs."""

import gemini_door
import pytest
from gemini_door import answer, chunks, refusal
from google.genai import types

from samplers.local.dialects.gemini.thinking import effort

FRANCE = "What is the capital of France?"


def config(most=40, **thinking) -> dict:
    return {"temperature": 0, "seed": 1, "maxOutputTokens": most, "thinkingConfig": thinking}


def test_ge5_nothing_said_yet(endpoint, reasoning):
    for response in (
        answer(reasoning, FRANCE, generationConfig=config(6, thinkingLevel="LOW")),
        chunks(reasoning, FRANCE, generationConfig=config(6, thinkingLevel="LOW"))[-1],
    ):
        candidate = response.candidates[0]
        assert candidate.content == types.Content(role="model")
        assert candidate.finish_reason == types.FinishReason.MAX_TOKENS
        usage = response.usage_metadata
        assert (usage.thoughts_token_count, usage.candidates_token_count) == (6, None)
        assert usage.total_token_count == usage.prompt_token_count + 6
        assert response.text is None


def test_thoughts_are_counted_apart(reasoning):
    response = answer(reasoning, FRANCE, generationConfig=config(40, thinkingBudget=40))
    usage = response.usage_metadata
    assert 0 < usage.thoughts_token_count <= 32
    assert usage.candidates_token_count > 0
    total = usage.prompt_token_count + usage.thoughts_token_count + usage.candidates_token_count
    assert usage.total_token_count == total
    assert response.model_version == reasoning.model
    assert "step by step" not in response.text


def test_a_budget_of_0_is_no_thought(endpoint, reasoning):
    plain = answer(endpoint, FRANCE, generationConfig=config(8))
    without = answer(reasoning, FRANCE, generationConfig=config(8, thinkingBudget=0))
    assert without.text == plain.text
    assert without.usage_metadata.thoughts_token_count is None
    assert answer(endpoint, FRANCE, generationConfig=config(1, thinkingBudget=0)).text


@pytest.mark.parametrize(
    ("thinking", "expected"),
    [
        ({}, "medium"),
        ({"thinking_level": "MINIMAL"}, "none"),
        ({"thinking_level": "HIGH"}, "high"),
        ({"thinking_budget": 0}, "none"),
        ({"thinking_budget": -1}, "medium"),
        ({"thinking_budget": 1}, "low"),
        ({"thinking_budget": 96}, "medium"),
        ({"thinking_budget": 191}, "medium"),
        ({"thinking_budget": 24576, "include_thoughts": False}, "xhigh"),
    ],
)
def test_how_much_it_thinks(thinking, expected):
    assert effort(thinking, reasoning=True) == expected


@pytest.mark.parametrize(
    ("thinking", "said"),
    [
        ({"thinkingBudget": 1024}, "Thinking budget is not supported for this model."),
        ({"thinkingBudget": -1}, "Thinking budget is not supported for this model."),
        ({"thinkingLevel": "low"}, "Thinking level is not supported for this model."),
        ({"thinkingLevel": "LOW", "thinkingBudget": 1}, "only set one of"),
        ({"thinkingBudget": -2}, "thinking_config.thinking_budget: must be"),
        ({"includeThoughts": True}, "include_thoughts: only enabled when thinking is enabled."),
    ],
)
def test_what_a_model_that_does_not_think_refuses(endpoint, thinking, said):
    body = gemini_door.body_of(FRANCE, generationConfig={"thinkingConfig": thinking})
    assert said in refusal(endpoint, body)


def test_thoughts_that_come_back_are_not_read(endpoint):
    thought = {"text": "secret " * 9, "thought": True, "thoughtSignature": "QUJD"}
    turns = [gemini_door.user("Hi"), gemini_door.model_turn(thought, "Hello!")]
    end = [gemini_door.user("Bye")]
    without = [turns[0], gemini_door.model_turn("Hello!")]
    counted = [gemini_door.tokens(endpoint, {"contents": each + end}) for each in (turns, without)]
    assert counted[0] == counted[1]


def test_the_models_say_who_thinks(endpoint):
    with gemini_door.client(endpoint) as client:
        assert [model.thinking for model in client.models.list()] == [None, True]


def test_thoughts_that_are_shown(reasoning):
    asked = config(40, thinkingLevel="LOW", includeThoughts=True)
    whole = answer(reasoning, FRANCE, generationConfig=asked)
    thought, text = whole.candidates[0].content.parts
    assert thought.thought is True
    assert text.thought is None
    assert whole.text == text.text  # the SDK's own text leaves the thoughts out
    hidden = answer(reasoning, FRANCE, generationConfig=config(40, thinkingLevel="LOW"))
    assert hidden.text == whole.text
    assert hidden.usage_metadata == whole.usage_metadata

    streamed = chunks(reasoning, FRANCE, generationConfig=asked)
    parts = [part for chunk in streamed for part in chunk.candidates[0].content.parts]
    assert "".join(part.text for part in parts if part.thought) == thought.text
    assert "".join(part.text for part in parts if not part.thought) == text.text
    assert len([part for part in parts if part.thought]) > 3
    kinds = [bool(part.thought) for part in parts]
    assert kinds == sorted(kinds, reverse=True)


def test_ge5_with_its_thoughts(reasoning):
    asked = config(6, thinkingLevel="LOW", includeThoughts=True)
    (candidate,) = answer(reasoning, FRANCE, generationConfig=asked).candidates
    assert [part.thought for part in candidate.content.parts] == [True]
    assert candidate.finish_reason == types.FinishReason.MAX_TOKENS


def test_a_call_after_thoughts(full_reasoning):
    calling = {"functionCallingConfig": {"mode": "ANY"}}
    asked = {"tools": gemini_door.TOOLS, "toolConfig": calling}
    asked["generationConfig"] = config(80, thinkingLevel="LOW", includeThoughts=True)
    whole = answer(full_reasoning, "What is the weather in Oslo?", **asked)
    streamed = chunks(full_reasoning, "What is the weather in Oslo?", **asked)
    for answers in ([whole], streamed):
        parts = [part for each in answers for part in each.candidates[0].content.parts]
        (call,) = [part.function_call for part in parts if part.function_call]
        assert call.name == "weather"
        assert parts[0].thought
