"""The whole answer of POST /v1/messages: a message."""

from contextlib import aclosing

from samplers.local.answer.generate.given_up import is_whole
from samplers.local.answer.json_text import Raw
from samplers.local.chats import Settle
from samplers.local.dialects.anthropic.events import events
from samplers.local.dialects.anthropic.usage import cache_creation
from samplers.local.request.job import Job


async def message(job: Job, settle: Settle) -> dict:
    """The body of the answer to a job: what the events of its stream add up to."""
    body: dict = {}
    parts: list[str] = []
    async with aclosing(events(job, settle)) as stream:
        async for event in stream:
            kind = event["type"]
            if kind == "message_start":
                body = event["message"]
            elif kind == "content_block_start":
                body["content"].append(event["content_block"])
                parts = []
            elif kind == "content_block_delta":
                delta = event["delta"]
                parts.append(delta["text"] if "text" in delta else delta["partial_json"])
            elif kind == "content_block_stop":
                _fill(body["content"][-1], "".join(parts))
            elif kind == "message_delta":
                body |= event["delta"]
                body["usage"] |= event["usage"]

    usage = body["usage"]
    usage["cache_creation"] = cache_creation(job, usage["cache_creation_input_tokens"])
    return body


def _fill(block: dict, text: str) -> None:
    """Puts a block's joined text into it. An input that max_tokens cut off is left empty."""
    if block["type"] == "text":
        block["text"] = text
    elif is_whole(text):
        block["input"] = Raw(text)
