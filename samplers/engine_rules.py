"""The stages as engines define them, each `f(logits, params, counts) -> logits`; `samplers.chain` puts them in order.

`params` is `Rows`: the request's parameters, one value or one a row. Sources are the engines' own files, named below.
"""

import numpy as np

from samplers.arrays import weights
from samplers.params import SamplingParams
from samplers.penalties import logit_bias, penalties, repetition_penalty
from samplers.temperature import temperature
from samplers.truncation import _descending, _keep, min_p, top_k, top_p


class Rows:
    """One request's parameters, or one request a row: `rows.top_p` is a number, or an array (B,)."""

    def __init__(self, params, leading: tuple[int, ...]):
        if not isinstance(params, SamplingParams) and leading != (len(params),):
            raise ValueError(f"params must be one SamplingParams or one a row of logits {leading}, got {len(params)}")
        self.requests = params

    def __getattr__(self, name: str):
        if isinstance(self.requests, SamplingParams):
            return getattr(self.requests, name)
        return np.array([getattr(request, name) for request in self.requests])


def bias(logits, params, counts):
    """logit_bias, added as it is, each row its own."""
    if isinstance(params.requests, SamplingParams):
        return logit_bias(logits, params.logit_bias or {})
    return np.stack([logit_bias(row, b or {}) for row, b in zip(logits, params.logit_bias, strict=True)])


def frequency_presence(logits, params, counts):
    """OpenAI's formula, on the tokens that the engine counts."""
    return penalties(logits, counts["penalties"], params.frequency_penalty, params.presence_penalty)


def repetition(logits, params, counts):
    """CTRL's penalty, on the tokens that the engine counts."""
    return repetition_penalty(logits, counts["repetition"], params.repetition_penalty)


def plain_temperature(logits, params, counts):
    """Divide by the temperature; 0 is greedy. llama.cpp: src/llama-sampler.cpp. transformers: t > 0, and a switch."""
    return temperature(logits, params.temperature)


def vllm_temperature(logits, params, counts):
    """0 is greedy, anything else under 0.01 is raised to 0.01, so its own test for t < 1e-5 only ever sees 0.

    vLLM: vllm/sampling_params.py, SamplingParams.__post_init__.
    """
    t = np.asarray(params.temperature)
    return temperature(logits, np.where(t == 0, 0.0, np.maximum(t, 0.01)))


def sglang_temperature(logits, params, counts):
    """Below 1e-6 the engine takes top_k = 1, which is greedy. SGLang: python/sglang/srt/sampling/sampling_params.py."""
    t = np.asarray(params.temperature)
    return temperature(logits, np.where(t < 1e-6, 0.0, t))


def exact_top_k(logits, params, counts):
    """Exactly k tokens. llama.cpp: src/llama-sampler.cpp."""
    return top_k(logits, params.top_k)


def top_k_with_ties(logits, params, counts):
    """Ties with the k-th stay too. transformers: generation/logits_process.py; vLLM: v1/sample/ops."""
    kth = top_k(logits, params.top_k)
    threshold = np.where(kth == -np.inf, np.inf, kth).min(axis=-1, keepdims=True)
    return _keep(logits, logits >= threshold)


def nucleus(logits, params, counts):
    """The mass strictly before a token is < p, of what earlier stages left."""
    return top_p(logits, params.top_p)


def minimum_p(logits, params, counts):
    """p >= min_p * p_max."""
    return min_p(logits, params.min_p)


def joint_top_k_top_p(logits, params, counts):
    """top_k and top_p on the same mass; a token stays iff the mass before it is <= p. SGLang: layers/sampler.py."""
    order = _descending(logits)
    w = weights(logits)
    mass = np.cumsum(np.take_along_axis(w, order, axis=-1), axis=-1, dtype=np.float64)
    before = np.concatenate([np.zeros_like(mass[..., :1]), mass[..., :-1]], axis=-1)
    p = np.asarray(params.top_p)[..., None]
    ranks = np.argsort(order, axis=-1, kind="stable")
    within = np.take_along_axis(before <= p * mass[..., -1:], ranks, axis=-1) | (p >= 1)
    return _keep(top_k(logits, params.top_k), within)
