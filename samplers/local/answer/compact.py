"""A chat.completion of one token, with the logits of all tokens at its place as one array.

The logits come from the model itself (`engine/logits/`). Where they cannot, they are the logprobs
that the engine lists, which takes a hundred times as long.
"""

from contextlib import aclosing
from dataclasses import replace

import numpy as np

from samplers.local.answer import chat
from samplers.local.answer.generate.choice import End, one_token
from samplers.local.answer.generate.generation import Generation, Token
from samplers.local.answer.generate.sampling import is_greedy
from samplers.local.answer.prompt_logprobs import prompt_logprobs
from samplers.local.engine.logits.reader import Row, most_probable
from samplers.local.request.job import Job


async def complete(job: Job) -> dict:
    """The body of the answer. Its logprobs have an entry even if the token ends the turn."""
    if job.model.settings.processed or await job.model.logits.why_not():
        token = await _listed(job)
    else:
        token = await _exact(job)

    of_prompt = await prompt_logprobs(job)
    row = token.row
    ids = most_probable(row.logits, job.request.top_logprobs)
    logprobs = row.logits - row.logsumexp
    token.logprob = float(logprobs[token.id])
    token.top_logprobs = [(int(i), float(logprobs[i])) for i in ids]

    text, reason = one_token(job, token.id)
    generated = chat.Generated([text], [token], End(reason, 1, row.cached, 0))
    return chat.body(job, [job.choice(0, False)], [generated]) | of_prompt


async def _exact(job: Job) -> Token:
    """The token with the model's own logits. Where it is the greatest one, nothing is drawn."""
    row = await job.model.logits.after(job.prompt + list(job.request.continued))
    if job.text_grammar is None and is_greedy(job.request):
        return Token(int(row.logits.argmax()), row=row)
    token, _ = await _drawn(job, None)
    return Token(token.id, row=row)


async def _listed(job: Job) -> Token:
    """The token with the logprobs that the engine lists: after the chain, if those are asked for.

    Tokens that the chain removed are not in the list.
    """
    size = len(job.model.engine.vocabulary)
    token, cached = await _drawn(job, size)
    logprobs = np.full(size, -np.inf, np.float32)
    for i, logprob in token.top_logprobs:
        logprobs[i] = logprob
    return Token(token.id, row=Row(logprobs, False, cached))


async def _drawn(job: Job, top_logprobs: int | None) -> tuple[Token, int]:
    """The token that the engine draws, with so many logprobs; and the prompt's cached tokens."""
    job = replace(job, request=replace(job.request, top_logprobs=top_logprobs))
    whole = top_logprobs is not None
    async with job.slot(1, whole) as slot:
        generation = Generation(job, job.choice(0, False), slot)
        async with aclosing(generation.tokens()) as tokens:
            async for token in tokens:
                return token, generation.cached or 0
