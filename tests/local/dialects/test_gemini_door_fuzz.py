"""Requests drawn from the SDK's own types, right ones and wrong ones: no 500, no strange body.

A failure prints the request. `FUZZ_SEED=… python -m pytest …` draws others.
"""

import enum
import functools
import inspect
import json
import os
import random
import typing

import gemini_door
import pytest
from google.genai import types
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

SEED = int(os.environ.get("FUZZ_SEED", "20261130"))
TEXTS = [
    "Hi",
    "",
    "a",
    "weather",
    "models/x",
    "好😊",
    "application/json",
    "image/png",
    "<|im_end|>",
]
ANYTHING = [None, True, 0, -1, 2, 0.5, 1e300, 10**400, "", "x", "STRING", [], [[]], {}, {"a": 1}]
HINTS = functools.cache(typing.get_type_hints)
WORTH = {  # fields that the draws have more often than others
    types.GenerationConfig: ["temperature", "top_p", "top_k", "seed", "stop_sequences"],
    types.Part: ["text", "function_call", "function_response"],
    types.Tool: ["function_declarations"],
}
FIELDS = {
    "contents": list[types.Content],
    "systemInstruction": types.Content,
    "tools": list[types.Tool],
    "toolConfig": types.ToolConfig,
    "safetySettings": list[types.SafetySetting],
    "generationConfig": types.GenerationConfig,
}


def drawn(rng: random.Random, kind, depth: int = 0):
    """A value of a type of the SDK, as JSON has it."""
    origin = typing.get_origin(kind)
    options = [each for each in typing.get_args(kind) if each is not type(None)]
    if origin is list:
        return [drawn(rng, options[0], depth + 1) for _ in range(rng.choice([0, 1, 1, 2]))]
    if origin is dict:
        return {rng.choice("abc"): drawn(rng, options[1], depth + 1) for _ in range(2)}
    if origin is not None:  # a union
        return drawn(rng, rng.choice(options), depth)
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        return rng.choice([each.value for each in kind])
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return drawn_model(rng, kind, depth)
    simple = {
        str: lambda: rng.choice(TEXTS),
        bytes: lambda: rng.choice(["QUJD", "", "_-8"]),
        bool: lambda: rng.random() < 0.5,
        int: lambda: rng.choice([0, 1, 2, 3, "2", -1, 40]),
        float: lambda: rng.choice([0, 0.5, 1, "0.9", 2]),
    }
    return simple.get(kind, lambda: rng.choice(ANYTHING))()


def drawn_model(rng: random.Random, kind: type[BaseModel], depth: int) -> dict:
    names = list(kind.model_fields)
    if depth > 8 or not names:
        return {}
    hints = HINTS(kind)
    usual = WORTH.get(kind, names)
    chosen = {rng.choice(usual) for _ in range(2)}
    if rng.random() < 0.1:
        chosen.add(rng.choice(names))
    write = to_camel if rng.random() < 0.8 else str
    return {write(name): drawn(rng, hints[name], depth + 1) for name in sorted(chosen)}


def request(rng: random.Random) -> dict:
    body = {"contents": [gemini_door.user("Hi")]}
    for name in rng.sample(list(FIELDS), rng.choice([1, 1, 2])):
        body[name] = drawn(rng, FIELDS[name])
    config = body.get("generationConfig")
    if isinstance(config, dict):
        config.pop("max_output_tokens", None)
    body["generationConfig"] = {**(config or {}), "maxOutputTokens": 2}
    return body


def right(rng: random.Random) -> dict:
    """A request that must be answered."""
    config = {
        "temperature": rng.uniform(0, 2),
        "topP": rng.random(),
        "topK": rng.randint(1, 99),
        "seed": rng.randint(-(2**31), 2**31 - 1),
        "candidateCount": rng.randint(1, 3),
        "stopSequences": rng.sample(["a", "\n", "好", "the end"], 2),
        "presencePenalty": rng.uniform(-2, 2),
        "frequencyPenalty": rng.uniform(-2, 2),
        "responseModalities": ["TEXT"],
        "thinkingConfig": {"thinkingBudget": 0},
    }
    config = dict(rng.sample(sorted(config.items()), 4)) | {"maxOutputTokens": 2}
    if rng.random() < 0.5:
        config |= {"responseLogprobs": True, "logprobs": rng.randint(0, 20)}
    body = gemini_door.body_of(rng.choice(["Hi", "", "好😊"]), generationConfig=config)
    if rng.random() < 0.3:
        config |= {"responseMimeType": "application/json", "responseSchema": gemini_door.CITY}
    if rng.random() < 0.3:
        mode = rng.choice(["AUTO", "ANY", "NONE"])
        body |= {"tools": gemini_door.TOOLS}
        body["toolConfig"] = {"functionCallingConfig": {"mode": mode}}
    return body


def spoilt(rng: random.Random, value):
    """A copy of a body with one value replaced by anything, or with one more field."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(sorted(value))
        return value | {key: spoilt(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.85:
        i = rng.randrange(len(value))
        return [*value[:i], spoilt(rng, value[i]), *value[i + 1 :]]
    if isinstance(value, dict) and rng.random() < 0.3:
        return value | {rng.choice(TEXTS): rng.choice(ANYTHING)}
    return rng.choice(ANYTHING)


def short(body):
    """The body, with a short answer where the limit was spoilt to none."""
    config = body.get("generationConfig") if isinstance(body, dict) else 0
    if config in (None, {}):
        return body | {"generationConfig": {"maxOutputTokens": 2}}
    if isinstance(config, dict) and config.get("maxOutputTokens") is None:
        return body | {"generationConfig": config | {"maxOutputTokens": 2}}
    return body


@pytest.fixture(scope="module")
def send(endpoint):
    """A function that sends a body and gives the status; what comes back must have its form."""
    base = f"{gemini_door.root(endpoint)}/v1beta/models/{endpoint.model}:"
    headers = {"x-goog-api-key": endpoint.key}

    def one(body, method="generateContent") -> int:
        response = gemini_door.http().post(base + method, json=body, headers=headers)
        about = f"{json.dumps(body)}\n{response.status_code} {response.text}"
        assert response.status_code in (200, 400, 403, 501), about
        if response.status_code == 200:
            made = types.GenerateContentResponse.model_validate(response.json())
            assert made.candidates, about
            assert made.usage_metadata.total_token_count > 0, about
        else:
            error = response.json()["error"]
            assert error["code"] == response.status_code, about
            assert error["message"], about
            assert set(error) == {"code", "message", "status"}, about
        return response.status_code

    return one


def test_requests_drawn_from_the_types(send):
    rng = random.Random(SEED)
    statuses = [send(request(rng)) for _ in range(100)]
    assert statuses.count(200) > 10
    assert statuses.count(400) > 10


def test_right_requests_are_answered(send):
    rng = random.Random(SEED + 1)
    assert {send(right(rng)) for _ in range(10)} == {200}


def test_one_wrong_value(send):
    rng = random.Random(SEED + 2)
    statuses = [send(short(spoilt(rng, right(rng)))) for _ in range(60)]
    assert statuses.count(400) > 25


def test_count_tokens_never_fails_otherwise(endpoint):
    rng = random.Random(SEED + 3)
    for _ in range(40):
        body = spoilt(rng, {"generateContentRequest": request(rng)})
        response = gemini_door.post(endpoint, body, "countTokens")
        assert response.status_code in (200, 400, 403), (body, response.text)
