"""Requests for responses, drawn from the SDK's own types: right ones, spoilt ones, odd ones."""

import copy
import functools
import random
import typing
from collections.abc import Iterable
from typing import Required

from dialect_fuzz import JUNK, spoilt
from openai.types.responses import (
    EasyInputMessageParam,
    ResponseFunctionToolCallParam,
    ResponseOutputMessageParam,
    ResponseReasoningItemParam,
    response_create_params,
    response_input_param,
)
from responses_door import CITY, WEATHER
from typing_extensions import get_type_hints, is_typeddict

from samplers.local.dialects.responses.sealed import seal

HI = {"role": "user", "content": "Hi"}
CALL = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "Sun."}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": seal()}
SAID = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Hello", "annotations": []}],
    "status": "completed",
}
FORMAT = {"type": "json_schema", "name": "city", "schema": CITY}
INPUTS = [
    "Hi",
    "好 😊 <|im_end|>",
    [HI, {"type": "message", "role": "user", "content": [{"type": "input_text", "text": ""}]}],
    [{"role": "developer", "content": "Be brief."}, HI, CALL, OUTPUT],
    [HI, THOUGHT, SAID, HI],
    [HI, CALL, OUTPUT | {"output": [{"type": "input_text", "text": "Sun."}]}],
]
RIGHT = {  # of each field, right values for any model
    "background": [False, None],
    "include": [[], ["web_search_call.results"]],
    "instructions": [None, "", "Be brief."],
    "max_tool_calls": [1],
    "metadata": [None, {}, {"a": "b"}],
    "parallel_tool_calls": [False, None],
    "prompt_cache_key": ["k"],
    "prompt_cache_options": [{"mode": "explicit"}],
    "safety_identifier": ["s"],
    "service_tier": ["auto", "fast", None],
    "store": [True, False, None],
    "text": [{}, {"verbosity": "low"}, {"format": FORMAT}, {"format": {"type": "text"}}],
    "truncation": ["auto", "disabled"],
    "user": ["u"],
}
PLAIN = {
    "include": [["message.output_text.logprobs"]],
    "temperature": [0, 0.7, 2],
    "top_p": [0.5, 1],
    "top_logprobs": [0, 20],
}
REASONING = {
    "include": [["reasoning.encrypted_content"]],
    "reasoning": [
        {"effort": "none"},
        {"effort": "max", "summary": "auto"},
        {"summary": "detailed", "context": "auto"},
        None,
    ],
}
CHOICES = [
    "auto",
    "none",
    "required",
    {"type": "function", "name": "weather"},
    {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "weather"}]},
]
TEXTS = [
    "Hi",
    "",
    "x",
    "weather",
    "call_1",
    "rs_1",
    "好😊",
    "<|im_end|>",
    "data:image/png;base64,AA",
]
NUMBERS = [0, 1, 2, -1, 16, 0.5, 2**70]
ANYTHING = [*JUNK, None, float("nan"), "\ud800", "resp_x", "../../x"]
OF_SDK = typing.get_args(response_input_param.ResponseInputItemParam)
HERE = (  # the items that this endpoint has
    EasyInputMessageParam,
    ResponseOutputMessageParam,
    ResponseFunctionToolCallParam,
    response_input_param.FunctionCallOutput,
    ResponseReasoningItemParam,
    response_input_param.ItemReference,
)
KNOWN = get_type_hints(response_create_params.ResponseCreateParamsBase, include_extras=True)
HINTS = functools.cache(functools.partial(get_type_hints, include_extras=True))
DEEPEST = 8


def right(dice: random.Random, model: str) -> dict:
    """A request that must be answered."""
    fields = {name: list(values) for name, values in RIGHT.items()}
    for name, values in (REASONING if model.endswith("-reasoning") else PLAIN).items():
        fields[name] = fields.get(name, []) + values
    body = {"model": model, "input": dice.choice(INPUTS), "max_output_tokens": 16}
    for name in dice.sample(sorted(fields), dice.randint(0, 5)):
        body[name] = dice.choice(fields[name])
    if dice.random() < 0.15:  # a new grammar takes a second
        body |= {"tools": [WEATHER], "tool_choice": dice.choice(CHOICES)}
    if dice.random() < 0.5:
        body["stream"] = True
        body["stream_options"] = {"include_obfuscation": dice.choice([True, False])}
    return copy.deepcopy(body)


def wrong(dice: random.Random, model: str) -> dict:
    """A right request with one value changed, left out or added, anywhere."""
    return short(spoilt(dice, right(dice, model), ANYTHING))


def odd(dice: random.Random, model: str) -> dict:
    """A request with values of the right types, which need not mean anything."""
    body = {"model": model, "input": "Hi"}
    for name in dice.sample(sorted(KNOWN.keys() - {"model", "input"}), dice.choice([1, 1, 2])):
        body[name] = drawn(dice, KNOWN[name])
    if dice.random() < 0.8:
        kinds = dice.choices([HERE, OF_SDK], k=dice.choice([1, 2]))
        body["input"] = [HI, *[drawn(dice, dice.choice(each)) for each in kinds]]
    if dice.random() < 0.3:
        body["stream"] = True
    return short(body)


def short(body: dict) -> dict:
    """The request, with a short answer where nothing limits it."""
    limit = body.get("max_output_tokens")
    is_long = isinstance(limit, int | float) and limit > 16
    return body | {"max_output_tokens": 16} if limit is None or is_long else body


def drawn(dice: random.Random, kind, depth: int = 0):
    """A value of one of the SDK's types, as JSON has it; where those nest deep, anything."""
    origin = typing.get_origin(kind)
    options = typing.get_args(kind)
    if depth > DEEPEST:
        return dice.choice(ANYTHING)
    if is_typeddict(kind):
        return _drawn_object(dice, kind, depth)
    if origin is typing.Literal:
        return dice.choice(options)
    if origin is Required or origin is typing.Annotated:
        return drawn(dice, options[0], depth)
    if origin is dict:
        return {dice.choice(TEXTS): drawn(dice, options[1], depth + 1)}
    if origin in (list, Iterable):
        return [drawn(dice, options[0], depth + 1) for _ in range(dice.choice([0, 1, 1, 2]))]
    if origin is not None and len(options) > 1:  # a union
        return drawn(dice, dice.choice(options), depth)
    if origin is not None:  # the SDK's sequence that is not a text
        return [drawn(dice, options[0], depth + 1)]
    simple = {
        str: lambda: dice.choice(TEXTS),
        bool: lambda: dice.random() < 0.5,
        int: lambda: dice.choice(NUMBERS),
        float: lambda: dice.choice(NUMBERS),
        type(None): lambda: None,
    }
    return simple.get(kind, lambda: dice.choice(ANYTHING))()


def _drawn_object(dice: random.Random, kind, depth: int) -> dict:
    """All that the type requires, and some of the rest."""
    hints = HINTS(kind)
    return {
        name: drawn(dice, hint, depth + 1)
        for name, hint in hints.items()
        if typing.get_origin(hint) is Required or dice.random() < 0.2
    }
