"""GLM's answer, whole and streamed, by the types of zai-sdk 0.2.3.

The thoughts are `reasoning_content`. The usage always comes: in a stream with the last chunk, which
says why the answer ended. Calls are streamed whole unless `tool_stream` asks for pieces.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing

from samplers.local.answer import chat, chat_chunks
from samplers.local.answer.event_stream import EventForm
from samplers.local.chats import AnswerForm, Settle
from samplers.local.dialects.chat_form import own_message
from samplers.local.dialects.glm.errors import error_body
from samplers.local.dialects.glm.request import Own
from samplers.local.request.job import Job

IMAGES = "samplers_images"  # what was read of images, a field of ours
SAME = ("id", "object", "created", "model", IMAGES)
FINISHES = {"content_filter": "sensitive"}
EVENTS = EventForm(
    named=False,
    done="data: [DONE]\n\n",
    error=lambda error: error_body(error.status, error.body["error"], ""),
)


def answer_form(own: list[Own]) -> AnswerForm:
    """How a request is answered. By then `own` has the one thing that its answer needs besides."""

    async def whole(job: Job, settle: Settle) -> dict:
        body = await chat.complete(job)
        settle(body["usage"])
        message = own_message(body["choices"][0]["message"])
        return _Bodies(own[0]).of(body, {"message": message}, body["usage"])

    def stream(job: Job, settle: Settle) -> AsyncIterator[dict]:
        return _stream(job, settle, own[0])

    return AnswerForm(whole, stream, EVENTS)


async def _stream(job: Job, settle: Settle, own: Own) -> AsyncIterator[dict]:
    """The chunks of the answer to a job, in order."""
    bodies = _Bodies(own)
    usages: list[dict] = []
    calls: list[dict] = []  # kept back until they are whole
    async with aclosing(chat_chunks.stream(job, usages.append)) as chunks:
        async for chunk in chunks:
            delta = own_message(chunk["choices"][0]["delta"])
            if not own.tool_stream:
                _gather(calls, delta.pop("tool_calls", []))
            if delta:
                yield bodies.of(chunk, {"delta": delta})

    settle(usages[0])
    if calls:
        yield bodies.of(chunk, {"delta": {"tool_calls": calls}}, ends=False)
    yield bodies.of(chunk, {"delta": {}}, usages[0])


def _gather(calls: list[dict], pieces: list[dict]) -> None:
    """Adds the pieces of calls to the calls so far."""
    for piece in pieces:
        if piece["index"] == len(calls):
            calls.append(piece)
        else:
            function = calls[piece["index"]]["function"]
            function["arguments"] += piece["function"]["arguments"]


class _Bodies:
    """Makes the bodies of one answer: all have the same `request_id`."""

    def __init__(self, own: Own):
        self._request_id = own.request_id or secrets.token_hex(16)

    def of(self, body: dict, part: dict, usage: dict | None = None, ends: bool = True) -> dict:
        """GLM's body for one of OpenAI's; `part` is its message or its delta.

        `ends`: a reason that the body has for the end is told.
        """
        reason = body["choices"][0]["finish_reason"] if ends else None
        choice = {"index": 0, **part, "finish_reason": FINISHES.get(reason, reason)}
        made = {name: body[name] for name in SAME if name in body}
        made |= {"request_id": self._request_id, "choices": [choice]}
        return made if usage is None else made | {"usage": _usage(usage)}


def _usage(usage: dict) -> dict:
    details = usage["completion_tokens_details"]
    return {
        "prompt_tokens": usage["prompt_tokens"],
        "completion_tokens": usage["completion_tokens"],
        "total_tokens": usage["total_tokens"],
        "prompt_tokens_details": {"cached_tokens": usage["samplers_cached_tokens"]},
        "completion_tokens_details": {"reasoning_tokens": details["reasoning_tokens"]},
    }
