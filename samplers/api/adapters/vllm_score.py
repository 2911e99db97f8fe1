"""A text's tokens scored by vLLM: the prompt_logprobs of /v1/completions.

They are the model's own, whatever the sampling parameters are and whether --logprobs-mode is
raw_logprobs or processed_logprobs; its modes of logits are refused. Source: gpu_model_runner.py of
0.32.0, run on 2026-11-29.
"""

import math
import re

import numpy as np

from samplers.api.abilities import Abilities
from samplers.api.adapters import token_bytes, vllm
from samplers.api.adapters.calls import Calls, is_text
from samplers.api.errors import APIError, unsupported
from samplers.api.results import bytes_of, label_of, logprob_of
from samplers.api.score import LISTED, Score, entropy_bounds, top_of

MOST = 100  # tokens to list at each place: more make the entropy's bounds little closer
ROUNDING = 1e-3  # nats
BEYOND = 10**9  # no token has this id; the refusal says how many tokens there are
SIZE = re.compile(r"Vocabulary size: (\d+)")


def score(
    calls: Calls, text: str | list[int], messages: list[dict] | None, known: Abilities
) -> Score:
    """The log-probability of each token of a text, or of an answer to messages.

    Marks such as <|im_end|> in a text become the tokens that they name, as in `vllm.tokenize`.
    """
    if known.top_logprobs == 0:
        message = "this vLLM shows no logprobs: it was started with --max-logprobs 0"
        raise APIError(400, message, code="unsupported")
    if messages is not None and not is_text(messages):
        raise unsupported(404)
    ids = vllm.tokenize(calls, text, known).ids if isinstance(text, str) else text
    begun = [] if messages is None else vllm.tokenize(calls, messages, known).ids

    listed = min(known.top_logprobs or MOST, MOST)
    prompt = [*begun, *ids]
    body = {"prompt": prompt, **vllm.PLAIN, "prompt_logprobs": listed}
    places = calls.post("/completions", body, lambda answer: _places(answer, prompt))
    return _score(calls, list(ids), places[len(begun) :], listed)


def _places(answer: dict, prompt: list[int]) -> list[dict[int, float] | None]:
    """{id: logprob} at each place of the prompt; None at the first."""
    places = answer["choices"][0]["prompt_logprobs"]
    if len(places) != len(prompt):
        raise ValueError(f"{len(places)} places of {len(prompt)} tokens")

    read = [None]
    for token, place in zip(prompt[1:], places[1:], strict=True):
        given = {int(i): logprob_of(entry) for i, entry in place.items()}
        logprobs = {i: logprob for i, logprob in given.items() if logprob is not None}
        if token not in logprobs:
            raise ValueError(f"token {token} of the prompt has no logprob")
        if max(logprobs.values()) > ROUNDING or sum(map(math.exp, logprobs.values())) > 1.01:
            raise ValueError("its prompt_logprobs are logits: --logprobs-mode must be of logprobs")
        read.append(logprobs)
    return read


def _score(
    calls: Calls, ids: list[int], places: list[dict[int, float] | None], listed: int
) -> Score:
    ranked = [_likeliest(place) for place in places]
    wanted = list(dict.fromkeys([*ids, *(i for best in ranked for i in best)]))
    entries = dict(zip(wanted, token_bytes.entries(calls, wanted), strict=True))
    size = _vocabulary_size(calls)

    logprobs = []
    entropies = []
    top = []
    for token, place, best in zip(ids, places, ranked, strict=True):
        logprobs.append(place.get(token) if place else None)
        entropies.append(_entropies(place, listed, size) if place else None)
        top.append(top_of([entries[i] | {"logprob": place[i]} for i in best]))

    return Score(
        tokens=tuple(label_of(entries[token]) for token in ids),
        logprobs=tuple(logprobs),
        entropies=tuple(entropies),
        top=tuple(top),
        bytes=tuple(bytes_of(entries[token]) for token in ids),
        ids=tuple(ids),
    )


def _likeliest(place: dict[int, float] | None) -> list[int]:
    return sorted(place, key=place.get, reverse=True)[:LISTED] if place else []


def _entropies(place: dict[int, float], listed: int, size: float) -> tuple[float, float]:
    """The entropy's bounds at a place, whose own token is beside the likeliest or among them."""
    probs = np.exp(sorted(place.values(), reverse=True))
    unseen = max(0.0, 1.0 - probs.sum())
    cap = probs[min(listed, len(probs)) - 1]
    return entropy_bounds(probs, unseen, float(cap), size - len(probs))


def _vocabulary_size(calls: Calls) -> float:
    """How many tokens there are; inf if the server does not say it. It costs no pass."""
    if "vocabulary size" in calls.kept:
        return calls.kept["vocabulary size"]

    body = {"prompt": "a", **vllm.PLAIN, "logit_bias": {str(BEYOND): 1}}
    try:
        calls.post("/completions", body, lambda answer: None)
    except APIError as error:
        said = SIZE.search(error.message)
        if said:
            calls.kept["vocabulary size"] = int(said[1])
            return int(said[1])
    return np.inf
