"""From a body's JSON to a ResponseRequest. It looks at the request alone, not at what is kept."""

import asyncio

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.echo import echo
from samplers.local.dialects.responses.request.fields import CHECKS, KNOWN, LOGPROBS, MOVED, moved
from samplers.local.dialects.responses.request.items import input_items
from samplers.local.dialects.responses.request.spelling import unknown_field
from samplers.local.dialects.responses.request.tools import callable_tools
from samplers.local.engine.model import ServedModel, named
from samplers.local.request.checks import string
from samplers.local.request.combined import stream_options
from samplers.local.request.errors import bad_request, missing, unsupported, wrong_body
from samplers.local.request.reasoning import DEFAULT_EFFORT


async def read(models: tuple[ServedModel, ...], body, is_long: bool) -> ResponseRequest:
    """The request that a body's JSON is. ApiError (400) for the first wrong thing.

    As at OpenAI the model comes first, then a missing input, unknown fields, and the values.
    """
    has_schema = isinstance(body, dict) and body.keys() & {"tools", "text"}
    if not is_long and not has_schema:
        return _parse(models, body)
    # A schema can take seconds to check, and other requests must not wait for it.
    return await asyncio.to_thread(_parse, models, body)


async def read_count(models: tuple[ServedModel, ...], body, is_long: bool) -> ResponseRequest:
    """The request whose input tokens are asked for: that of a response, without an input, too."""
    if isinstance(body, dict):
        if body.get("personality") is not None:
            raise unsupported("personality")
        body = {name: value for name, value in body.items() if name != "personality"}
        if body.get("input") is None:
            body["input"] = []
    return await read(models, body, is_long)


def _parse(models: tuple[ServedModel, ...], body) -> ResponseRequest:
    if not isinstance(body, dict):
        raise wrong_body(body)
    model = _model(models, body)
    if "input" not in body:
        raise missing("input")
    for name in body:
        if name in MOVED:
            raise moved(name)
        if name not in KNOWN:
            raise unknown_field(name, KNOWN, body)
    items = input_items("input", body["input"])
    given = {
        name: check(name, body[name])
        for name, check in CHECKS.items()
        if body.get(name) is not None
    }
    return _request(model, items, given)


def _model(models: tuple[ServedModel, ...], body: dict) -> ServedModel:
    if "model" not in body:
        raise missing("model")
    name = body["model"]
    if name is None:
        # OpenAI's words for null: a failed string, and an object
        message = "Invalid type for 'model': expected a string, but got an object instead."
        raise bad_request(message, "model", "invalid_type")
    string()("model", name)
    model = named(models, name)
    if model is None:
        message = f"The requested model '{name[:200]}' does not exist."
        raise bad_request(message, "model", "model_not_found")
    return model


def _request(model: ServedModel, items: tuple[dict, ...], given: dict) -> ResponseRequest:
    stream = given.get("stream", False)
    options = stream_options(stream, given.get("stream_options"))
    choice = given.get("tool_choice", "auto")
    parallel = given.get("parallel_tool_calls", True)
    tools = callable_tools(given.get("tools", []), choice, parallel)
    include = frozenset(given.get("include", ()))
    reasoning = given.get("reasoning", {})
    effort = reasoning.get("effort", DEFAULT_EFFORT) if model.reasoning else "none"
    return ResponseRequest(
        model=model,
        items=items,
        instructions=given.get("instructions"),
        previous=given.get("previous_response_id"),
        temperature=given.get("temperature", 1.0),
        top_p=given.get("top_p", 1.0),
        limit=given.get("max_output_tokens"),
        top_logprobs=given.get("top_logprobs", 0) if LOGPROBS in include else None,
        include=include,
        tools=tools,
        format=given["text"].format if "text" in given else None,
        effort=effort,
        summary=reasoning.get("summary"),
        truncates=given.get("truncation") == "auto",
        store=given.get("store", True),
        background=given.get("background", False),
        stream=stream,
        echo=echo(given, effort if model.reasoning else None),
        presence_penalty=given.get("presence_penalty", 0.0),
        frequency_penalty=given.get("frequency_penalty", 0.0),
        include_obfuscation=bool(options.get("include_obfuscation")),
        conversation=given.get("conversation"),
        prompt=given.get("prompt"),
        given=given,
    )
