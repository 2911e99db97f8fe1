"""Every kind of request that the kit makes satisfies the rules of OpenAI's models.

What a model cannot do is a ValueError before anything is sent. Nothing gets a 400.
"""

from dataclasses import dataclass

import httpx
import pytest
from fake_endpoint import completion, fake
from rules_endpoint import EFFORTS, OPENAI, RulesEndpoint, judge

from samplers import SamplingParams
from samplers.api import Budget, Parsed, run_tools, tool
from samplers.compare import observe
from samplers.compare.request import shown_distributions

MODELS = tuple(EFFORTS)
# {parameter: (its value, the models that take it)}
ALL = set(MODELS)
SAMPLING = ALL - {"gpt-6.2-sol"}
OLD = {"gpt-4.1-mini"}
PARAMETERS = {
    "temperature": (0.7, SAMPLING),
    "top_p": (0.5, SAMPLING),
    "frequency_penalty": (0.5, SAMPLING),
    "presence_penalty": (0.5, SAMPLING),
    "logprobs": (True, SAMPLING),
    "max_tokens": (40, ALL),
    "max_completion_tokens": (40, ALL),
    "n": (20, ALL),
    "seed": (5, ALL),
    "stop": (["x"], OLD),
    "logit_bias": ({"5": 1}, OLD),
    "response_format": ({"type": "json_object"}, ALL),
    "verbosity": ("low", ALL),
    "store": (True, ALL),
    "metadata": ({"a": "b"}, ALL),
    "prompt_cache_key": ("k", ALL),
    "safety_identifier": ("me", ALL),
    "user": ("me", ALL),
    "service_tier": ("default", ALL),
}
DEFAULTS = {
    "temperature": 1,
    "top_p": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logprobs": False,
    "n": 1,
    "logit_bias": {},
}


@dataclass
class City:
    name: str


@tool
def weather(city: str) -> str:
    """The weather.

    city: where
    """
    return f"It is clear in {city}."


@pytest.fixture(params=MODELS)
def model(request):
    return request.param


def judged(model: str, *texts: str):
    """(the endpoint, a client of it at OpenAI's address)."""
    endpoint = RulesEndpoint(*texts)
    return endpoint, fake(endpoint, model, OPENAI, "key-of-nobody", budget=Budget(100))


def check(model: str, takers: set, call) -> None:
    """The call is answered if the model is one of `takers`, and else refused before it is sent."""
    endpoint, client = judged(model)
    if model in takers:
        call(client)
        assert endpoint.bodies
    else:
        with pytest.raises(ValueError, match=rf"^{model} takes "):
            call(client)
        assert endpoint.bodies == []
    assert endpoint.errors == []


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_chat_with_each_parameter(model, name):
    value, takers = PARAMETERS[name]
    check(model, takers, lambda client: client.chat("x", **{name: value}))


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_stream_with_each_parameter(model, name):
    value, takers = PARAMETERS[name]
    if name == "n":
        value = 8
    check(model, takers, lambda client: list(client.stream("x", **{name: value})))


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("effort", [None, "low"])
def test_the_default_of_each_parameter(model, name, effort):
    more = {name: DEFAULTS[name], "reasoning_effort": effort}
    takers = OLD if effort is None else ALL - OLD
    if effort is None:
        takers = ALL
    check(model, takers, lambda client: client.chat("x", **more))


@pytest.mark.parametrize("effort", ["none", "low", "medium", "high", "xhigh", "max", "minimal"])
def test_each_effort(model, effort):
    takers = {name for name in MODELS if effort in EFFORTS[name]}
    if effort == "none":
        takers |= OLD  # it never reasons
    check(model, takers, lambda client: client.chat("x", reasoning_effort=effort))


@pytest.mark.parametrize("top", [1, 5, 6, 20, "all"])
def test_next_token(model, top):
    def ask(client):
        if top == "all" and model == "gpt-4.1-mini":
            most = 20
        else:
            most = 20 if model == "gpt-4.1-mini" else 5
        shown = len(client.next_token("x", top=top).logprobs)
        assert shown == (most if top == "all" else min(top, most))

    check(model, SAMPLING, ask)


def test_parse(model):
    endpoint, client = judged(model, '{"name": "Paris"}')
    answer = client.parse("Where?", City, max_tokens=20)
    assert isinstance(answer, Parsed)
    assert answer.value == City("Paris")
    assert endpoint.errors == []


def test_tools(model):
    def ask(client):
        assert run_tools(client, "x", [weather]).ended == "answer"

    check(model, SAMPLING, ask)


def test_tools_beside_an_effort(model):
    check(model, set(), lambda c: run_tools(c, "x", [weather], reasoning_effort="low"))


@pytest.mark.parametrize(
    "params",
    [
        SamplingParams(),
        SamplingParams(temperature=0.5, top_p=0.5),
        SamplingParams(frequency_penalty=1, presence_penalty=1, max_tokens=3),
    ],
)
def test_draws_that_are_counted(model, params):
    """What `observe` and `identify` send, once they know that OpenAI has no extensions."""

    def draw(client):
        counts = observe(client, "x", params, 60, extra={}, progress=False)
        assert counts.draws == 60
        assert counts.failed == 0

    check(model, SAMPLING, draw)
    check(model, SAMPLING, lambda client: shown_distributions(client, "x", params, {}))


def test_bias_and_stop_in_draws(model):
    params = SamplingParams(logit_bias={5: 1.0}, stop="x")
    check(model, OLD, lambda c: observe(c, "x", params, 10, extra={}, progress=False))


def test_the_judge_judges():
    """Its bodies, word for word as probes of the live API had them in August and September."""

    def message(model="gpt-5.6-terra", **more) -> str | None:
        error = judge({"model": model, "messages": [{"role": "user", "content": "x"}], **more})
        return error and error["message"]

    assert message() is None
    assert message("gpt-6-luna", temperature=0.7) == (
        "Unsupported value: 'temperature' does not support 0.7 with this model. "
        "Only the default (1) value is supported."
    )
    assert message(max_tokens=1) == (
        "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead."
    )
    assert message(stop="x", reasoning_effort="none") == (
        "Unsupported parameter: 'stop' is not supported with this model."
    )
    assert message(n=64) == (
        "Invalid 'n': integer above maximum value. Expected a value <= 8, but got 64 instead."
    )
    assert message(reasoning_effort="max") == (
        "Unsupported value: 'reasoning_effort' does not support 'max' with this model. "
        "Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'."
    )
    assert message(logprobs=True, top_logprobs=21, reasoning_effort="none") == (
        "Invalid value for 'top_logprobs': must be less than or equal to 5."
    )
    assert message(zzz_unknown=1) == "Unknown parameter: 'zzz_unknown'."
    assert message("gpt-4.1-mini", temperature=0.7, stop="x", max_tokens=1) is None


def test_the_judges_400_reaches_the_client_as_an_error():
    answer = httpx.Response(400, json={"error": judge({"model": "gpt-6-luna", "messages": []})})
    with pytest.raises(Exception, match="Missing required parameter"):
        fake(answer).chat("x")
    assert completion().status_code == 200
