"""An answer as it comes: pieces of its choices, one prompt after the other."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from samplers.local.answer import chat_fields
from samplers.local.answer.generate.choice import Delta, End, one_token
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.generate.generation import Token
from samplers.local.dialects.completions.echoed import echoed
from samplers.local.dialects.completions.jobs import Completion
from samplers.local.request.job import Job


@dataclass(frozen=True, slots=True)
class Piece:
    """More of the choice `index`: text, and the tokens that it completes.

    `is_prompt`: it is the prompt again. The last piece has the `finish_reason`.
    """

    index: int
    text: str
    tokens: list[Token]
    is_prompt: bool = False
    finish_reason: str | None = None


async def pieces(completion: Completion) -> AsyncIterator[Piece | dict]:
    """The pieces of all choices, and at last the usage."""
    asked = completion.asked
    usages = []
    for number in range(len(completion.jobs)):
        begin = number * asked.n
        async with aclosing(_of_prompt(completion, number)) as own:
            async for piece in own:
                if isinstance(piece, Piece):
                    yield replace(piece, index=begin + piece.index)
                else:
                    usages.append(piece)
    yield _total(usages)


async def _of_prompt(completion: Completion, number: int) -> AsyncIterator[Piece | dict]:
    """The pieces of one prompt's choices, and its usage."""
    asked = completion.asked
    job = completion.jobs[number]
    next_token = None
    if asked.echo:
        text = _text(completion, number)
        tokens = []
        if asked.logprobs is not None:
            tokens, next_token = await echoed(job)
        for index in range(asked.n):
            yield Piece(index, text, tokens, is_prompt=True)

    if job.limit == 0:
        for index in range(asked.n):
            yield Piece(index, "", [], finish_reason="length")
        yield chat_fields.usage(job, [], 0)
    elif next_token is not None:
        text, reason = one_token(job, next_token.id)
        for index in range(asked.n):
            yield Piece(index, text, [next_token], finish_reason=reason)
        yield chat_fields.usage(job, [End(reason, 1, 0, 0)] * asked.sampling.n, None)
    else:
        drawn = _drawn(job) if asked.sampling.n == asked.n else _best(job, asked.n)
        async with aclosing(drawn) as events:
            async for piece in events:
                yield piece


def _text(completion: Completion, number: int) -> str:
    """The prompt's text. Where a choice may complete its last character, that is left to it."""
    job = completion.jobs[number]
    data = completion.prompt(number).spelled(job.model.engine.vocabulary)
    if job.limit:
        data = data.removesuffix(job.begun)
    return data.decode(errors="replace")


async def _drawn(job: Job) -> AsyncIterator[Piece | dict]:
    """The pieces of all choices as they come, and the usage."""
    choices = [job.choice(index, False) for index in range(job.request.n)]
    ends: dict[int, End] = {}
    async with aclosing(generate_all(job, choices)) as events:
        async for choice, event in events:
            if isinstance(event, End):
                ends[choice.index] = event
                rest = list(event.unseen)
                yield Piece(choice.index, "", rest, finish_reason=event.finish_reason)
            elif isinstance(event, Delta):
                yield Piece(choice.index, event.text, event.tokens)
    yield chat_fields.usage(job, [ends[choice.index] for choice in choices], None)


async def _best(job: Job, count: int) -> AsyncIterator[Piece | dict]:
    """The `count` choices whose tokens have the highest mean logprob, and the usage of all."""
    choices = defaultdict(list)
    async with aclosing(_drawn(job)) as events:
        async for piece in events:
            if isinstance(piece, Piece):
                choices[piece.index].append(piece)
            else:
                usage = piece
    ranked = sorted(choices, key=lambda index: (-_mean(choices[index]), index))
    for rank, index in enumerate(ranked[:count]):
        for piece in choices[index]:
            yield replace(piece, index=rank)
    yield usage


def _mean(choice: list[Piece]) -> float:
    logprobs = [token.logprob for piece in choice for token in piece.tokens]
    return sum(logprobs) / len(logprobs)


def _total(usages: list[dict]) -> dict:
    """The sum of several usages, field by field."""
    first = usages[0]
    return {
        name: _total([usage[name] for usage in usages])
        if isinstance(value, dict)
        else sum(usage[name] for usage in usages)
        for name, value in first.items()
    }
