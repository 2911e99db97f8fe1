"""From generateContent's body to the request of a chat."""

import asyncio

from samplers.local.dialects.gemini.config import check_modalities, own_fields, sampling
from samplers.local.dialects.gemini.contents import messages
from samplers.local.dialects.gemini.errors import invalid, not_found
from samplers.local.dialects.gemini.fields import COUNT, GENERATE
from samplers.local.dialects.gemini.formats import response_format
from samplers.local.dialects.gemini.thinking import effort, shows_thoughts
from samplers.local.dialects.gemini.tools import tools
from samplers.local.dialects.read import chat_request
from samplers.local.engine.model import ServedModel, named
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import ApiError

PREFIX = "models/"
NO_CACHE = "CachedContent not found (or permission denied)"


def model_called(
    models: tuple[ServedModel, ...], name: str, version: str, method: str
) -> ServedModel:
    """The model of a name such as models/x. ApiError (404) if there is none."""
    model = named(models, name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    if model is None:
        raise not_found(name, version, method)
    return model


async def generate(
    models: tuple[ServedModel, ...], model: ServedModel, body, stream: bool, is_long: bool
) -> ChatRequest:
    """What a body of generateContent asks of `model`. ApiError (400) for the first wrong thing."""
    # in a thread: a schema can take seconds to check
    plain, own = await asyncio.to_thread(_translated, GENERATE, body, model)
    return await chat_request(models, plain | {"stream": stream}, is_long, **own)


async def count(
    models: tuple[ServedModel, ...], model: ServedModel, body, is_long: bool
) -> ChatRequest:
    """The request whose tokens a body of countTokens wants counted."""
    plain, own = await asyncio.to_thread(_translated, _counted, body, model)
    return await chat_request(models, plain, is_long, **own)


def _counted(place: str, body) -> dict:
    """The request to generate inside a body of countTokens, which has its contents or all of it."""
    given = COUNT(place, body)
    request = given.get("generate_content_request")
    if request is None:
        named_too = {"model": given["model"]} if given.get("model") else {}
        return {"contents": given.get("contents", [])} | named_too
    if given.get("contents"):
        raise invalid("contents", "only one of contents and generate_content_request can be set.")
    return request


def _translated(read, body, model: ServedModel) -> tuple[dict, dict]:
    """A body in OpenAI's form, and fields of a ChatRequest beside it."""
    request = read("", body)
    _check_model(request, model)
    if request.get("cached_content"):
        raise ApiError(403, NO_CACHE)

    config = request.get("generation_config", {})
    check_modalities(config)
    said = messages(request.get("contents", []), request.get("system_instruction"))
    plain = {"model": model.id, "messages": said, **sampling(config)}
    thinking = config.get("thinking_config", {})
    how_much = effort(thinking, model.reasoning)
    own = own_fields(config) | {
        "tools": tools(request),
        "response_format": response_format(config),
        "effort": how_much,
        "shows_thoughts": shows_thoughts(thinking, how_much),
        "cut_at_context": True,
    }
    return plain, own


def _check_model(request: dict, model: ServedModel) -> None:
    """ApiError if a body names another model than the path."""
    name = request.get("model") or model.id
    if name.removeprefix(PREFIX) != model.id:
        raise invalid("model", f"it is not the model of the path, {PREFIX}{model.id}.")
