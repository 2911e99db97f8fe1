"""What the engine's answers leave out: tokens that end inside a character, and their logprobs.

"好" is the tokens [229, 165] and [189]: the engine keeps the first back until the character is
whole, and then reports the second only.
"""

import numpy as np

from samplers import Chain, log_softmax
from samplers.local.answer.generate.next_logprobs import next_logprobs
from samplers.local.answer.generate.sampling import chain_params
from samplers.local.engine.calls import Engine
from samplers.local.engine.logits.reader import most_probable
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.job import Job

Logprobs = tuple[float, list[tuple[int, float]]]  # a token's own, and the top (id, logprob)
# How many of the top tokens are searched for a token before the whole vocabulary is.
_FIRST = 2048


def tokens_from_text(
    vocabulary: Vocabulary, text: str, last: list[int], count: int
) -> list[int] | None:
    """The `count` tokens before `last` whose bytes, with those of `last`, are `text`.

    None if there is not exactly one such list.
    """
    if count == 0:
        return []
    data = text.encode()
    end = b"".join(vocabulary.token_bytes[token] for token in last)
    if not end or not data.endswith(end) or "\ufffd" in text:
        return None
    splits = _splits(vocabulary, data[: len(data) - len(end)], count)
    return splits[0] if len(splits) == 1 else None


def _splits(vocabulary: Vocabulary, data: bytes, count: int) -> list[list[int]]:
    """Every way to write `data` as `count` tokens. The bytes are few, so all are tried."""
    if count == 0:
        return [[]] if not data else []
    splits = []
    for size in range(1, len(data) - count + 2):
        token = vocabulary.ids.get(data[:size])
        if token is not None:
            splits += [[token, *rest] for rest in _splits(vocabulary, data[size:], count - 1)]
    return splits


async def token_logprobs(job: Job, ids: list[int], token: int) -> Logprobs:
    """The logprobs of `token`, the next one after the answer's tokens `ids`."""
    if job.model.settings.processed:
        return await _processed_logprobs(job, ids, token)
    prompt = job.prompt + ids
    top = job.request.top_logprobs
    if await job.model.logits.why_not():
        return await raw_logprobs(job.model.engine, prompt, top, token)

    row = await job.model.logits.after(prompt)
    logprobs = row.logits - row.logsumexp
    ids_of_top = most_probable(row.logits, top)
    return float(logprobs[token]), [(int(i), float(logprobs[i])) for i in ids_of_top]


async def raw_logprobs(engine: Engine, prompt: list[int], top: int, token: int) -> Logprobs:
    """The model's own logprobs of `token`, the next one after `prompt`, and of the `top` ones.

    As the engine lists them. A list of the whole vocabulary takes it a second.
    """
    for count in (max(top, _FIRST), len(engine.vocabulary)):
        async with engine.slots.side() as slot:
            entries, _ = await next_logprobs(engine, slot, prompt, count)
        for entry, logprob in entries:
            if entry == token:
                return logprob, entries[:top]
    return float("-inf"), entries[:top]


async def _processed_logprobs(job: Job, ids: list[int], token: int) -> Logprobs:
    """The logprobs after the chain, which `samplers` itself applies to the model's own."""
    raw = await _raw(job, ids)
    raw[list(job.banned(len(ids)))] = -np.inf
    chain = Chain.for_engine(job.model.settings.order)
    counts = chain.counts(job.prompt, ids, raw.size)
    logprobs = log_softmax(chain.apply(raw, chain_params(job.request), counts))

    ranked = np.argsort(-logprobs, kind="stable")[: job.request.top_logprobs]
    top = [(int(i), float(logprobs[i])) for i in ranked if logprobs[i] > -np.inf]
    return float(logprobs[token]), top


async def _raw(job: Job, ids: list[int]) -> np.ndarray:
    """The model's own logits after the answer's tokens `ids`, or log-probabilities where they do.

    Float64 of shape (V,).
    """
    if not await job.model.logits.why_not():
        row = await job.model.logits.after(job.prompt + ids)
        return row.logits.astype(float)

    engine = job.model.engine
    raw = np.full(len(engine.vocabulary), -np.inf)
    async with engine.slots.side() as slot:
        entries, _ = await next_logprobs(engine, slot, job.prompt + ids, raw.size)
    for entry, logprob in entries:
        raw[entry] = logprob
    return raw
