"""The streamed answer of POST /v1/chat/completions: chunks, each a chat.completion.chunk."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing

from samplers.local.answer import chat_fields
from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import Delta, End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.generate.thinking import Thought
from samplers.local.answer.images import images_field, images_note
from samplers.local.request.job import Choice, Job


async def stream(job: Job, settle: Callable[[dict], None]) -> AsyncIterator[dict]:
    """The chunks of the answer to a job, in order. At the end `settle` gets the answer's usage."""
    chunks = _Chunks(job)
    choices, cached = await call_or_text.choices(job)

    messages = {choice.index: _Message(job) for choice in choices}
    ends: dict[int, End] = {}
    for choice in choices:
        for delta in messages[choice.index].opening(choice):
            yield chunks.of_choice(choice, delta)

    async with aclosing(generate_all(job, choices)) as events:
        async for choice, event in events:
            for delta in messages[choice.index].deltas(choice, event):
                yield chunks.of_choice(choice, delta)
            if isinstance(event, End):
                ends[choice.index] = event
                yield chunks.last_of_choice(choice, event)
            elif isinstance(event, Delta) and not choice.calls:
                yield chunks.of_text(choice, event)

    usage = chat_fields.usage(job, [ends[choice.index] for choice in choices], cached)
    settle(usage)
    if job.request.include_usage:
        yield chunks.of_usage(usage)


class _Message:
    """A choice's message as deltas; the first one opens it. Its text itself is in none of them."""

    def __init__(self, job: Job):
        self._job = job
        self._is_open = False
        self._is_begun = False  # after the thoughts
        self._calls = CallStream()

    def opening(self, choice: Choice) -> Iterator[dict]:
        """What can be said before anything is drawn. Calls open together with the first one."""
        if self._job.shows_thoughts:
            yield self._delta(reasoning_content="")
        elif choice.calls is False:
            yield from self._begin(choice)

    def deltas(self, choice: Choice, event: Thought | Delta | End) -> Iterator[dict]:
        """What an event adds to the message, but for its text."""
        if isinstance(event, Thought):
            if event.text:
                yield self._delta(reasoning_content=event.text)
            return
        if not choice.calls:
            yield from self._begin(choice)
        elif isinstance(event, Delta):
            for call in self._calls.feed(event.text):
                yield self._delta(tool_calls=[call])
        elif not self._is_open:
            yield self._delta()

    def _begin(self, choice: Choice) -> Iterator[dict]:
        """The beginning of a text, once."""
        if self._is_begun:
            return
        self._is_begun = True
        note = images_note(self._job, choice)
        if note or not self._is_open:
            yield self._delta(content=note)

    def _delta(self, **fields) -> dict:
        if self._is_open:
            return fields
        self._is_open = True
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
        return chunk | chat_fields.obfuscation(self._job.request, text)
