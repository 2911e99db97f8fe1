"""vLLM's `prompt_logprobs`: how likely the model found each token of the prompt.

As in vLLM 0.32: null for the first token, which nothing comes before. At each other place an object
by token id, first the prompt's own token, then the most probable ones. They are the model's own,
whatever the sampling. A token's `rank` is 1 for the most probable one.
"""

import json
from contextlib import aclosing

import numpy as np

from samplers.local.answer.json_text import Raw
from samplers.local.engine.logits.reader import logsumexp, most_probable
from samplers.local.request.job import Job
from samplers.wire.logprobs import UNSEEN_LOGPROB


async def prompt_logprobs(job: Job) -> dict:
    """The field of an answer, {"prompt_logprobs": […]}; {} if it is not asked for."""
    count = job.request.extensions.prompt_logprobs
    if count is None:
        return {}

    def place(logits: np.ndarray, before: int) -> str:
        return json.dumps(_place(job, logits, job.prompt[before + 1], count), ensure_ascii=False)

    places = ["null"]
    async with aclosing(job.model.logits.rows(job.prompt[:-1], 0, place)) as slices:
        async for _, taken in slices:
            places += taken
    return {"prompt_logprobs": Raw(f"[{','.join(places)}]")}


def _place(job: Job, logits: np.ndarray, own: int, count: int) -> dict[str, dict]:
    """What stands at one place: `own`, the prompt's token there, and `count` others."""
    total = logsumexp(logits)
    text = job.model.engine.vocabulary.text
    ranks = {own: int((logits >= logits[own]).sum())}
    ranks |= {int(token): i + 1 for i, token in enumerate(most_probable(logits, count))}
    return {
        str(token): {
            "logprob": max(float(logits[token]) - total, UNSEEN_LOGPROB),
            "rank": rank,
            "decoded_token": text(token),
        }
        for token, rank in ranks.items()
    }
