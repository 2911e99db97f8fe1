"""The form in which a model takes a request to Responses.

The rules are from the same probes of others as Chat's (gpt-5.6-terra, gpt-6-luna, 2026).
"""

import pytest

from samplers.api import as_taken
from samplers.api.forms.responses import GONE, MOVED

PROFILE = "smollm2-135m-instruct-reasoning"
NONE = {"reasoning": {"effort": "none"}}
LOGPROBS = ["message.output_text.logprobs"]


def form(model="gpt-6-luna", at_openai=False, **params) -> dict:
    """What a body with these parameters becomes, without its model and input."""
    taken = as_taken({"model": model, "input": "x", **params}, at_openai=at_openai)
    return {name: value for name, value in taken.items() if name not in ("model", "input")}


def refusal(model="gpt-6-luna", **params) -> str:
    with pytest.raises(ValueError, match=r"\S") as caught:
        form(model, **params)
    return str(caught.value)


def test_a_plain_call_does_not_reason():
    assert form(max_output_tokens=16) == {"max_output_tokens": 16} | NONE
    assert form(PROFILE) == NONE
    assert form("gpt-6.2-sol") == {}  # it has no effort none
    assert form("gpt-4.1-mini") == {}
    summary = {"summary": "auto"}
    assert form(reasoning=summary) == {"reasoning": summary | {"effort": "none"}}


@pytest.mark.parametrize("effort", ["none", "low", "medium", "high", "xhigh", "max"])
def test_an_effort_that_is_named_stays(effort):
    assert form(reasoning={"effort": effort}) == {"reasoning": {"effort": effort}}


def test_an_effort_that_the_model_has_not():
    text = refusal(reasoning={"effort": "minimal"})
    assert "gpt-6-luna takes no reasoning={'effort': 'minimal'}, only none, low" in text
    assert ", xhigh, max" in text
    assert "takes no reasoning; gpt-6-luna does" in refusal("gpt-4.1", reasoning={"effort": "low"})
    assert form("gpt-4.1", reasoning={"effort": "none"}) == {}
    assert form("gpt-5.2", reasoning={"effort": "odd"}) == {"reasoning": {"effort": "odd"}}
    assert form(reasoning=None, temperature=0.5) == NONE | {"temperature": 0.5}
    assert form(reasoning="low") == {"reasoning": "low"}  # the endpoint says what it must be


@pytest.mark.parametrize(
    ("name", "default", "value"),
    [
        ("temperature", 1, 0.7),
        ("top_p", 1, 0.5),
        ("presence_penalty", 0, 0.5),
        ("frequency_penalty", 0, 0.5),
        ("top_logprobs", 0, 3),
    ],
)
def test_sampling_is_taken_with_effort_none_alone(name, default, value):
    low = {"reasoning": {"effort": "low"}}
    assert form(**{name: value}) == {name: value} | NONE
    assert form(**{name: default}, **low) == low
    text = refusal(**{name: value}, **low)
    assert f"gpt-6-luna takes {name} only with reasoning={{'effort': 'none'}}" in text
    assert f"got {name}={value} beside reasoning={{'effort': 'low'}}" in text
    assert name in refusal(PROFILE, **{name: value}, **low)

    assert form("gpt-6.2-sol", **{name: default}) == {}
    text = refusal("gpt-6.2-sol", **{name: value})
    assert (
        text == f"gpt-6.2-sol takes no {name}; gpt-6-luna does with reasoning={{'effort': 'none'}}"
    )
    assert form("gpt-4.1-mini", **{name: value}) == {name: value}


def test_logprobs_are_asked_for_by_include():
    assert form(include=LOGPROBS) == {"include": LOGPROBS} | NONE
    text = refusal(include=LOGPROBS, reasoning={"effort": "low"})
    assert "takes logprobs only with reasoning={'effort': 'none'}, got include=[" in text
    assert "gpt-6.2-sol takes no logprobs" in refusal("gpt-6.2-sol", include=LOGPROBS)
    other = ["reasoning.encrypted_content"]
    assert form("gpt-6.2-sol", include=other) == {"include": other}
    assert form(top_logprobs=20)["top_logprobs"] == 5
    assert form("gpt-4.1", top_logprobs=20)["top_logprobs"] == 20


def test_functions_are_taken_at_any_effort():
    tools = {"tools": [{"type": "function", "name": "f", "parameters": {}, "strict": False}]}
    high = {"reasoning": {"effort": "high"}}
    assert form(**tools, **high) == tools | high
    assert form("gpt-6.2-sol", **tools) == tools


def test_an_answer_has_room_for_16_tokens():
    assert "max_output_tokens must be at least 16, got 15" in refusal(max_output_tokens=15)
    assert form("m", max_output_tokens=15) == {"max_output_tokens": 15}  # not known: as it is
    with pytest.raises(ValueError, match="at least 16"):
        form("gpt-9", at_openai=True, max_output_tokens=1)


@pytest.mark.parametrize("name", [*MOVED, *GONE])
@pytest.mark.parametrize("model", ["gpt-6-luna", "m"])
def test_what_is_of_chat_is_named_with_its_counterpart(model, name):
    text = refusal(model, **{name: 1})
    assert text.startswith(f"{name} ")
    assert (MOVED.get(name) or GONE[name]) in text


def test_openai_is_asked_for_the_tier_whose_price_is_known():
    assert form(at_openai=True) == {"service_tier": "default"} | NONE
    with pytest.raises(ValueError, match="shut down on 2026-10-23: use"):
        form("o4-mini", at_openai=True)


def test_a_body_is_not_changed():
    sent = {"model": "gpt-6-luna", "input": "x", "reasoning": {"summary": "auto"}, "top_p": 1}
    before = {**sent, "reasoning": dict(sent["reasoning"])}
    as_taken(sent)
    assert sent == before
