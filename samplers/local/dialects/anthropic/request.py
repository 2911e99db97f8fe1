"""From the body of POST /v1/messages, or of count_tokens, to the request that a job is made of.

The fields are those of Anthropic's SDK (anthropic 2.14.0), without what only its beta has. First
each is checked, in the order of the tables, then unknown ones are refused, then what does not fit
together, then the model. Anthropic's own order is not known.
"""

import asyncio
from dataclasses import dataclass

from samplers.local.dialects.anthropic.blocks import CACHE
from samplers.local.dialects.anthropic.checks import (
    boolean,
    fraction,
    integer,
    items,
    literal,
    mapping,
    nullable,
    record,
    string,
    tagged,
    unsupported,
    wrong,
)
from samplers.local.dialects.anthropic.history import openai_messages
from samplers.local.dialects.anthropic.messages import system, turns
from samplers.local.dialects.anthropic.schemas import checked_schema
from samplers.local.dialects.anthropic.tools import callable_tools, choice, tools
from samplers.local.dialects.anthropic.version import TODAY, WITH_SAMPLING
from samplers.local.dialects.read import chat_request
from samplers.local.engine.model import ServedModel, named
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.response_format import Format

MOST_STOPS = 64  # ours: each is looked for after every token
MOST_MARKS = 4  # blocks with cache_control, and the request's own (live probe, 2026-09-10)


def _stops(place: str, value) -> tuple[str, ...]:
    stops = items(string)(place, value)
    if len(stops) > MOST_STOPS:
        raise wrong(place, f"this endpoint takes at most {MOST_STOPS}")
    for stop in stops:
        if not stop:
            raise wrong(place, "each stop sequence must be non-empty")
        if not stop.strip():
            raise wrong(place, "each stop sequence must contain non-whitespace")
    return tuple(dict.fromkeys(stops))


def _no_thinking(place: str, value):
    """SmolLM2 was not trained to think: refused as by Anthropic's models that do not, either."""
    kind = place.rpartition(".")[2]
    if kind == "adaptive":
        raise bad_request("adaptive thinking is not supported on this model", "thinking")
    raise bad_request("This model does not support thinking.", "thinking")


THINKING = tagged(
    dict.fromkeys(("enabled", "adaptive", "between_tools"), _no_thinking)
    | {"disabled": record({}, {})}
)


def _no_effort(place: str, value) -> None:
    literal("low", "medium", "high", "xhigh", "max")(place, value)
    raise bad_request("This model does not support the effort parameter.", place)


def _format(place: str, value) -> Format:
    checked = record({"type": literal("json_schema"), "schema": mapping}, {})(place, value)
    return Format(*checked_schema(f"{place}.schema", checked["schema"], strict=True))


def _no_fast_mode(place: str, value) -> None:
    if literal("standard", "fast")(place, value) == "fast":
        raise wrong(place, "fast mode is not supported on this model")


REQUIRED = {"model": string, "messages": turns}
OPTIONAL = {
    "system": system,
    "tools": tools,
    "tool_choice": choice,
    "thinking": THINKING,
    "output_config": record({}, {"effort": nullable(_no_effort), "format": nullable(_format)}),
    **CACHE,
    "speed": nullable(_no_fast_mode),
    "user_profile_id": unsupported("user profiles are"),
}
COUNT = record(REQUIRED, OPTIONAL)
CREATED = OPTIONAL | {
    "stop_sequences": _stops,
    "stream": boolean,
    "metadata": record({}, {"user_id": nullable(string)}),
    "service_tier": literal("auto", "standard_only"),
    "container": unsupported("containers are"),
    "diagnostics": unsupported("diagnostics are"),
    "inference_geo": unsupported("geographic regions are"),
}
SAMPLING = {"temperature": fraction, "top_p": fraction, "top_k": integer(0)}
TO_CREATE = {"model": string, "max_tokens": integer(0), "messages": turns}
CREATE = {  # by the version
    WITH_SAMPLING: record(TO_CREATE, CREATED | SAMPLING),
    TODAY: record(TO_CREATE, CREATED),
}


@dataclass(frozen=True)
class _Asked:
    """What a body asks for: a chat in OpenAI's form, and what that form does not have."""

    body: dict
    own: dict


async def message_request(
    models: tuple[ServedModel, ...], body, version: str, is_long: bool
) -> ChatRequest:
    """The request of a body for POST /v1/messages. ApiError (400, 404) for what is wrong."""
    return await _request(models, CREATE[version], body, is_long)


async def count_request(models: tuple[ServedModel, ...], body, is_long: bool) -> ChatRequest:
    """The request whose prompt a body for count_tokens asks about. ApiError as above."""
    return await _request(models, COUNT, body, is_long)


async def _request(models, check, body, is_long: bool) -> ChatRequest:
    has_schema = isinstance(body, dict) and body.keys() & {"tools", "output_config"}
    if is_long or has_schema:  # which can take seconds
        asked = await asyncio.to_thread(_asked, models, check, body)
    else:
        asked = _asked(models, check, body)
    return await chat_request(models, asked.body, is_long, **asked.own)


def _asked(models: tuple[ServedModel, ...], check, body) -> _Asked:
    values = check("", body)
    called = callable_tools(values.get("tools", ()), values.get("tool_choice"))
    model = named(models, values["model"])
    if model is None:
        raise ApiError(404, f"model: {values['model'][:200]}", code="model_not_found")
    limit = values.get("max_tokens")
    most = model.engine.context
    if limit is not None and limit > most:
        text = f"which is the maximum allowed number of output tokens for {model.id}"
        raise wrong("max_tokens", f"{str(limit)[:20]} > {most}, {text}")

    chat = {
        "model": model.id,
        "messages": openai_messages(values.get("system", []), values["messages"]),
        "stream": values.get("stream", False),
        "temperature": values.get("temperature"),
        "top_p": values.get("top_p"),
    }
    own = {
        "max_tokens": limit,
        "stop": values.get("stop_sequences", ()),
        "top_k": min(values.get("top_k", 0), len(model.engine.vocabulary)),
        "tools": called,
        "response_format": values.get("output_config", {}).get("format"),
        "cut_at_context": True,
        "cache_ttl": _cache_ttl(body),
    }
    return _Asked(chat, own)


def _cache_ttl(body: dict) -> str | None:
    """For how long a checked body marks its last block to be cached; None if nothing is marked."""
    blocks = [*body.get("tools", ())]
    for holder in [{"content": body.get("system", "")}, *body["messages"]]:
        for block in holder["content"] if isinstance(holder["content"], list) else ():
            inner = block.get("content", "")
            blocks += [block, *(inner if isinstance(inner, list) else ())]
    marks = [block["cache_control"] for block in [*blocks, body] if block.get("cache_control")]
    if len(marks) > MOST_MARKS:
        text = f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found"
        raise bad_request(f"{text} {len(marks)}.", "cache_control")
    return marks[-1].get("ttl", "5m") if marks else None
