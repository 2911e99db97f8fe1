"""POST /v1/chat/completions: from a checked request to the answer's body, or to the chunks of its
stream.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing

from samplers.local.answer import call_or_text
from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.choice import Piece, pieces
from samplers.local.answer.decode import Token
from samplers.local.answer.json_text import logprobs
from samplers.local.engine.llama_cpp import SLOTS
from samplers.local.request.job import Job

# tokens; choices after a longer one run one after the other, so that it is read once
LONG_PROMPT = 128


async def complete(job: Job) -> dict:
    """The whole answer: a chat.completion body."""
    count = job.request.n
    calls, cached = await _calls(job)
    texts, tokens, ends = ([[] for _ in range(count)] for _ in range(3))
    async with aclosing(_all_pieces(job, calls)) as news:
        async for i, piece in news:
            texts[i].append(piece.text)
            tokens[i] += piece.tokens
            if piece.finish_reason:
                ends[i] = piece
    choices = []
    for i in range(count):
        content: dict = {"content": "".join(texts[i])}
        if calls[i]:
            made = CallStream()
            list(made.feed(content["content"]))
            content = {"content": None} | ({"tool_calls": made.calls} if made.calls else {})
        message = {"role": "assistant"} | content | {"refusal": None, "annotations": []}
        told = _logprobs(job, tokens[i], calls[i])
        choices.append(
            {
                "index": i,
                "message": message,
                "logprobs": told,
                "finish_reason": _reason(job, ends[i], calls[i]),
            }
        )
    return job.head | {"choices": choices, "usage": _usage(job, ends, cached)} | job.about


async def stream(job: Job) -> AsyncIterator[dict]:
    """The answer's chunks, in order."""
    count, usage, head = (
        job.request.n,
        {"usage": None} if job.request.include_usage else {},
        job.head | job.about,
    )

    def chunk(
        i: int, delta: dict, logprobs: dict | None = None, finish_reason: str | None = None
    ) -> dict:
        choice = {"index": i, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return padded(head | {"choices": [choice]} | usage, delta.get("content") or "")

    def padded(body: dict, text: str = "") -> dict:
        """With OpenAI's `obfuscation` if that is wanted: letters that bring texts to lengths that
        tell less of them.
        """
        if not job.request.obfuscated:
            return body
        return body | {"obfuscation": secrets.token_urlsafe(12)[: 16 - len(text) % 16]}

    calls, cached = await _calls(job)
    readers, ends = [CallStream() for _ in range(count)], [Piece()] * count
    silent = {i for i in range(count) if calls[i]}  # a message of calls opens with its first one
    for i in range(count):
        if i not in silent:
            yield chunk(i, {"role": "assistant", "content": "", "refusal": None})
    async with aclosing(_all_pieces(job, calls)) as news:
        async for i, piece in news:
            if piece.finish_reason:
                ends[i] = piece
                if i in silent:
                    yield chunk(i, {"role": "assistant", "content": None, "refusal": None})
                yield chunk(i, {}, None, _reason(job, piece, calls[i]))
            elif calls[i]:
                for delta in readers[i].feed(piece.text):
                    told = {"tool_calls": [delta]}
                    if i in silent:
                        silent.remove(i)
                        told = {"role": "assistant", "content": None} | told | {"refusal": None}
                    yield chunk(i, told)
            else:
                yield chunk(i, {"content": piece.text}, _logprobs(job, piece.tokens))
    if job.request.include_usage:
        yield padded(head | {"choices": [], "usage": _usage(job, ends, cached)})


async def _calls(job: Job) -> tuple[list[bool], int | None]:
    """For each choice whether it is function calls; and the prompt's cached tokens, if finding out
    read the prompt.
    """
    request, tools = job.request, job.request.tools
    if tools is None or tools.forced:
        return [tools is not None] * request.n, None
    odds, cached = await call_or_text.call_log_odds(job.model.engine, job.prompt)
    return [
        call_or_text.draw(odds, request.temperature, job.seed + i) for i in range(request.n)
    ], cached


async def _all_pieces(job: Job, calls: list[bool]) -> AsyncIterator[tuple[int, Piece]]:
    """The pieces of every choice as they come, (index, piece). Choice i of seed s is what seed s +
    i alone gives.
    """
    request, model = job.request, job.model
    news: asyncio.Queue = asyncio.Queue(maxsize=2 * SLOTS)  # a slow reader slows the engine down
    width = asyncio.Semaphore(SLOTS if len(job.prompt) <= LONG_PROMPT else 1)

    async def run(i: int) -> None:
        # stops cut text, not calls
        rules = (job.call_grammar, ()) if calls[i] else (job.text_grammar, request.stop)
        try:
            async with width, model.engine.slots:
                source = pieces(
                    model.engine,
                    model.settings,
                    request,
                    job.prompt,
                    job.limit,
                    job.seed + i,
                    *rules,
                )
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


def _reason(job: Job, end: Piece, call: bool) -> str:
    """OpenAI says tool_calls where the model chose a function, and stop where the request had named
    it.
    """
    chosen = call and end.finish_reason == "stop" and not job.request.tools.named
    return "tool_calls" if chosen else end.finish_reason


def _logprobs(job: Job, tokens: list[Token], call: bool = False) -> dict | None:
    """Logprobs are of a message's content, and calls are none."""
    if job.request.top is None:
        return None
    if call:
        return {"content": None, "refusal": None}
    return logprobs(job.model.engine.vocabulary, tokens, job.request.ids)


def _usage(job: Job, ends: list[Piece], cached: int | None) -> dict:
    """Tokens read and drawn. The prompt counts once, as OpenAI counts it; a token that ends the
    turn is drawn, too.
    """
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
        "prompt_tokens_details": {
            "cached_tokens": ends[0].cached if cached is None else cached,
            "audio_tokens": 0,
        },
        "completion_tokens_details": details,
    }
