"""POST /v1/chat/completions: from a checked request to the answer's body, or to the chunks of its stream."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from samplers.local.choice import Piece, pieces
from samplers.local.decode import Settings, Token
from samplers.local.engine import SLOTS, Engine
from samplers.local.errors import bad_request
from samplers.local.prompt import prompt_ids
from samplers.local.requests import ChatRequest
from samplers.local.wire import logprobs

USUAL_LIMIT = 1024  # tokens of an answer that sets no limit: a small model that repeats itself would fill the context
LONG_PROMPT = 256  # tokens; choices after a longer one run one after the other, so that it is read once


@dataclass(frozen=True)
class Model:
    """What answers: the engine, how it samples, and what it is called."""

    engine: Engine
    settings: Settings
    id: str
    fingerprint: str
    created: int


@dataclass(frozen=True)
class Job:
    """A request that will be answered: `prompt` ids, at most `limit` tokens for each choice, and the fields that all
    bodies begin with."""

    model: Model
    request: ChatRequest
    prompt: list[int]
    limit: int
    head: dict


async def prepare(model: Model, request: ChatRequest) -> Job:
    """Makes the prompt and checks that it fits. ApiError (400, context_length_exceeded) if not."""
    context = model.engine.context
    prompt = await prompt_ids(model.engine, request.messages)
    used = len(prompt) + len(request.continued)
    begin = f"This model's maximum context length is {context} tokens. However, "
    if used >= context:
        message = f"{begin}your messages resulted in {used} tokens. Please reduce the length of the messages."
        raise bad_request(message, "messages", "context_length_exceeded")
    if request.max_tokens is not None and used + request.max_tokens > context:
        message = (
            f"{begin}you requested {used + request.max_tokens} tokens ({used} in the messages, {request.max_tokens} in "
        )
        message += "the completion). Please reduce the length of the messages or completion."
        raise bad_request(message, "messages", "context_length_exceeded")
    limit = min(USUAL_LIMIT, context - used) if request.max_tokens is None else request.max_tokens
    kind = "chat.completion.chunk" if request.stream else "chat.completion"
    head = {"id": f"chatcmpl-{secrets.token_hex(15)}", "object": kind, "created": int(time.time()), "model": model.id}
    if request.service_tier is not None:
        head["service_tier"] = "default"
    return Job(model, request, prompt, limit, head | {"system_fingerprint": model.fingerprint})


async def complete(job: Job) -> dict:
    """The whole answer: a chat.completion body."""
    texts, tokens, ends = ([[] for _ in range(job.request.n)] for _ in range(3))
    async with aclosing(_all_pieces(job)) as news:
        async for i, piece in news:
            texts[i].append(piece.text)
            tokens[i] += piece.tokens
            if piece.finish_reason:
                ends[i] = piece
    choices = [
        {
            "index": i,
            "message": {"role": "assistant", "content": "".join(texts[i]), "refusal": None, "annotations": []},
            "logprobs": _logprobs(job, tokens[i]),
            "finish_reason": ends[i].finish_reason,
        }
        for i in range(job.request.n)
    ]
    return job.head | {"choices": choices, "usage": _usage(job, ends)}


async def stream(job: Job) -> AsyncIterator[dict]:
    """The answer's chunks, in order."""
    usage = {"usage": None} if job.request.include_usage else {}

    def chunk(i: int, delta: dict, logprobs: dict | None = None, finish_reason: str | None = None) -> dict:
        choice = {"index": i, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return job.head | {"choices": [choice]} | usage

    ends = [Piece()] * job.request.n
    for i in range(job.request.n):
        yield chunk(i, {"role": "assistant", "content": "", "refusal": None})
    async with aclosing(_all_pieces(job)) as news:
        async for i, piece in news:
            if piece.finish_reason:
                ends[i] = piece
                yield chunk(i, {}, None, piece.finish_reason)
            else:
                yield chunk(i, {"content": piece.text}, _logprobs(job, piece.tokens))
    if job.request.include_usage:
        yield job.head | {"choices": [], "usage": _usage(job, ends)}


async def _all_pieces(job: Job) -> AsyncIterator[tuple[int, Piece]]:
    """The pieces of every choice as they come, (index, piece). Choice i of seed s is what seed s + i alone gives."""
    request, model = job.request, job.model
    seed = secrets.randbits(62) if request.seed is None else request.seed
    news: asyncio.Queue = asyncio.Queue(maxsize=2 * SLOTS)  # a slow reader slows the engine down
    width = asyncio.Semaphore(SLOTS if len(job.prompt) <= LONG_PROMPT else 1)

    async def run(i: int) -> None:
        try:
            async with width, model.engine.slots:
                source = pieces(model.engine, model.settings, request, job.prompt, job.limit, seed + i)
                async with aclosing(source):
                    async for piece in source:
                        await news.put((i, piece))
        except Exception as error:
            await news.put((i, error))

    tasks = [asyncio.create_task(run(i)) for i in range(request.n)]
    try:
        running = request.n
        while running:
            i, piece = await news.get()
            if isinstance(piece, Exception):
                raise piece
            running -= piece.finish_reason is not None
            yield i, piece
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _logprobs(job: Job, tokens: list[Token]) -> dict | None:
    if job.request.top is None:
        return None
    return logprobs(job.model.engine.vocabulary, tokens, job.request.ids)


def _usage(job: Job, ends: list[Piece]) -> dict:
    """Tokens read and drawn. The prompt counts once, as OpenAI counts it; a token that ends the turn is drawn, too."""
    prompt = len(job.prompt) + len(job.request.continued)
    drawn = sum(end.drawn for end in ends)
    details = {
        "reasoning_tokens": 0,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    }
    return {
        "prompt_tokens": prompt,
        "completion_tokens": drawn,
        "total_tokens": prompt + drawn,
        "prompt_tokens_details": {"cached_tokens": ends[0].cached, "audio_tokens": 0},
        "completion_tokens_details": details,
    }
