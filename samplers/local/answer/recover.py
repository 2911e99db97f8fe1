"""What the engine's answers leave out: tokens that end inside a character, and the logprobs of such
tokens.

"好" is the tokens [229, 165] and [189]: the engine keeps the first back until the character is
whole, and then tells of the second only.
"""

import numpy as np

from samplers import Chain, SamplingParams, log_softmax
from samplers.local.engine.vocabulary import Vocabulary


def from_text(vocabulary: Vocabulary, text: str, last: list[int], count: int) -> list[int] | None:
    """The `count` tokens before `last` whose bytes, with those of `last`, are `text`; None if it
    does not tell them.
    """
    if count == 0:
        return []
    data, end = text.encode(), b"".join(vocabulary.pieces[token] for token in last)
    if not end or not data.endswith(end) or "\ufffd" in text:
        return None
    ways = _splits(vocabulary, data[: len(data) - len(end)], count)
    return ways[0] if len(ways) == 1 else None


def _splits(vocabulary: Vocabulary, data: bytes, count: int) -> list[list[int]]:
    """Every way to write `data` as `count` tokens; few bytes, so all are tried."""
    if count == 0:
        return [[]] if not data else []
    found = []
    for size in range(1, len(data) - count + 2):
        token = vocabulary.ids.get(data[:size])
        if token is not None:
            found += [[token, *rest] for rest in _splits(vocabulary, data[size:], count - 1)]
    return found


async def logprobs(answer, token: int) -> tuple[float, list[tuple[int, float]]]:
    """The logprob of `token`, the next one of a decode.Answer, and the top ones."""
    wanted = answer.request.top
    if not answer.settings.processed:
        for count in (max(wanted, 2048), len(answer.engine.vocabulary)):
            top = await _raw(answer, count)
            if found := [logprob for other, logprob in top if other == token]:
                return found[0], top[:wanted]
        return float("-inf"), top[:wanted]
    raw = np.full(len(answer.engine.vocabulary), -np.inf)
    for other, logprob in await _raw(answer, raw.size):
        raw[other] = logprob
    after = processed(answer, raw)
    ranked = np.argsort(-after, kind="stable")[:wanted]
    return float(after[token]), [
        (int(other), float(after[other])) for other in ranked if after[other] > -np.inf
    ]


def processed(answer, raw: np.ndarray) -> np.ndarray:
    """The distribution (V,) after the endpoint's chain, worked out by `samplers` itself from the
    model's.
    """
    request = answer.request
    names = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias")
    params = SamplingParams(**{name: getattr(request, name) for name in names})
    chain = Chain.for_engine(answer.settings.order)
    counts = chain.counts(answer.prompt, answer.ids, raw.size)
    return log_softmax(chain.apply(raw, params, counts))


async def _raw(answer, count: int) -> list[tuple[int, float]]:
    """The model's `count` most probable next tokens. The draw is forced to a token that is whole
    text, which the engine's answer does not leave out; raw logprobs don't see the force.
    """
    plain = answer.engine.vocabulary.ids[b"a"]
    body = answer.body | {
        "prompt": answer.prompt + answer.ids,
        "n_predict": 1,
        "n_probs": count,
        "post_sampling_probs": False,
        "samplers": [],
        "temperature": 1.0,
        "logit_bias": [(plain, 1e6)],
        "grammar": "",
    }
    told = (await answer.engine.complete(body))["completion_probabilities"][0]
    return [(item["id"], item["logprob"]) for item in told["top_logprobs"]]
