"""What the simulated reasoning model refuses: OpenAI's own bodies, and the order of its checks.

The bodies are OpenAI's answers of August and September 2026, recorded by public projects
(tests/data/openai_chat_errors.jsonl); so is the order (gpt-5.6-terra, 2026-08-30).
"""

import json
from pathlib import Path

import pytest

from samplers.local.request.chat import ChatRequest, parse
from samplers.local.request.errors import ApiError

ROOT = Path(__file__).resolve().parents[3]
FACTS = ROOT.parent / "shared" / "facts" / "errors.jsonl"
NO_FACTS = "the facts are not beside this repository (../shared/facts/errors.jsonl)"
GOOD = {"model": "m-reasoning", "messages": [{"role": "user", "content": "Hi"}]}
FUNCTION = {"type": "function", "function": {"name": "f"}}
NONE = {"reasoning_effort": "none"}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ROWS = rows(ROOT / "tests" / "data" / "openai_chat_errors.jsonl")


def request(**fields) -> ChatRequest:
    return parse(GOOD | fields, {}, 100, is_reasoning=True)


def refusal(**fields) -> dict:
    with pytest.raises(ApiError) as caught:
        request(**fields)
    assert caught.value.status == 400
    return caught.value.body["error"]


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_openais_bodies(reasoning, row):
    body = reasoning.body() | row["request"]
    body = {name: value for name, value in body.items() if value is not None}
    with reasoning.client() as client:
        response = client.post("/chat/completions", json=body)

    assert response.status_code == row["status"]
    message = row["error"]["message"].replace("gpt-5.6-luna", reasoning.model)
    assert response.json() == {"error": row["error"] | {"message": message}}


@pytest.mark.skipif(not FACTS.exists(), reason=NO_FACTS)
def test_the_bodies_are_the_facts():
    facts = [row for row in rows(FACTS) if row["api"] == "chat"]
    ours = [{name: row[name] for name in row if name != "request"} for row in ROWS]
    assert [{"api": "chat"} | row for row in ours] == facts


SAME = [
    "top_logprobs -1",
    "top_logprobs without logprobs",
    "unknown key",
    "n 0",
    "n a string",
    "temperature a string",
    "seed 1.5",
    "max_completion_tokens 0",
    "messages missing",
    "messages empty",
    "unknown role",
    "unknown tool_choice",
    "17 metadata pairs",
]


@pytest.mark.parametrize("case", SAME)
def test_what_the_plain_model_refuses_alike(case):
    (row,) = [row for row in ROWS if row["case"] == case]
    fields = {name: row["request"][name] for name in row["request"] if name != "reasoning_effort"}
    body = {name: value for name, value in (GOOD | fields).items() if value is not None}
    with pytest.raises(ApiError) as caught:
        parse(body, {}, 100)
    assert caught.value.body == {"error": row["error"]}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"zzz": 1, "n": "abc"}, "zzz"),
        ({"zzz": 1, "messages": []}, "zzz"),
        ({"zzz": 1, "stop": ["ZZ"]}, "zzz"),
        ({"zzz": 1, "service_tier": "bogus"}, "zzz"),
        ({"n": "abc", "stop": ["ZZ"]}, "n"),
        ({"n": "abc", "temperature": 0.5}, "n"),
        ({"n": 0, "stop": ["ZZ"]}, "n"),
        ({"stop": ["ZZ"], "temperature": 0.5}, "stop"),
        ({"temperature": 0.5, "stop": ["ZZ"]}, "stop"),
        ({"tools": [FUNCTION], "tool_choice": "bogus", "temperature": 0.5}, "tool_choice"),
    ],
)
def test_the_order_of_two_faults(fields, param):
    assert refusal(**fields)["param"] == param


@pytest.mark.parametrize("name", ["audio", "modalities", "web_search_options"])
def test_unknown_to_these_models(name):
    assert refusal(**{name: {}})["message"] == f"Unknown parameter: '{name}'."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"prompt_cache_retention": "in_memory"},
            "This model is compatible only with 24h extended prompt caching",
        ),
        (
            {"prompt_cache_options": {"bogus": 1}},
            "Unknown parameter: 'prompt_cache_options.bogus'.",
        ),
        (
            {"verbosity": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'low', 'medium', and 'high'.",
        ),
        (
            {"reasoning_effort": {"__probe__": "wrong type"}},
            "Unsupported value: 'reasoning_effort' does not support {'__probe__': 'wrong type'} "
            "with this model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
        ),
    ],
)
def test_openais_other_sentences(fields, message):
    """Recorded in the same place as the order."""
    assert refusal(**fields)["message"] == message


def test_efforts():
    assert request().effort == request(reasoning_effort=None).effort == "medium"
    for effort in ("none", "low", "medium", "high", "xhigh"):
        assert request(reasoning_effort=effort).effort == effort
    for effort in ("max", "minimal", "", 1, ["low"]):
        error = refusal(reasoning_effort=effort)
        assert (error["param"], error["code"]) == ("reasoning_effort", "unsupported_value")
    assert parse(GOOD, {}, 100).effort == "none"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"temperature": 0}, "temperature"),
        ({"top_p": 0.9}, "top_p"),
        ({"logprobs": True, "top_logprobs": 21}, "logprobs"),
        ({"top_logprobs": 0}, "top_logprobs"),
        ({"frequency_penalty": -1}, "frequency_penalty"),
        ({"presence_penalty": 2}, "presence_penalty"),
        ({"tools": [FUNCTION]}, "reasoning_effort"),
        ({"tools": [FUNCTION], "tool_choice": "none"}, "reasoning_effort"),
    ],
)
def test_what_none_opens(fields, param):
    for effort in (None, "low", "xhigh"):
        assert refusal(**fields, reasoning_effort=effort)["param"] == param
    logprobs = {"logprobs": True} if "top_logprobs" in fields else {}
    few = {"top_logprobs": 5} if fields.get("top_logprobs") else {}
    assert request(**NONE | fields | logprobs | few).effort == "none"


@pytest.mark.parametrize("fields", [{"max_tokens": 5}, {"stop": "x"}, {"logit_bias": {"1": 1}}])
def test_what_none_does_not_open(fields):
    assert refusal(**NONE, **fields)["code"] == "unsupported_parameter"


def test_caps():
    assert request(n=8).n == 8
    assert refusal(n=9)["code"] == "integer_above_max_value"
    assert request(**NONE, logprobs=True, top_logprobs=5).top_logprobs == 5
    assert refusal(**NONE, logprobs=True, top_logprobs=6)["param"] == "top_logprobs"


def test_what_is_accepted():
    defaults = {"temperature": 1, "top_p": 1.0, "frequency_penalty": 0, "presence_penalty": 0.0}
    without_effect = {
        "verbosity": "low",
        "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
        "prompt_cache_retention": "24h",
        "prompt_cache_key": "k",
        "safety_identifier": "s" * 128,
        "metadata": {"a": "b"},
        "store": False,
        "user": "u",
        "service_tier": "flex",
    }
    fields = {"logprobs": False, "stop": None, "max_tokens": None, "seed": 1}
    assert request(**defaults, **without_effect, **fields) == request(seed=1)
    assert request(max_completion_tokens=9).max_tokens == 9
