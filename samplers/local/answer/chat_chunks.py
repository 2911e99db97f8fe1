"""The streamed answer of POST /v1/chat/completions: chunks, each a chat.completion.chunk."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing

from samplers.local.answer import chat_fields
from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import Delta, End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.images import images_field, images_note
from samplers.local.request.job import Choice, Job


async def stream(job: Job, settle: Callable[[dict], None]) -> AsyncIterator[dict]:
    """The chunks of the answer to a job, in order. At the end `settle` gets the answer's usage."""
    chunks = _Chunks(job)
    choices, cached = await call_or_text.choices(job)

    readers = {choice.index: CallStream() for choice in choices if choice.calls}
    ends: dict[int, End] = {}
    for choice in choices:
        if not choice.calls:  # a message of calls opens together with its first call
            yield chunks.of_choice(choice, _opening(content=images_note(job, choice)))

    async with aclosing(generate_all(job, choices)) as events:
        async for choice, event in events:
            reader = readers.get(choice.index)
            if isinstance(event, End):
                ends[choice.index] = event
                if reader is not None and not reader.calls:
                    yield chunks.of_choice(choice, _opening())
                yield chunks.last_of_choice(choice, event)
            elif reader is None:
                yield chunks.of_text(choice, event)
            else:
                for delta in _call_deltas(reader, event.text):
                    yield chunks.of_choice(choice, delta)

    usage = chat_fields.usage(job, [ends[choice.index] for choice in choices], cached)
    settle(usage)
    if job.request.include_usage:
        yield chunks.of_usage(usage)


def _call_deltas(reader: CallStream, text: str) -> Iterator[dict]:
    """The deltas of a message of calls that `text` adds; the first one opens the message."""
    for call in reader.feed(text):
        first = call["index"] == 0 and "id" in call
        yield _opening(tool_calls=[call]) if first else {"tool_calls": [call]}


def _opening(**fields) -> dict:
    """The delta that opens a message; one of calls has no content."""
    return {"role": "assistant", "content": None} | fields | {"refusal": None}


class _Chunks:
    """Makes the chunks of one stream. They differ only in their choices."""

    def __init__(self, job: Job):
        self._job = job
        self._head = chat_fields.head(job, "chat.completion.chunk") | chat_fields.about(job)
        # Every chunk has `usage` if it is asked for; it is null until the last one.
        self._usage = {"usage": None} if job.request.include_usage else {}
        self._first = images_field(job)  # of the first chunk alone

    def of_text(self, choice: Choice, delta: Delta) -> dict:
        logprobs = chat_fields.logprobs(self._job, choice, delta.tokens)
        return self.of_choice(choice, {"content": delta.text}, logprobs)

    def last_of_choice(self, choice: Choice, end: End) -> dict:
        return self.of_choice(choice, {}, None, chat_fields.finish_reason(self._job, choice, end))

    def of_choice(
        self,
        choice: Choice,
        delta: dict,
        logprobs: dict | None = None,
        finish_reason: str | None = None,
    ) -> dict:
        fields = {
            "index": choice.index,
            "delta": delta,
            "logprobs": logprobs,
            "finish_reason": finish_reason,
        }
        chunk = self._head | {"choices": [fields]} | self._usage | self._first
        self._first = {}
        return self._obfuscated(chunk, delta.get("content") or "")

    def of_usage(self, usage: dict) -> dict:
        return self._obfuscated(self._head | {"choices": [], "usage": usage}, "")

    def _obfuscated(self, chunk: dict, text: str) -> dict:
        """With OpenAI's `obfuscation`, if it is asked for.

        Its random letters bring the length of the text to a multiple of 16, so that the length of a
        chunk reveals less of the text.
        """
        if not self._job.request.include_obfuscation:
            return chunk
        return chunk | {"obfuscation": secrets.token_urlsafe(12)[: 16 - len(text) % 16]}
