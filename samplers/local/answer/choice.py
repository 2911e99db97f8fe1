"""One choice of an answer: its tokens as text, cut at a stop string, with the reason why it ended."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

from samplers.local.answer.decode import Settings, Token, tokens
from samplers.local.answer.text_stream import TextStream
from samplers.local.engine.llama_cpp import Engine
from samplers.local.request.chat import ChatRequest


@dataclass(slots=True)
class Piece:
    """A step of a choice: new `text` (may be empty), the tokens that it completes, and in the last
    one the `finish_reason` ("stop" or "length"), the number of tokens `drawn` and of prompt tokens
    `cached`.
    """

    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish_reason: str | None = None
    drawn: int = 0
    cached: int = 0


async def pieces(
    engine: Engine,
    settings: Settings,
    request: ChatRequest,
    prompt: list[int],
    limit: int,
    seed: int,
    grammar: str | None = None,
    stops: tuple[str, ...] = (),
) -> AsyncIterator[Piece]:
    """The choice, piece by piece; the last has the finish_reason. Tokens inside a stop string are
    left out.
    """
    text, waiting = TextStream(stops), deque()  # waiting: (start, end, token), bytes of the answer
    end = drawn = cached = 0
    reason = "length"
    at_once = not request.stream and not stops and request.top is None
    async with aclosing(
        tokens(engine, settings, request, prompt, limit, seed, grammar, at_once)
    ) as source:
        async for token in source:
            drawn += 1
            cached = token.cached if drawn == 1 else cached
            if token.id in engine.stop_ids:
                reason = "stop"
                break
            start, end = end, end + len(engine.vocabulary.pieces[token.id])
            waiting.append((start, end, token))
            new = text.feed(engine.vocabulary.pieces[token.id])
            if text.stopped:
                reason = "stop"
                yield Piece(new, [token for start, end, token in waiting if start < text.released])
                waiting.clear()
                break
            ready = []
            while waiting and waiting[0][1] <= text.released:
                ready.append(waiting.popleft()[2])
            if new or ready:
                yield Piece(new, ready)
    if waiting:
        yield Piece(text.finish(), [token for _, _, token in waiting])
    yield Piece(finish_reason=reason, drawn=drawn, cached=cached)
