"""One response: the events from response.created to response.done."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from samplers.local.answer import chat_chunks
from samplers.local.realtime.conversation import Conversation
from samplers.local.realtime.events import new_id
from samplers.local.realtime.items import Item
from samplers.local.realtime.response_request import ResponseRequest
from samplers.local.request.errors import ApiError
from samplers.local.request.job import Job

Emit = Callable[..., Awaitable[None]]  # emit(type, **fields) sends an event


@dataclass
class Ending:
    """How a response ended. `reason` and `error` say why it is not complete."""

    status: str = "completed"
    reason: str | None = None
    error: ApiError | None = None

    def details(self) -> dict:
        details: dict = {"type": self.status}
        if self.reason is not None:
            details["reason"] = self.reason
        if self.error is not None:
            body = self.error.body["error"]
            details["error"] = {name: body[name] for name in ("type", "code", "message")}
        return details


class Response:
    """A response to a conversation, which gets its item if the request says so."""

    def __init__(self, request: ResponseRequest, conversation: Conversation, emit: Emit):
        self.id = new_id("resp")
        self.is_ending = False  # its last events are being sent
        self._request = request
        self._conversation = conversation
        self._emit = emit
        self._item: Item | None = None
        self._text = ""
        self._usage: dict | None = None

    async def begin(self) -> None:
        await self._emit("response.created", response=self.as_object(Ending("in_progress")))

    async def generate(self, job: Job) -> Ending:
        """Sends the text while it is generated. Cancelling it frees the engine."""
        await self._open()
        reason = None
        async with aclosing(chat_chunks.stream(job, self._settle)) as chunks:
            async for chunk in chunks:
                for choice in chunk["choices"]:
                    reason = choice["finish_reason"] or reason
                    await self._say(choice["delta"].get("content"))
        return Ending("incomplete", "max_output_tokens") if reason == "length" else Ending()

    def _settle(self, usage: dict) -> None:
        self._usage = usage

    async def _open(self) -> None:
        self._item = Item(new_id("item"), "assistant", None, status="in_progress")
        item = self._item.as_object()
        await self._emit("response.output_item.added", **self._place(), item=item)
        if self._request.keeps:
            before = self._conversation.add(self._item)
            await self._emit("conversation.item.added", previous_item_id=before, item=item)
        await self._emit("response.content_part.added", **self._part_place(), part=self._part())

    async def _say(self, text: str | None) -> None:
        if text:
            self._text += text
            await self._emit("response.output_text.delta", **self._part_place(), delta=text)

    async def end(self, ending: Ending) -> None:
        """Sends the last events, whatever the end was."""
        self.is_ending = True
        if self._item is not None:
            await self._close("completed" if ending.status == "completed" else "incomplete")
        await self._emit("response.done", response=self.as_object(ending))
        await self._emit("rate_limits.updated", rate_limits=[])  # nothing is limited here

    async def _close(self, status: str) -> None:
        self._item.text = self._text
        self._item.status = status
        item = self._item.as_object()
        await self._emit("response.output_text.done", **self._part_place(), text=self._text)
        await self._emit("response.content_part.done", **self._part_place(), part=self._part())
        if self._request.keeps:
            before = self._conversation.before(self._item)
            await self._emit("conversation.item.done", previous_item_id=before, item=item)
        await self._emit("response.output_item.done", **self._place(), item=item)

    def _part(self) -> dict:
        return {"type": "text", "text": self._text}

    def _place(self) -> dict:
        return {"response_id": self.id, "output_index": 0}

    def _part_place(self) -> dict:
        return {**self._place(), "item_id": self._item.id, "content_index": 0}

    def as_object(self, ending: Ending) -> dict:
        """The response as events show it; what is not known yet is left out."""
        ended = self._item is not None and ending.status != "in_progress"
        response = {
            "object": "realtime.response",
            "id": self.id,
            "status": ending.status,
            "output": [self._item.as_object()] if ended else [],
            "output_modalities": ["text"],
            "max_output_tokens": self._request.max_output_tokens,
            "metadata": self._request.metadata,
        }
        if self._request.keeps:
            response["conversation_id"] = self._conversation.id
        if ending.status not in ("in_progress", "completed"):
            response["status_details"] = ending.details()
        if self._usage is not None:
            response["usage"] = _usage(self._usage)
        return response


def _usage(chat: dict) -> dict:
    """A chat's usage by Realtime's names. What was spoken came to the model as text."""
    cached = chat["prompt_tokens_details"]["cached_tokens"]
    return {
        "total_tokens": chat["total_tokens"],
        "input_tokens": chat["prompt_tokens"],
        "output_tokens": chat["completion_tokens"],
        "input_token_details": {
            "text_tokens": chat["prompt_tokens"],
            "audio_tokens": 0,
            "image_tokens": 0,
            "cached_tokens": cached,
            "cached_tokens_details": {"text_tokens": cached, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": chat["completion_tokens"], "audio_tokens": 0},
    }
