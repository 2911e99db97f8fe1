"""OpenAI's paths under /v1, on starlette: each is one function and one route.

Beside them stand the paths of other providers, from `dialects/`.

A request's way: request/ checks it and makes a job of it, answer/ makes the answer to the job.
"""

import asyncio
from collections.abc import Collection

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer import chat, chat_chunks, compact
from samplers.local.answer.distributions import distributions
from samplers.local.answer.error_response import HANDLERS
from samplers.local.answer.json_text import dumps, json_response
from samplers.local.answer.models import extensions_header, logits_header, model_list, one_model
from samplers.local.answer.score import score
from samplers.local.answer.tokenize import tokenize
from samplers.local.answer.vocabulary import vocabulary_response
from samplers.local.audio.recogniser import Recogniser
from samplers.local.audio_paths import audio_routes
from samplers.local.batch_paths import batch_routes
from samplers.local.batches.worker import Worker
from samplers.local.chats import AnswerForm, Chats, Settle
from samplers.local.conditions.key_conditions import Conditions
from samplers.local.conditions.middleware import Conditioned
from samplers.local.conditions.report import change, report
from samplers.local.conditions.simulation import Simulation
from samplers.local.dialects.completions.paths import completion_routes
from samplers.local.dialects.errors import DialectErrors
from samplers.local.dialects.responses.paths import response_routes
from samplers.local.dialects.table import dialect_routes
from samplers.local.door import HEALTH, Door
from samplers.local.engine.model import ServedModel
from samplers.local.file_paths import file_routes
from samplers.local.key import owner_of
from samplers.local.keys.known import Keys
from samplers.local.keys.limits import FILE_BYTES, Limited, in_turn
from samplers.local.moderation.answer import moderation
from samplers.local.moderation.request import inputs
from samplers.local.realtime_path import realtime_route
from samplers.local.request.body import Bodies, is_long
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import not_offered
from samplers.local.request.given import given_answer, given_text
from samplers.local.request.job import Job, chosen, parsed
from samplers.local.store.database import Database
from samplers.local.store.files import MOST_BYTES


def application(
    models: tuple[ServedModel, ...],
    keys: Keys,
    simulation: Simulation,
    database: Database,
    worker: Worker,
    names: Collection[str] = (),
    origins: Collection[str] = (),
) -> DialectErrors:
    """The ASGI application that serves `models` to those whose key is one of `keys`.

    `simulation` is what is simulated from the start, `database` what keeps their files, batches and
    responses, `worker` what works on the batches, `names` are further hosts that requests may name,
    `origins` those whose web pages may use it. Keys that are shared out have a limit each.
    """

    bodies = Bodies()
    conditions = Conditions(simulation)
    chats = Chats(models, bodies)
    recogniser = Recogniser()

    async def all_models(request: Request) -> Response:
        headers = logits_header(models[0].logits) | extensions_header(models[0].settings)
        return json_response(model_list(models), headers=headers)

    async def model_by_id(request: Request) -> Response:
        return json_response(one_model(models, request.path_params["model"]))

    async def chat_completions(request: Request) -> Response:
        async def read(body) -> ChatRequest:
            return await parsed(models, body, request.headers, is_long(request))

        return await chats.chat(request, read, CHAT)

    async def tokens(request: Request) -> Response:
        async with bodies.json(request) as body:
            answer = await tokenize(models, body)
        return Response(dumps(answer), media_type="application/json")

    async def vocabulary(request: Request) -> Response:
        name = request.query_params.get("model")
        model = models[0] if name is None else chosen(models, name)
        return vocabulary_response(model, request.headers.get("if-none-match"))

    async def given_distributions(request: Request) -> Response:
        number = chats.arrival(request)
        async with bodies.json(request) as body:
            given = await given_answer(models, body)
        await in_turn(request)
        return await chats.answer(request, number, distributions, given)

    async def given_score(request: Request) -> Response:
        number = chats.arrival(request)
        async with bodies.json(request) as body:
            given = await given_text(models, body)
        await in_turn(request)
        return await chats.answer(request, number, score, given)

    async def moderations(request: Request) -> Response:
        async with bodies.json(request) as body:
            # a long text takes a while, and other requests must not wait for it
            answer = await asyncio.to_thread(lambda: moderation(inputs(body)))
        return json_response(answer)

    def time_factor(owner: str) -> float:
        return conditions.of(owner).settings.time_factor

    async def own_conditions(request: Request) -> Response:
        own = conditions.of(owner_of(request.scope))
        if request.method == "POST":
            async with bodies.json(request) as body:
                change(own, body)
        return json_response(report(own))

    async def stored_chats(request: Request) -> Response:
        instead = "It keeps no chats, whatever 'store' says; responses of /v1/responses are kept."
        raise not_offered("stored chat completions", instead)

    async def health(request: Request) -> Response:
        return Response(dumps({"status": "ok"}), media_type="application/json")

    routes = [
        Route(HEALTH, health, methods=["GET"]),
        *dialect_routes(chats),
        Route("/v1/models", all_models, methods=["GET"]),
        Route("/v1/models/{model:path}", model_by_id, methods=["GET"]),
        Route("/v1/chat/completions", chat_completions, methods=["POST"]),
        Route("/v1/chat/completions", stored_chats, methods=["GET"]),
        Route("/v1/chat/completions/{rest:path}", stored_chats, methods=["GET", "POST", "DELETE"]),
        *response_routes(chats, database),
        *completion_routes(chats),
        *file_routes(database, FILE_BYTES if keys.shared else MOST_BYTES),
        *audio_routes(recogniser),
        realtime_route(models, recogniser, keys),
        *batch_routes(database, worker, bodies, time_factor),
        Route("/v1/moderations", moderations, methods=["POST"]),
        Route("/v1/tokenize", tokens, methods=["POST"]),
        Route("/v1/samplers/conditions", own_conditions, methods=["GET", "POST"]),
        Route("/v1/samplers/distributions", given_distributions, methods=["POST"]),
        Route("/v1/samplers/score", given_score, methods=["POST"]),
        Route("/v1/samplers/vocabulary", vocabulary, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers=HANDLERS)
    app.router.redirect_slashes = False  # a path with a slash too many does not exist
    conditioned = Conditioned(app, conditions)
    door = Door(Limited(conditioned) if keys.shared else conditioned, keys, names, origins)
    return DialectErrors(door)


async def _whole_chat(job: Job, settle: Settle) -> dict:
    make = compact.complete if job.request.compact else chat.complete
    body = await make(job)
    settle(body["usage"])
    return body


CHAT = AnswerForm(_whole_chat, chat_chunks.stream)
