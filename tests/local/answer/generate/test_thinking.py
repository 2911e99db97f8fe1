"""The simulated reasoning model thinks before it answers: drawn, counted, bounded, never shown."""

import json
from dataclasses import replace

import pytest

from samplers.local.engine.seed import engine_seed
from samplers.local.request.scratchpad import MOST, NOTES, OPENING, SPARE, TEMPERATURE

FRANCE = [{"role": "user", "content": "What is the capital of France?"}]
STORY = [{"role": "user", "content": "Tell me a story."}]  # of which it thinks for long
SEED = 5
CONTINUE = "x-samplers-continue"
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
    "required": ["city"],
    "additionalProperties": False,
}
FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "city", "strict": True, "schema": CITY},
}


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


def reasoning_tokens(answer: dict) -> int:
    return answer["usage"]["completion_tokens_details"]["reasoning_tokens"]


def text(answer: dict, index: int = 0) -> str:
    return answer["choices"][index]["message"]["content"]


def test_the_plain_model_draws_the_same_thoughts_and_answer(endpoint, reasoning):
    """By another way: it continues the same tokens, and reads the thoughts as a message."""
    limit = MOST["low"]
    answer = reasoning.chat(seed=SEED, reasoning_effort="low", max_completion_tokens=limit + 8)

    begun = {CONTINUE: json.dumps(endpoint.tokenize(OPENING))}
    fields = {"seed": engine_seed(SEED, -2), "temperature": TEMPERATURE, "max_tokens": limit}
    thoughts = endpoint.chat(headers=begun, **fields)
    assert thoughts["usage"]["completion_tokens"] == reasoning_tokens(answer)

    notes = {"role": "system", "content": NOTES + text(thoughts)}
    left = limit + 8 - reasoning_tokens(answer)
    expected = endpoint.chat([notes, *FRANCE], seed=SEED, max_tokens=left)
    assert text(answer) == text(expected) != ""
    assert text(thoughts) not in text(answer)
    own = expected["usage"]["completion_tokens"]
    assert answer["usage"]["completion_tokens"] == reasoning_tokens(answer) + own


@pytest.mark.parametrize("limit", [1, 10])
def test_too_small_a_limit_leaves_no_answer(reasoning, limit):
    fields = {"max_completion_tokens": limit, "seed": 1}
    answer = reasoning.chat(**fields)
    assert (text(answer), answer["choices"][0]["finish_reason"]) == ("", "length")
    assert reasoning_tokens(answer) == answer["usage"]["completion_tokens"] == limit

    opening, end = reasoning.streamed_choices(**fields)
    assert (opening["delta"]["content"], end["finish_reason"]) == ("", "length")


def test_the_effort_and_the_limit_bound_the_thoughts(reasoning):
    fields = {"messages": STORY, "seed": 0, "max_completion_tokens": MOST["low"] + 4}
    low = reasoning.chat(**fields, reasoning_effort="low")
    assert reasoning_tokens(low) == MOST["low"]
    assert 0 < len(text(low)) < 40  # 4 tokens

    medium = reasoning.chat(**fields)
    assert reasoning_tokens(medium) == MOST["low"] + 4
    assert text(medium) == ""


def test_every_choice_thinks_and_a_stream_is_the_same(full):
    """Their thoughts end by themselves."""
    reasoning = replace(full, model=f"{full.model}-reasoning")
    fields = {"reasoning_effort": "low", "max_completion_tokens": 28}
    both = reasoning.chat(n=2, seed=3, **fields)
    whole = reasoning.chat(seed=3, **fields)
    options = {"stream_options": {"include_usage": True}}
    opening, *chunks, end, last = reasoning.chunks(seed=4, **fields, **options)

    assert opening["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert [list(delta) for delta in deltas] == [["content"]] * len(deltas)
    streamed = "".join(delta["content"] for delta in deltas)
    assert [text(both, 0), text(both, 1)] == [text(whole), streamed]
    assert "" not in (text(whole), streamed)
    assert end["choices"][0]["finish_reason"] == both["choices"][1]["finish_reason"]

    assert last["choices"] == []
    assert reasoning_tokens(both) == reasoning_tokens(whole) + reasoning_tokens(last)
    counts = [answer["usage"]["completion_tokens"] for answer in (whole, last)]
    assert both["usage"]["completion_tokens"] == sum(counts)


def test_the_answer_keeps_to_a_schema(reasoning):
    answer = reasoning.chat(response_format=FORMAT, reasoning_effort="low", seed=2)
    assert json.loads(text(answer))["city"] in ("Paris", "Rome")
    assert reasoning_tokens(answer) > 0


@pytest.mark.parametrize("fields", [{}, {"temperature": 0.5, "n": 2}, {"frequency_penalty": 1.5}])
def test_without_effort_it_is_the_plain_model(endpoint, reasoning, fields):
    fields = {"seed": 9, "max_completion_tokens": 12, "logprobs": True, "top_logprobs": 5, **fields}
    plain = endpoint.chat(**fields)
    none = reasoning.chat(**fields, reasoning_effort="none")
    assert none["choices"] == plain["choices"]
    assert reasoning_tokens(none) == 0
    assert none["usage"]["completion_tokens"] == plain["usage"]["completion_tokens"]


def test_the_prompt_counts_once(endpoint, reasoning):
    """Nobody is billed for what stands around the thoughts, or reads more from the cache."""
    prompt = endpoint.chat(max_tokens=1)["usage"]["prompt_tokens"]
    usage = reasoning.chat(max_completion_tokens=1)["usage"]
    assert usage["prompt_tokens"] == prompt
    assert usage["samplers_cached_tokens"] <= prompt


def test_no_tokens_to_begin_with(reasoning):
    headers = {CONTINUE: "[5]"}
    error = reasoning.post(headers=headers).json()["error"]
    assert (error["param"], error["code"]) == (CONTINUE, "unsupported_parameter")
    assert reasoning.text(headers=headers, reasoning_effort="none", max_completion_tokens=9)


def test_the_notes_have_room_in_the_context(endpoint, reasoning):
    """Or else a long prompt's answer would end before its limit."""
    prompt = endpoint.chat(max_tokens=1)["usage"]["prompt_tokens"]
    room = 4096 - SPARE - prompt
    error = reasoning.post(max_completion_tokens=room + 1).json()["error"]
    assert error["code"] == "context_length_exceeded"
    assert (
        f"{4096 - SPARE} tokens. However, you requested {4096 - SPARE + 1} tokens"
        in error["message"]
    )

    notes = {"role": "system", "content": NOTES}
    with endpoint.client() as client:
        bodies = [{"messages": FRANCE}, {"messages": [notes, *FRANCE]}, {"input": OPENING}]
        plain, longer, opening = [client.post("/tokenize", json=b).json()["count"] for b in bodies]
    assert max(longer - plain, opening) < SPARE - 16
