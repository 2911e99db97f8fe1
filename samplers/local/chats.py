"""How a chat is answered, whatever API it came by: one way from its request to its response."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from samplers.local.answer.event_stream import OPENAI_EVENTS, EventForm, EventStream, unless_gone
from samplers.local.answer.json_text import json_response
from samplers.local.answer.newest import Newest
from samplers.local.conditions.exchange import filtered, reserve
from samplers.local.engine.model import ServedModel
from samplers.local.key import owner_of
from samplers.local.keys.limits import in_turn
from samplers.local.request.body import Bodies
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import Job, prepare

Settle = Callable[[dict], None]  # it takes the answer's usage, by Chat's names


@dataclass(frozen=True)
class AnswerForm:
    """How an API writes its answers: `whole` makes a body, `stream` makes the events of a stream.

    Each calls its `Settle` once with the usage. `events` is how an event stands on the wire.
    """

    whole: Callable[[Job, Settle], Coroutine[None, None, dict]]
    stream: Callable[[Job, Settle], AsyncIterator[dict]]
    events: EventForm = OPENAI_EVENTS


class Chats:
    """Answers chats from `models`; `bodies` reads their requests."""

    def __init__(self, models: tuple[ServedModel, ...], bodies: Bodies):
        self.models = models
        self.bodies = bodies
        self._newest: defaultdict[str, Newest] = defaultdict(Newest)  # of each owner

    def arrival(self, request: Request) -> int:
        """The number of a request that has just come in, among its owner's."""
        return self._newest[owner_of(request.scope)].arrival()

    async def chat(
        self,
        request: Request,
        read: Callable[[object], Awaitable[ChatRequest]],
        form: AnswerForm,
    ) -> Response:
        """The response to a request for a chat. `read` makes a ChatRequest of its body's JSON."""
        number = self.arrival(request)
        async with self.bodies.json(request) as body:
            chat_request = await read(body)

        async def jobs() -> list[Job]:
            return [await prepare(self.models, chat_request)]

        (job,), settle = await self.admit(request, chat_request.n, jobs)
        if chat_request.stream:
            return EventStream(form.stream(job, settle), form.events)
        return await self.answer(request, number, form.whole, job, settle)

    async def admit(
        self, request: Request, count: int, jobs: Callable[[], Coroutine[None, None, list[Job]]]
    ) -> tuple[list[Job], Settle]:
        """A request's jobs, made by `jobs`, as its key's limits and conditions let them be.

        `count`: how many choices they have together.
        """
        await in_turn(request, count)
        made = await unless_gone(request.receive, jobs())
        owner = owner_of(request.scope)
        admitted = [replace(filtered(request.scope, job), owner=owner) for job in made]
        return admitted, reserve(request.scope, admitted)

    async def answer(
        self, request: Request, number: int, make: Callable[..., Coroutine], *arguments
    ) -> Response:
        """The response with what `make(*arguments)` gives. `number`: the request's `arrival`."""
        newest = self._newest[owner_of(request.scope)]
        work = newest.run(request.headers, number, make, *arguments)
        body = await unless_gone(request.receive, work)
        return await asyncio.to_thread(json_response, body)  # it may be megabytes
