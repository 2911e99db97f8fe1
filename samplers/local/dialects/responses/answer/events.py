"""The events of a response, in order; the last one holds the whole response."""

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import count

from samplers.local.answer import chat_fields
from samplers.local.answer.event_stream import EventForm
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.chats import Settle
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.output import Output
from samplers.local.dialects.responses.answer.response import ended, failed, response
from samplers.local.request.errors import ApiError, server_error

ENDS = ("response.completed", "response.incomplete", "response.failed")  # a stream's last event


def _error_event(error: ApiError) -> dict:
    """The event of an error that is not the response's, such as a simulated fault."""
    shown = error.body["error"]
    return {"type": "error"} | {name: shown[name] for name in ("code", "message", "param")}


EVENTS = EventForm(named=True, done="", error=_error_event, numbered=True)
log = logging.getLogger("samplers.local")


async def events(draft: Draft, settle: Settle) -> AsyncIterator[dict]:
    """The events, numbered. `settle` gets the usage, by Chat's names, before the last one.

    What fails becomes the last event.
    """
    numbers = count()
    output = Output(draft)
    try:
        async with aclosing(_events(draft, output, settle)) as unnumbered:
            async for event in unnumbered:
                yield _padded(draft, event) | {"sequence_number": next(numbers)}
        return
    except ApiError as caught:
        error = caught
    except Exception:
        log.exception("a response failed")
        error = server_error()
    last = failed(response(draft, "in_progress", output.items), error)
    yield {"type": "response.failed", "response": last, "sequence_number": next(numbers)}


def _padded(draft: Draft, event: dict) -> dict:
    """An event; one with a delta has OpenAI's `obfuscation`, if it is asked for."""
    if "delta" not in event:
        return event
    return event | chat_fields.obfuscation(draft.job.request, event["delta"])


async def whole(draft: Draft, settle: Settle) -> dict:
    """The response that the events add up to. What fails is raised."""
    async with aclosing(_events(draft, Output(draft), settle)) as unnumbered:
        async for event in unnumbered:
            last = event
    return last["response"]


async def _events(draft: Draft, output: Output, settle: Settle) -> AsyncIterator[dict]:
    job = draft.job
    for kind in ("created", "in_progress"):
        yield {"type": f"response.{kind}", "response": response(draft, "in_progress", [])}

    (choice,), cached = await call_or_text.choices(job)
    for event in output.open(choice):
        yield event
    async with aclosing(generate_all(job, [choice])) as generated:
        async for choice, drawn in generated:
            for event in output.add(choice, drawn):
                yield event
            if isinstance(drawn, End):
                end = drawn

    usage = chat_fields.usage(job, [end], cached)
    settle(usage)
    yield ended(draft, output.status, output.items, end, usage)
