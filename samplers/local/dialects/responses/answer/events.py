"""The events of a response, in order; the last one holds the whole response."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import count

from samplers.local.answer import chat_fields
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.chats import Settle
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.response import response
from samplers.local.dialects.responses.ids import new_id

ENDS = ("response.completed", "response.incomplete", "response.failed")  # a stream's last event


async def events(draft: Draft, settle: Settle) -> AsyncIterator[dict]:
    """The events, numbered. `settle` gets the usage, by Chat's names, before the last one."""
    numbers = count()
    async with aclosing(_events(draft, settle)) as unnumbered:
        async for event in unnumbered:
            yield event | {"sequence_number": next(numbers)}


async def _events(draft: Draft, settle: Settle) -> AsyncIterator[dict]:
    job = draft.job
    for kind in ("created", "in_progress"):
        yield {"type": f"response.{kind}", "response": response(draft, "in_progress", [])}

    (choice,), cached = await call_or_text.choices(job)
    item = {"id": new_id("msg"), "type": "message", "role": "assistant"}
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    yield {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": item | {"status": "in_progress", "content": []},
    }
    texts = []
    async with aclosing(generate_all(job, [choice])) as generated:
        async for _, event in generated:
            if isinstance(event, End):
                end = event
            elif event.text:
                texts.append(event.text)
                delta = {"delta": event.text, "logprobs": []}
                yield {"type": "response.output_text.delta", **place, **delta}

    part = {"type": "output_text", "text": "".join(texts), "annotations": [], "logprobs": []}
    done = item | {"status": "completed", "content": [part]}
    yield {"type": "response.output_item.done", "output_index": 0, "item": done}
    usage = chat_fields.usage(job, [end], cached)
    settle(usage)
    yield {"type": "response.completed", "response": response(draft, "completed", [done])}


async def whole(draft: Draft, settle: Settle) -> dict:
    """The response that the events add up to."""
    async with aclosing(events(draft, settle)) as stream:
        async for event in stream:
            last = event
    return last["response"]
