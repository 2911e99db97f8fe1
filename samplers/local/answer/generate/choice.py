"""One choice as it is generated: its tokens as text, cut at a stop string, and why it ended."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from samplers.local.answer.generate.call_or_text import decided
from samplers.local.answer.generate.generation import Generation, Token
from samplers.local.answer.generate.text_stream import TextStream
from samplers.local.answer.generate.thinking import Thought, Thoughts, think
from samplers.local.engine.slots import Slot
from samplers.local.request.job import Choice, Job


@dataclass(slots=True)
class Delta:
    """More of a choice: new `text`, which may be empty, and the tokens that it completes."""

    text: str
    tokens: list[Token]


@dataclass(slots=True)
class End:
    """The end of a choice: "stop", "length" or "content_filter", and what it cost.

    `completion_tokens` counts a token that ends the turn, and the `reasoning_tokens`, too.
    `cached_tokens` are those of the prompt that the engine had already read. `stop` is the stop
    string that ended it, if one did. `unseen` are the tokens that were drawn last and are no part
    of the text: those inside the stop string, or the one that ended the turn.
    """

    finish_reason: str
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    stop: str | None = None
    unseen: tuple[Token, ...] = ()


async def generate(
    job: Job, choice: Choice, slot: Slot
) -> AsyncIterator[Thought | Choice | Delta | End]:
    """The choice's deltas, then its End. Tokens inside a stop string are left out.

    Before them come its thoughts, if the job shows them, and the choice as it was decided, if that
    was open. `slot` is one of the engine's that the caller holds.
    """
    engine = job.model.engine
    reason = "length"

    thoughts = Thoughts(job)
    async with aclosing(think(job, choice, slot)) as events:
        async for event in events:
            if isinstance(event, Thoughts):
                thoughts = event
            elif job.shows_thoughts:
                yield event
    if choice.calls is None:
        choice = await decided(thoughts.job, choice, slot)
        yield choice

    held = _HeldBack(choice.stops, job.begun, job.request.extensions.min_tokens)
    unseen: tuple[Token, ...] = ()
    count = thoughts.tokens
    generation = Generation(thoughts.job, choice, slot)
    async with aclosing(generation.tokens()) as tokens:
        async for token in tokens:
            count += 1
            if token.id in job.ends:
                reason = "stop"
                unseen = (token,)
                break
            delta = held.add(token, engine.vocabulary.token_bytes[token.id])
            if delta is not None:
                yield delta
            if held.text.stopped:
                reason = "stop"
                unseen = held.dropped
                break

    rest = held.finish()
    if rest is not None:
        yield rest

    cached = generation.cached if thoughts.cached is None else thoughts.cached
    if job.filtered:
        reason = "content_filter"
    yield End(reason, count, cached or 0, thoughts.tokens, held.text.stop, unseen)


def one_token(job: Job, token: int) -> tuple[str, str]:
    """The text of a choice that is this one token, and its finish_reason."""
    ends = token in job.ends
    text = TextStream(job.request.stop, job.begun)
    may_stop = job.request.extensions.min_tokens < 1
    data = job.model.engine.vocabulary.token_bytes[token]
    seen = "" if ends else text.feed(data, may_stop) + text.finish()
    if job.filtered:
        return seen, "content_filter"
    return seen, "stop" if ends or text.stopped else "length"


class _HeldBack:
    """Tokens wait here until their text is certain; `dropped` are those inside a stop string.

    `begun` is as in TextStream. `min_tokens` come before a stop string can end.
    """

    def __init__(self, stops: tuple[str, ...], begun: bytes, min_tokens: int):
        self.text = TextStream(stops, begun)
        self.dropped: tuple[Token, ...] = ()
        self._left = min_tokens
        self._tokens: deque[tuple[int, int, Token]] = deque()  # (start, end, token), in bytes
        self._end = 0

    def add(self, token: Token, data: bytes) -> Delta | None:
        """What a token makes certain, if anything. At a stop string: what comes before it."""
        start = self._end
        self._end += len(data)
        self._tokens.append((start, self._end, token))
        self._left -= 1
        text = self.text.feed(data, may_stop=self._left < 0)
        if self.text.stopped:
            return Delta(text, self._stopped())

        tokens = []
        while self._tokens and self._tokens[0][1] <= self.text.released:
            tokens.append(self._tokens.popleft()[2])

        return Delta(text, tokens) if text or tokens else None

    def _stopped(self) -> list[Token]:
        """The tokens that begin before the stop string; the others are dropped."""
        kept = [token for start, _, token in self._tokens if start < self.text.released]
        self.dropped = tuple(token for _, _, token in self._tokens)[len(kept) :]
        self._tokens.clear()
        return kept

    def finish(self) -> Delta | None:
        """At the end, what is still held back."""
        if not self._tokens:
            return None
        return Delta(self.text.finish(), [token for _, _, token in self._tokens])
