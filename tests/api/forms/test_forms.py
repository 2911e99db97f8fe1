"""The form in which a model takes a request: what is renamed, left out, added or refused.

The rules of gpt-6-luna, gpt-6.2-sol and gpt-4.1-mini are from probes of the live API by others in
the autumn of 2026; `rules_endpoint` has them once more, as a judge.
"""

import datetime
import json

import pytest
from fake_endpoint import Recorded, completion, event, fake, sse

from samplers.api import as_taken

LIMITED = "max_completion_tokens"
PROFILE = "smollm2-135m-instruct-reasoning"


def form(model="gpt-6-luna", **params) -> dict:
    """What a body with these parameters becomes, without its model and messages."""
    taken = as_taken({"model": model, "messages": [], **params})
    return {name: value for name, value in taken.items() if name not in ("model", "messages")}


def refusal(model="gpt-6-luna", **params) -> str:
    with pytest.raises(ValueError, match=r"gpt|smollm2|claude") as caught:
        form(model, **params)
    return str(caught.value)


def test_a_plain_call_does_not_reason_and_has_the_new_limit():
    assert form(max_tokens=40) == {LIMITED: 40, "reasoning_effort": "none"}
    assert form(PROFILE, max_tokens=40) == {LIMITED: 40, "reasoning_effort": "none"}
    assert form("gpt-6.2-sol", max_tokens=40) == {LIMITED: 40}  # it has no effort none
    assert form("gpt-4.1-mini", max_tokens=40) == {"max_tokens": 40}


def test_an_effort_that_is_named_stays():
    for effort in ("none", "low", "medium", "high", "xhigh"):
        assert form(reasoning_effort=effort) == {"reasoning_effort": effort}


@pytest.mark.parametrize("model", ["gpt-9", "gpt-4o-2024-08-06", "smollm2-135m-instruct", "m"])
def test_a_model_that_is_not_known_gets_what_came(model):
    sent = {"max_tokens": 4, "stop": "x", "n": 50, "top_logprobs": 20, "reasoning_effort": "max"}
    assert form(model, **sent) == sent


def test_a_body_is_not_changed():
    sent = {"model": "gpt-6-luna", "messages": [], "max_tokens": 4, "top_logprobs": 20}
    before = dict(sent)
    as_taken(sent)
    assert sent == before


@pytest.mark.parametrize("model", ["gpt-6.2-sol", "gpt-6-astra", "o3", "gpt-5-mini"])
@pytest.mark.parametrize(
    ("name", "default", "value"),
    [
        ("temperature", 1, 0.7),
        ("temperature", 1.0, 0),
        ("top_p", 1, 0.5),
        ("frequency_penalty", 0, 0.1),
        ("presence_penalty", 0.0, -2),
        ("logprobs", False, True),
        ("top_logprobs", 0, 3),
        ("stop", [], ["x"]),
    ],
)
def test_a_refused_parameter_may_have_its_default(model, name, default, value):
    assert name not in form(model, **{name: default})
    assert refusal(model, **{name: value}).startswith(f"{model} takes no {name}; ")


def test_the_error_names_a_model_that_can():
    assert refusal("gpt-6.2-sol", temperature=0.7) == (
        "gpt-6.2-sol takes no temperature; gpt-6-luna does with reasoning_effort='none'"
    )
    assert refusal(stop="x") == ("gpt-6-luna takes no stop; gpt-4o-mini does (until 2027-01-14)")
    assert refusal(logit_bias={"5": 1}).startswith("gpt-6-luna takes no logit_bias; gpt-4o-mini")
    assert refusal(PROFILE, stop="x") == f"{PROFILE} takes no stop; smollm2-135m-instruct does"
    assert refusal("claude-opus-5-5", temperature=0.7) == (
        "claude-opus-5-5 takes no temperature; no model of anthropic that the table knows does"
    )


def test_the_dead_are_not_named_as_models_that_can(monkeypatch):
    monkeypatch.setattr("samplers.wire.models.today", lambda: datetime.date(2027, 1, 14))
    assert refusal(stop="x").endswith("no model of openai that the table knows does")
    assert "gpt-6-luna does" in refusal("gpt-6.2-sol", temperature=0.7)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0.7),
        ("top_p", 0.5),
        ("frequency_penalty", 1),
        ("presence_penalty", 1),
        ("logprobs", True),
    ],
)
@pytest.mark.parametrize("model", ["gpt-6-luna", "gpt-5.6-terra", "gpt-6.1-terra", PROFILE])
def test_sampling_beside_an_effort_is_an_error(model, name, value):
    assert form(model, **{name: value})[name] == value
    assert form(model, **{name: value}, reasoning_effort="none")[name] == value
    assert refusal(model, **{name: value}, reasoning_effort="low") == (
        f"{model} takes {name} only with reasoning_effort='none', "
        f"got {name}={value!r} beside reasoning_effort='low'"
    )


