"""Requests of the SDK's own types, and the same with one wrong value: never a 500.

A fixed seed draws them; whatever comes back fits the SDK's types strictly.
"""

import copy
import random

import anthropic
import pytest
from anthropic.types.message_count_tokens_params import MessageCountTokensParams
from anthropic.types.message_create_params import MessageCreateParamsBase
from anthropic_door import CITY, OLD, TODAY, WEATHER, Door, events_of, sentence_of, strict
from dialect_fuzz import spoilt
from pydantic import TypeAdapter
from typing_extensions import get_type_hints

from samplers.local.dialects.anthropic.checks import EXTRA
from samplers.local.dialects.anthropic.request import COUNT, CREATE
from samplers.local.request.errors import ApiError

CACHED = {"cache_control": {"type": "ephemeral"}}
TEXT = {"type": "text", "text": "Hi"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1"}
THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "AbC"}
USERS = ["Hi", [TEXT], [TEXT | CACHED, TEXT], "好 😊 <|im_end|>"]
RESULTS = [RESULT, RESULT | {"content": "rain", "is_error": True}, RESULT | {"content": [TEXT]}]
CHOICES = {  # of each field, right values
    "system": ["Be brief.", [TEXT], [TEXT, TEXT | CACHED]],
    "tools": [[], [WEATHER], [WEATHER | {"strict": True}, {"name": "w2", "input_schema": CITY}]],
    "thinking": [{"type": "disabled"}],
    "output_config": [
        {},
        {"effort": None},
        {"format": {"type": "json_schema", "schema": CITY}},
    ],
    "cache_control": [None, {"type": "ephemeral", "ttl": "1h"}],
}
CREATED = {
    "stop_sequences": [[], ["a", "Hello"]],
    "stream": [True, False],
    "metadata": [{}, {"user_id": "u"}, {"user_id": None}],
    "service_tier": ["auto", "standard_only"],
    "inference_geo": [None],
    "speed": [None, "standard"],
}
TOOL_CHOICES = [
    {"type": "auto"},
    {"type": "any", "disable_parallel_tool_use": True},
    {"type": "tool", "name": "weather"},
    {"type": "none"},
]
WRONG = [None, True, 0, -1, 2.5, 10**40, "", " ", "x", [], [None], ["x"], {}, {"type": "x"}]
TO_CREATE = TypeAdapter(MessageCreateParamsBase)
TO_COUNT = TypeAdapter(MessageCountTokensParams)


@pytest.fixture(scope="module")
def door(endpoint):
    with Door(endpoint) as door:
        yield door


def drawn(dice: random.Random, model: str, choices: dict) -> dict:
    """A right request."""
    messages = [{"role": "user", "content": dice.choice(USERS)}]
    if dice.random() < 0.5:
        said = [dice.choice([[THOUGHT], [TEXT], []]), [CALL]]
        messages.append({"role": "assistant", "content": said[0] + said[1]})
        messages.append({"role": "user", "content": [dice.choice(RESULTS), TEXT]})
    body = {"model": model, "messages": messages}
    for name, values in choices.items():
        if dice.random() < 0.3:
            body[name] = dice.choice(values)
    if body.get("tools") and dice.random() < 0.7:
        body["tool_choice"] = dice.choice(TOOL_CHOICES)
    return copy.deepcopy(body)


def check(response, kind) -> int:
    """The status; what came must fit."""
    if response.status_code == 200 and response.headers["content-type"].startswith("text/event"):
        assert events_of(response)[-1] == {"type": "message_stop"}
    elif response.status_code == 200:
        strict(kind, response.text)
    else:
        assert sentence_of(response, response.status_code)
    return response.status_code


def test_answers(door):
    dice = random.Random(20261130)
    headers = {"anthropic-version": TODAY}
    for number in range(16):
        body = drawn(dice, door.model, CHOICES | CREATED) | {"max_tokens": dice.choice([0, 1, 2])}
        TO_CREATE.validate_python(body)
        if number % 2:
            body = spoilt(dice, body, WRONG)
        response = door.http.post("/v1/messages", json=body, headers=headers)
        status = check(response, anthropic.types.Message)
        assert status in ((200, 400, 404) if number % 2 else (200,)), (body, response.text)


def test_counts(door):
    dice = random.Random(20261021)
    statuses = []
    for number in range(100):
        body = drawn(dice, door.model, CHOICES)
        TO_COUNT.validate_python(body)
        if number % 10:
            body = spoilt(dice, body, WRONG)
        headers = {"anthropic-version": dice.choice([OLD, TODAY])}
        response = door.http.post("/v1/messages/count_tokens", json=body, headers=headers)
        status = check(response, anthropic.types.MessageTokensCount)
        assert status in ((200, 400, 404) if number % 10 else (200,)), (body, response.text)
        statuses.append(status)
    assert statuses.count(200) > 10
    assert statuses.count(400) > 50


PARAMS = [(MessageCreateParamsBase, CREATE[TODAY]), (MessageCountTokensParams, COUNT)]


@pytest.mark.parametrize(("params", "check_body"), PARAMS)
def test_every_field_of_the_sdk_is_known(params, check_body):
    """The SDK sends `workspace_id` as a header."""
    required = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}
    names = set(get_type_hints(params)) - {"workspace_id"}
    body = {name: value for name, value in required.items() if name in names}
    unknown = [name for name in names if EXTRA in refusal(check_body, body | {name: None})]
    assert unknown == []
    assert EXTRA in refusal(check_body, body | {"another": None})


def refusal(check_body, body: dict) -> str:
    try:
        check_body("", body)
    except ApiError as error:
        return str(error)
    return ""
