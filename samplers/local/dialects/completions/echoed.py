"""How likely a prompt's own tokens are: what `echo` with `logprobs` shows of them.

It is the work of POST /v1/samplers/score: the model's own logits, past the engine, reduced slice
by slice. Where they cannot be had, each token is forced upon the engine by a call of its own.
"""

from contextlib import aclosing

import numpy as np

from samplers.local.answer.generate.generation import Token
from samplers.local.answer.generate.next_logprobs import given_logprobs
from samplers.local.answer.generate.recover import raw_logprobs
from samplers.local.answer.generate.sampling import is_greedy
from samplers.local.answer.score import reduced
from samplers.local.request.job import Job


async def echoed(job: Job) -> tuple[list[Token], Token | None]:
    """The prompt's tokens with their logprobs, of which the first has none.

    Then the token that comes next, if the same pass has drawn all that the job asks for: one token,
    the most probable one.
    """
    if await job.model.logits.why_not():
        return await _forced(job), None
    draws_here = job.limit == 1 and is_greedy(job.request) and not job.model.settings.processed
    return await _read(job, draws_here)


async def _read(job: Job, draws: bool) -> tuple[list[Token], Token | None]:
    ids = job.prompt
    tokens = [Token(ids[0])]

    def after(logits: np.ndarray, place: int) -> Token:
        next_place = place + 1
        token = ids[next_place] if next_place < len(ids) else int(logits.argmax())
        logprob, _, top = reduced(logits, token)
        return Token(token, logprob, top[: job.request.top_logprobs])

    read = ids if draws else ids[:-1]
    async with aclosing(job.model.logits.rows(read, 0, after)) as slices:
        async for _, taken in slices:
            tokens += taken
    drawn = tokens.pop() if draws else None
    return tokens, drawn


async def _forced(job: Job) -> list[Token]:
    ids = job.prompt
    engine = job.model.engine
    top = job.request.top_logprobs
    tokens = [Token(ids[0])]
    async with job.slot(1) as slot:
        for place in range(1, len(ids)):
            found = await given_logprobs(engine, slot, ids[:place], max(top, 1), ids[place])
            if found is None:
                found = await raw_logprobs(engine, ids[:place], top, ids[place])
            logprob, listed = found
            tokens.append(Token(ids[place], logprob, listed[:top]))
    return tokens
