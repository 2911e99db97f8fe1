"""One client's session: each event of the client, and what the server does about it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from samplers.local.audio.answer import usage
from samplers.local.audio.recogniser import Recogniser
from samplers.local.engine.model import ServedModel
from samplers.local.realtime.conversation import Conversation
from samplers.local.realtime.events import (
    client_id,
    error_event,
    new_id,
    read_event,
    server_event,
)
from samplers.local.realtime.items import Item, read_item
from samplers.local.realtime.job import job_of
from samplers.local.realtime.response import Ending, Response
from samplers.local.realtime.response_request import ResponseRequest, read_response
from samplers.local.realtime.session import Session
from samplers.local.realtime.sound import SoundBuffer, samples
from samplers.local.request import checks
from samplers.local.request.body import check_unicode
from samplers.local.request.errors import ApiError, bad_request, missing, server_error
from samplers.local.request.senses import SPEECH, SPEECH_RECOGNITION, require

MOST_UNHEARD = 4  # commits that wait for the recogniser

log = logging.getLogger("samplers.local")


class ClientSession:
    """A conversation of a client with `model`; `send` sends an event, a dict.

    `owner` is whose answers its responses are.
    """

    def __init__(
        self,
        model: ServedModel,
        recogniser: Recogniser,
        send: Callable[[dict], Awaitable[None]],
        owner: str = "",
    ):
        self._model = model
        self._recogniser = recogniser
        self._send = send
        self._owner = owner
        self._session = Session(new_id("sess"), model.id)
        self._conversation = Conversation()
        self._sound = SoundBuffer()
        self._hearing: list[asyncio.Task] = []
        self._queued = asyncio.Lock()  # one sound of each session waits for the recogniser
        self._response: Response | None = None
        self._answering: asyncio.Task | None = None
        self._is_cancelled = False
        self._handlers = {
            "session.update": self._update,
            "conversation.item.create": self._create_item,
            "conversation.item.retrieve": self._retrieve_item,
            "conversation.item.delete": self._delete_item,
            "conversation.item.truncate": self._no_voice,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "output_audio_buffer.clear": self._no_voice,
            "response.create": self._create_response,
            "response.cancel": self._cancel_response,
        }

    async def _emit(self, kind: str, **fields) -> None:
        await self._send(server_event(kind, **fields))

    async def begin(self) -> None:
        """The first event."""
        await self._emit("session.created", session=self._session.as_object())

    async def end(self) -> None:
        """Stops what still runs for the client, who is gone."""
        tasks = [task for task in (*self._hearing, self._answering) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def handle(self, text: str | None) -> None:
        """Does what a message asks for. What is wrong with it becomes an event."""
        caused_by = None
        try:
            event = read_event(text)
            caused_by = client_id(event)
            if "\\u" in text:  # only an escape can spell what UTF-8 cannot hold
                await check_unicode(event)
            if "type" not in event:
                raise missing("type")
            kind = checks.one_of(*self._handlers)("type", event["type"])
            await self._handlers[kind](event)
        except Exception as problem:
            await self._send(error_event(_api_error(problem), caused_by))

    async def _update(self, event: dict) -> None:
        self._session = self._session.updated(_field(event, "session"))
        await self._emit("session.updated", session=self._session.as_object())

    async def _create_item(self, event: dict) -> None:
        item = read_item("item", _field(event, "item"))
        after = event.get("previous_item_id")
        if after is not None:
            after = checks.string()("previous_item_id", after)
        await self._add(item, after)

    async def _add(self, item: Item, after: str | None = None) -> None:
        fields = {"previous_item_id": self._conversation.add(item, after)}
        fields["item"] = item.as_object()
        await self._emit("conversation.item.added", **fields)
        await self._emit("conversation.item.done", **fields)

    async def _retrieve_item(self, event: dict) -> None:
        item = self._conversation.get(_text_field(event, "item_id"))
        await self._emit("conversation.item.retrieved", item=item.as_object())

    async def _delete_item(self, event: dict) -> None:
        item_id = _text_field(event, "item_id")
        self._conversation.delete(item_id)
        await self._emit("conversation.item.deleted", item_id=item_id)

    async def _no_voice(self, event: dict) -> None:
        message = f"'{event['type']}' is for audio as the output: this endpoint has no voice."
        raise bad_request(message, "type", "unsupported_value")

    async def _append(self, event: dict) -> None:
        require(SPEECH_RECOGNITION, SPEECH, "audio")
        self._sound.append(_field(event, "audio"))

    async def _clear(self, event: dict) -> None:
        self._sound.clear()
        await self._emit("input_audio_buffer.cleared")

    async def _commit(self, event: dict) -> None:
        self._hearing = [task for task in self._hearing if not task.done()]
        if len(self._hearing) >= MOST_UNHEARD:
            message = f"{MOST_UNHEARD} committed sounds are not heard yet. Please try again later."
            raise bad_request(message, code="rate_limit_exceeded")
        pcm = self._sound.commit()
        item = Item(new_id("item"), "user", None, spoken=True)
        before = self._conversation.items()
        before = before[-1].id if before else None
        committed = {"previous_item_id": before, "item_id": item.id}
        await self._emit("input_audio_buffer.committed", **committed)
        await self._add(item)
        self._hearing.append(asyncio.create_task(self._hear(item, pcm, self._session)))

    async def _hear(self, item: Item, pcm: bytes, session: Session) -> None:
        place = {"item_id": item.id, "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        try:
            prompt = session.transcription_prompt
            async with self._queued:
                heard = await self._recogniser.words(lambda: samples(pcm), prompt)
        except Exception as problem:
            error = _api_error(problem)
            names = ("type", "code", "message", "param")
            fields = {name: error.body["error"][name] for name in names}
            await self._emit(f"{kind}.failed", **place, error=fields)
            return
        finally:
            self._sound.heard(pcm)
        item.text = heard.text
        if session.transcribes:
            fields = {"transcript": heard.text, "usage": usage(heard)}
            await self._emit(f"{kind}.completed", **place, **fields)

    async def _create_response(self, event: dict) -> None:
        request = read_response(event.get("response"), self._session, self._conversation)
        if self._answering is not None and not self._answering.done():
            message = (
                f"Conversation already has an active response in progress: {self._response.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise bad_request(message, code="conversation_already_has_active_response")
        self._response = Response(request, self._conversation, self._emit)
        self._is_cancelled = False
        await self._response.begin()
        answer = self._answer(self._response, request, self._session, list(self._hearing))
        self._answering = asyncio.create_task(answer)
        await asyncio.sleep(0)  # it begins, so that it can end well when it is cancelled

    async def _cancel_response(self, event: dict) -> None:
        named = event.get("response_id")
        runs = self._answering is not None and not self._answering.done()
        if not runs or self._response.is_ending or named not in (None, self._response.id):
            message = "Cancellation failed: no active response found"
            raise bad_request(message, code="response_cancel_not_active")
        self._is_cancelled = True
        self._answering.cancel()

    async def _answer(
        self,
        response: Response,
        request: ResponseRequest,
        session: Session,
        hearing: list[asyncio.Task],
    ) -> None:
        try:
            # what was spoken before must have been heard
            await asyncio.gather(*map(asyncio.shield, hearing))
            items = self._conversation.items() if request.items is None else request.items
            job = await job_of(
                self._model,
                request.instructions,
                items,
                request.max_output_tokens,
                session.truncation == "auto",
            )
            ending = await response.generate(replace(job, owner=self._owner))
        except asyncio.CancelledError:
            if not self._is_cancelled:  # the client is gone
                raise
            asyncio.current_task().uncancel()
            ending = Ending("cancelled", "client_cancelled")
        except Exception as problem:
            ending = Ending("failed", error=_api_error(problem))
        await response.end(ending)


def _api_error(problem: Exception) -> ApiError:
    if isinstance(problem, ApiError):
        return problem
    log.error("an event failed", exc_info=problem)
    return server_error()


def _field(event: dict, name: str):
    if event.get(name) is None:
        raise missing(name)
    return event[name]


def _text_field(event: dict, name: str) -> str:
    return checks.string()(name, _field(event, name))