def test_defaults_beside_an_effort_are_left_out():
    defaults = {"temperature": 1, "top_p": 1.0, "logprobs": False, "presence_penalty": 0}
    assert form(**defaults, reasoning_effort="low") == {"reasoning_effort": "low"}
    assert form(logit_bias={}, stop=[]) == {"reasoning_effort": "none"}  # refused at any effort
    assert form("gpt-4.1-mini", **defaults) == defaults  # where they are taken, they stay


@pytest.mark.parametrize("value", [True, "1", None, [1]])
def test_what_only_looks_like_a_default_is_none(value):
    assert "takes no temperature" in refusal("gpt-6.2-sol", temperature=value)


def test_efforts_that_the_model_lacks():
    assert refusal(reasoning_effort="max") == (
        "gpt-6-luna takes no reasoning_effort='max', only none, low, medium, high, xhigh; "
        "no model of openai that the table knows does"
    )
    assert refusal("gpt-6.2-sol", reasoning_effort="none").endswith("xhigh; gpt-6-luna does")
    assert refusal("gpt-4.1-mini", reasoning_effort="low") == (
        "gpt-4.1-mini takes no reasoning_effort; gpt-6-luna does"
    )
    assert form("gpt-4.1-mini", reasoning_effort="none") == {}
    assert refusal(PROFILE, reasoning_effort=5).endswith("only none, low, medium, high, xhigh")


def test_tools_need_the_effort_none():
    tools = [{"type": "function", "function": {"name": "f"}}]
    assert form(tools=tools) == {"tools": tools, "reasoning_effort": "none"}
    assert refusal(tools=tools, reasoning_effort="low").startswith(
        "gpt-6-luna takes tools only with reasoning_effort='none'"
    )
    assert refusal("gpt-6.2-sol", tools=tools) == (
        "gpt-6.2-sol takes no tools in chat completions; "
        "gpt-6-luna does with reasoning_effort='none'"
    )
    assert form("gpt-4.1-mini", tools=tools) == {"tools": tools}


def test_both_limits():
    assert "max_tokens must be left out" in refusal(max_tokens=4, max_completion_tokens=4)
    both = {"max_tokens": 4, LIMITED: 4}
    assert form("gpt-4.1-mini", **both) == both


def test_top_logprobs_stay_within_the_models():
    assert form(logprobs=True, top_logprobs=20)["top_logprobs"] == 5
    assert form(logprobs=True, top_logprobs=3)["top_logprobs"] == 3
    assert form(logprobs=True, top_logprobs=50_000)["top_logprobs"] == 5
    assert form("gpt-4.1-mini", top_logprobs=20)["top_logprobs"] == 20
    assert form(PROFILE, top_logprobs=20)["top_logprobs"] == 5
    assert form(PROFILE, top_logprobs=49_152)["top_logprobs"] == 49_152  # the whole vocabulary
    assert form("glm-5.3", top_logprobs=20)["top_logprobs"] == 20  # no limit is known


def test_a_stream_of_too_many_answers():
    assert refusal(stream=True, n=9) == (
        "n must be at most 8 in a stream of gpt-6-luna, got 9; chat() asks several times"
    )
    assert form(stream=True, n=8)["n"] == 8


def test_what_the_new_models_add_passes_through():
    more = {
        "verbosity": "low",
        "store": True,
        "metadata": {"a": "b"},
        "prompt_cache_key": "k",
        "safety_identifier": "me",
        "seed": 5,
        "response_format": {"type": "json_object"},
    }
    for model in ("gpt-6-luna", "gpt-6.2-sol", "gpt-5.6-terra", "gpt-4.1-mini"):
        assert more.items() <= form(model, **more).items()


def test_every_call_of_a_client_has_the_form_at_any_address():
    endpoint = Recorded(completion())
    client = fake(endpoint, "gpt-6-luna")
    client.chat("x", max_tokens=4, temperature=0.5)
    client.chat("x", max_tokens=4, model="m")
    endpoint.answer = sse(event("[DONE]"))
    list(client.stream_bytes("x", max_tokens=4))
    first, third, second = endpoint.bodies
    assert (first[LIMITED], first["reasoning_effort"]) == (4, "none")
    assert (second[LIMITED], second["reasoning_effort"]) == (4, "none")
    assert third["max_tokens"] == 4
    assert "reasoning_effort" not in third
    assert "service_tier" not in first  # that is OpenAI's own address's

    with pytest.raises(ValueError, match="takes no stop"):
        client.chat("x", stop="y")
    with pytest.raises(ValueError, match="takes no stop"):
        client.stream("x", stop="y")
    assert len(endpoint.requests) == 3


def test_the_users_file_gives_a_new_model_its_form(monkeypatch, tmp_path):
    own = tmp_path / "own.json"
    row = {"efforts": ["none", "low"], "sampling": "never", "refused": ["n"], "provider": "acme"}
    own.write_text(json.dumps({"models": {"acme-1": row}}))
    assert form("acme-1", n=1) == {"n": 1}
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    assert form("acme-1", n=1) == {"reasoning_effort": "none"}
    with pytest.raises(ValueError, match="acme-1 takes no n; no model of acme"):
        form("acme-1", n=2)
