"""The paths under /v1beta and /v1: models, models/{m}, and models/{m}:method.

google-genai 3.6.1 asks for v1 unless `HttpOptions.api_version` or GOOGLE_GENAI_API_VERSION names
another; older versions asked for v1beta. Both are the same here.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.event_stream import EventForm, unless_gone
from samplers.local.answer.json_text import json_response
from samplers.local.chats import AnswerForm, Chats
from samplers.local.dialects.gemini.answer import stream, whole
from samplers.local.dialects.gemini.errors import error_body, not_found
from samplers.local.dialects.gemini.models import model_list, one_model
from samplers.local.dialects.gemini.request import count, generate, model_called
from samplers.local.dialects.header_route import HeaderRoute
from samplers.local.engine.model import ServedModel
from samplers.local.request.body import is_long
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.job import prepare

KEY = "x-goog-api-key"  # the header that tells Google's /v1/models from OpenAI's
WHOLE = "generateContent"
STREAM = "streamGenerateContent"
COUNT = "countTokens"
NO_ARRAY = (
    "streamGenerateContent answers with server-sent events here, not with an array of JSON: add "
    "?alt=sse to the address."
)


def _error_event(error: ApiError) -> dict:
    return error_body(error.status, error.body["error"], "")


FORM = AnswerForm(whole, stream, EventForm(named=False, done="", error=_error_event))


def routes(chats: Chats) -> list[Route]:
    """The routes of this API."""
    models = chats.models

    async def all_models(request: Request) -> Response:
        return json_response(model_list(models, request.query_params))

    def model_of(request: Request) -> ServedModel:
        return model_called(models, *_called(request))

    async def model_by_id(request: Request) -> Response:
        if ":" in request.path_params["id"]:  # a method, which is called by POST
            raise not_found(*_called(request))
        return json_response(one_model(model_of(request)))

    async def answer(request: Request, is_stream: bool) -> Response:
        async def read(body) -> ChatRequest:
            return await generate(models, model_of(request), body, is_stream, is_long(request))

        return await chats.chat(request, read, FORM)

    async def tokens(request: Request) -> Response:
        async with chats.bodies.json(request) as body:
            counted = await count(models, model_of(request), body, is_long(request))
        job = await unless_gone(request.receive, prepare(models, counted))
        return json_response({"totalTokens": job.prompt_tokens})

    async def call(request: Request) -> Response:
        name, version, method = _called(request)
        if method == COUNT:
            return await tokens(request)
        if method == STREAM and request.query_params.get("alt") != "sse":
            raise bad_request(NO_ARRAY, "alt")
        if method in (WHOLE, STREAM):
            return await answer(request, method == STREAM)
        raise not_found(name, version, method)

    return [
        Route("/v1beta/models", all_models, methods=["GET"]),
        Route("/v1beta/models/{id}", model_by_id, methods=["GET"]),
        HeaderRoute(KEY, "/v1/models", all_models, methods=["GET"]),
        HeaderRoute(KEY, "/v1/models/{id}", model_by_id, methods=["GET"]),
        Route("/v1beta/{name:path}:{method}", call, methods=["POST"]),
        Route("/v1/models/{id:path}:{method}", call, methods=["POST"]),
    ]


def _called(request: Request) -> tuple[str, str, str]:
    """What a path such as /v1beta/models/x:countTokens calls: name, version and method."""
    _, version, rest = request.scope["path"].split("/", 2)
    name, _, method = rest.rpartition(":")
    return (name, version, method) if name else (rest, version, WHOLE)
