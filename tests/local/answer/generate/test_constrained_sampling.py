"""What a schema does to the tokens' distribution, and what it leaves as it is."""

import json
import math
import re

import pytest
from example_schemas import an_object
from response_formats import PERSON, TEXT, json_schema

FULL = {"x-samplers-full-logprobs": "true"}
EVERY = {"headers": FULL, "top_logprobs": 49152}
MANY = 8000  # a tenth of the work; what is compared is among them
ANY_OBJECT = {"response_format": json_schema({"type": "object"}, strict=False)}


def test_streamed_and_plain_are_one(endpoint):
    # the characters of 好😊 are parts of tokens, which the engine's events leave out
    messages = [{"role": "user", "content": "Repeat: 好😊好😊好😊"}]
    fields = {
        "response_format": json_schema(an_object(name=TEXT)),
        "max_tokens": 16,
        "seed": 0,
        "logit_bias": {48392: 8},
    }
    logprobs = {"logprobs": True, "top_logprobs": 1}
    plain = endpoint.choice(messages, **fields, **logprobs)
    stream = endpoint.streamed_choices(messages, **fields, **logprobs)
    text = "".join(choice["delta"].get("content") or "" for choice in stream)
    assert text == plain["message"]["content"]
    assert stream[-1]["finish_reason"] == plain["finish_reason"]

    objects = [choice["logprobs"] for choice in stream if choice["logprobs"]]
    entries = [entry for each in objects for entry in each["content"]]
    assert entries == plain["logprobs"]["content"]
    data = b"".join(bytes(entry["bytes"]) for entry in entries)
    assert data.decode(errors="replace").startswith('{"name":"')

    # without logprobs the engine answers in one call
    assert endpoint.choice(messages, **fields)["message"] == plain["message"]


@pytest.fixture(scope="module")
def plain(processed) -> dict[str, float]:
    """The first token's distribution without a schema."""
    return processed.top(PERSON, **EVERY)


@pytest.fixture(scope="module")
def masked(processed) -> dict[str, float]:
    """The same with a schema: the token must begin an object."""
    return processed.top(PERSON, **ANY_OBJECT, **EVERY)


def test_a_schema_removes_all_that_it_forbids_and_nothing_else(processed, plain, masked):
    """The rest is renormalised, in the model's own proportions."""
    assert set(masked) == {token for token in plain if token in masked and token.startswith("{")}
    assert sum(map(math.exp, masked.values())) == pytest.approx(1, abs=1e-4)
    likely = [token for token, logprob in masked.items() if logprob > -12]
    changes = [plain[token] - masked[token] for token in likely]
    assert len(changes) >= 3
    assert max(changes) - min(changes) < 0.01
    left = math.exp(max(changes))  # what the schema left of the model's probability
    assert 0 < left < 0.5

    hot = processed.top(PERSON, **ANY_OBJECT, **EVERY, temperature=2)
    for token in likely:
        assert hot[token] - hot["{"] == pytest.approx((masked[token] - masked["{"]) / 2, abs=0.01)


def test_the_mask_acts_on_draws_that_would_fit_without_it(processed):
    """llama.cpp alone applies a grammar only when a draw breaks it."""
    (brace,) = processed.tokenize("{")
    for seed in range(6):
        top = processed.top(PERSON, **ANY_OBJECT, logit_bias={brace: 3}, seed=seed)
        assert {token[0] for token in top} == {"{"}


def test_the_mask_comes_before_top_p(processed, masked):
    """top_p keeps the nucleus of what is allowed, not what is allowed of the nucleus."""
    nucleus = []
    mass = 0.0
    for token, logprob in sorted(masked.items(), key=lambda item: -item[1]):
        if mass < 0.9:
            nucleus.append(token)
        mass += math.exp(logprob)
    assert set(processed.top(PERSON, **ANY_OBJECT, **EVERY, top_p=0.9)) == set(nucleus)
    assert len(nucleus) > 1


@pytest.mark.parametrize("penalty", ["frequency_penalty", "presence_penalty"])
def test_a_penalty_counts_the_answer_only(processed, penalty):
    """The odds are those of a free answer: the engine's own penalty would count the prompt, too."""
    messages = [{"role": "user", "content": 'x xx xy y {"a":"xyx'}]
    fields = {"logprobs": True, "temperature": 2, penalty: 1.5, "seed": 8}
    schema = an_object(a=TEXT | {"pattern": "^[xy]*$"})
    drawn = processed.choice(
        messages,
        FULL,
        **fields,
        max_tokens=5,
        top_logprobs=9,
        response_format=json_schema(schema),
    )
    entries = drawn["logprobs"]["content"]
    compared = 0
    for i, entry in enumerate(entries[1:], 1):  # {"a":" is one token: then come x and y
        before = json.dumps([earlier["id"] for earlier in entries[:i]])
        headers = FULL | {"x-samplers-continue": before}
        free = processed.top(messages, headers, **fields, top_logprobs=MANY)
        first, *others = [item for item in entry["top_logprobs"] if item["logprob"] > -9]
        for other in others:
            odds = free[first["token"]] - free[other["token"]]
            assert first["logprob"] - other["logprob"] == pytest.approx(odds, abs=0.02)
            compared += 1
    assert compared > 3


def test_a_penalty_keeps_to_the_schema_and_to_the_functions(endpoint):
    fields = {"presence_penalty": 2, "temperature": 2, "seed": 4}
    schema = an_object(a=TEXT | {"pattern": "^[xy]{1,9}$"})
    answers = [
        endpoint.choice(PERSON, response_format=json_schema(schema), **fields),
        endpoint.choice(PERSON, response_format=json_schema(schema), **fields),
    ]
    assert answers[0] == answers[1]
    assert answers[0]["finish_reason"] == "stop"
    assert re.fullmatch("[xy]{1,9}", json.loads(answers[0]["message"]["content"])["a"])

    tools = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
    choice = endpoint.choice(PERSON, tools=tools, tool_choice="required", **fields)
    for call in choice["message"]["tool_calls"]:
        assert re.fullmatch("[xy]{1,9}", json.loads(call["function"]["arguments"])["a"])


def test_a_ban_cannot_break_a_schema(endpoint):
    words = ('{"', "{", '"', '":"', "}", '"}', '":', ":")
    banned = {token: -100 for word in words for token in endpoint.tokenize(word)}
    schema = an_object(a=TEXT | {"enum": ["b", "c"]})
    choice = endpoint.choice(PERSON, response_format=json_schema(schema), logit_bias=banned)
    assert json.loads(choice["message"]["content"])["a"] in ("b", "c")
    assert choice["finish_reason"] == "stop"
