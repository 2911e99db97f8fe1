"""The streamed answer of POST /v1/messages: Anthropic's events. The whole answer is their sum.

What the prompt cost stands in `message_delta`, at the end: the split into cached tokens and others
is known only when the prompt has been read.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing

from samplers.local.answer import chat_fields
from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.images import images_field, images_note
from samplers.local.chats import Settle
from samplers.local.dialects.anthropic.usage import NOTHING_CACHED, input_tokens
from samplers.local.request.job import Choice, Job


async def events(job: Job, settle: Settle) -> AsyncIterator[dict]:
    """The events of the answer to a job, in order. At the end `settle` gets the answer's usage."""
    yield {"type": "message_start", "message": _message(job)}
    yield {"type": "ping"}
    if job.limit:
        (choice,), cached = await call_or_text.choices(job)
    else:
        choice = job.choice(0, calls=False)
        cached = await _read(job)

    ends: list[End] = []
    write = _calls if choice.calls else _text
    async with aclosing(_texts(job, choice, ends)) as texts, aclosing(write(texts)) as written:
        async for event in written:
            yield event

    (end,) = ends
    usage = chat_fields.usage(job, ends, cached)
    settle(usage)
    yield {
        "type": "message_delta",
        "delta": _stop(job, choice, end),
        "usage": input_tokens(job, usage) | {"output_tokens": usage["completion_tokens"]},
    }
    yield {"type": "message_stop"}


def _message(job: Job) -> dict:
    """The message before its content."""
    usage = {
        "input_tokens": job.prompt_tokens,
        **NOTHING_CACHED,
        "output_tokens": 0,
        "service_tier": "standard",
    }
    return {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": job.model.id,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
        **images_field(job),
    }


async def _read(job: Job) -> int:
    """Reads the prompt, for which a client asks with max_tokens 0. How much had been read before.

    The next request with this prompt finds it there.
    """
    async with job.slot(0) as slot:
        cached = await job.model.engine.read(slot, job.prompt)
    return job.prompt_tokens if cached is None else cached


async def _texts(job: Job, choice: Choice, ends: list[End]) -> AsyncIterator[str]:
    """The text of a choice as it comes; its End is put into `ends`."""
    yield images_note(job, choice)
    async with aclosing(generate_all(job, [choice])) as generated:
        async for _, event in generated:
            if isinstance(event, End):
                ends.append(event)
            else:
                yield event.text


async def _text(texts: AsyncIterator[str]) -> AsyncIterator[dict]:
    """A block of text, or none: a blank one would be refused when it is sent back."""
    held = ""
    is_open = False
    async for text in texts:
        held += text
        if not is_open and held.strip():
            is_open = True
            yield _start(0, {"type": "text", "text": ""})
        if is_open and held:
            yield _delta(0, {"type": "text_delta", "text": held})
            held = ""
    if is_open:
        yield _end(0)


async def _calls(texts: AsyncIterator[str]) -> AsyncIterator[dict]:
    """A block for each call."""
    stream = CallStream()
    async for text in texts:
        for part in stream.feed(text):
            index = part["index"]
            function = part["function"]
            if "id" in part:
                if index:
                    yield _end(index - 1)
                ident = part["id"].replace("call_", "toolu_")
                block = {"type": "tool_use", "id": ident, "name": function["name"], "input": {}}
                yield _start(index, block)
            # the first piece is empty, as at Anthropic
            yield _delta(index, {"type": "input_json_delta", "partial_json": function["arguments"]})
    if stream.calls:
        yield _end(len(stream.calls) - 1)


def _start(index: int, block: dict) -> dict:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta: dict) -> dict:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _end(index: int) -> dict:
    return {"type": "content_block_stop", "index": index}


def _stop(job: Job, choice: Choice, end: End) -> dict:
    """Why the answer ended, and at which stop sequence."""
    stopped = {"stop_reason": _reason(job, choice, end), "stop_sequence": end.stop}
    if stopped["stop_reason"] == "refusal":
        details = {"type": "refusal", "category": None, "explanation": None}
        return stopped | {"stop_details": details}
    return stopped


def _reason(job: Job, choice: Choice, end: End) -> str:
    if end.finish_reason == "content_filter":  # which is simulated
        return "refusal"
    if end.finish_reason == "length":
        is_cut = job.limit < job.request.max_tokens
        return "model_context_window_exceeded" if is_cut else "max_tokens"
    if end.stop is not None:
        return "stop_sequence"
    return "tool_use" if choice.calls else "end_turn"
