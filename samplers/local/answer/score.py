"""POST /v1/samplers/score, an extension for lessons: how likely each token of a given text is.

For each token: its log-probability, the entropy before it, and the most probable tokens there. Only
these leave the engine; the logits, 200 kB for each token, are reduced slice by slice.
"""

from contextlib import aclosing

import numpy as np

from samplers.local.answer.distributions import usage
from samplers.local.answer.json_text import Raw
from samplers.local.engine.logits.reader import most_probable
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.given import Given
from samplers.wire.logprobs import UNSEEN_LOGPROB

TOP = 5  # the most probable tokens that are listed at each place
LEAST = np.float32(-1e30)  # stands for -inf, which times a probability of 0 is no number


async def score(given: Given) -> dict:
    """The body. The first token of a text without messages has no log-probability: null."""
    vocabulary = given.model.engine.vocabulary
    ids = given.ids
    entries = []
    if not given.prompt:
        fields = vocabulary.json_fields[ids[0]]
        entries.append(
            f'{{"id":{ids[0]},{fields},"logprob":null,"entropy":null,"top_logprobs":[]}}'
        )

    def entry(logits: np.ndarray, place: int) -> str:
        target = ids[place + 1 - len(given.prompt)]
        return _entry(vocabulary, target, *reduced(logits, target))

    async with aclosing(given.model.logits.rows(given.read, given.first, entry)) as slices:
        async for _, taken in slices:
            entries += taken
    return {
        "object": "samplers.score",
        "model": given.model.id,
        "tokens": Raw(f"[{','.join(entries)}]"),
        "usage": usage(given),
    }


def _entry(
    vocabulary: Vocabulary,
    token: int,
    logprob: float,
    entropy: float,
    top: list[tuple[int, float]],
) -> str:
    own = _token(vocabulary, token, logprob)
    others = ",".join([f"{{{_token(vocabulary, *each)}}}" for each in top])
    return f'{{{own},"entropy":{max(entropy, 0.0)},"top_logprobs":[{others}]}}'


def _token(vocabulary: Vocabulary, token: int, logprob: float) -> str:
    fields = vocabulary.json_fields[token]
    return f'"id":{token},{fields},"logprob":{max(logprob, UNSEEN_LOGPROB)}'


def reduced(logits: np.ndarray, target: int) -> tuple[float, float, list[tuple[int, float]]]:
    """What is left of a row: log-probability of `target`, entropy in nats, TOP (id, logprob).

    The exponentials are float32, as the logits are, and their sums float64. RuntimeError for logits
    that are no numbers.
    """
    row = logits - logits.max()
    np.maximum(row, LEAST, out=row)
    weights = np.exp(row)
    total = weights.sum(dtype=np.float64)
    if not np.isfinite(total):
        raise RuntimeError("the model's logits are no numbers")

    log_total = np.log(total)
    # Not `weights @ row`: BLAS takes several threads for that, and on a busy machine they wait for
    # each other, up to ten times as long as all the rest takes.
    weights *= row
    entropy = log_total - weights.sum(dtype=np.float64) / total
    top = [(int(i), float(row[i] - log_total)) for i in most_probable(logits, TOP)]
    return float(row[target] - log_total), float(entropy), top
