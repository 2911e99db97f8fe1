"""The stages as engines define them, each `f(logits, params, counts) -> logits`; `samplers.chain`
puts them in order.

`params` is what `rows` returns: the request's parameters, one value or one a row. Sources are the
engines' own files, named below. A stage that a request leaves off returns the very logits it got.
"""

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np

from samplers.params import SamplingParams
from samplers.penalties import as_counts, logit_bias, penalties, repetition_penalty
from samplers.temperature import temperature
from samplers.truncation import _keep, min_p, top_k, top_p, top_p_inclusive

_NUMBERS = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
)


def rows(params, leading: tuple[int, ...]) -> SamplingParams | SimpleNamespace:
    """One request as it is; of one request a row, each number as an array (B,) and logit_bias as a
    list of B.
    """
    if isinstance(params, SamplingParams):
        return params
    if not isinstance(params, Sequence) or not all(isinstance(p, SamplingParams) for p in params):
        raise ValueError(f"params must be a SamplingParams, or a sequence of them, got {params!r}")
    if leading != (len(params),):
        raise ValueError(
            f"params must be one SamplingParams, or one for each row of {leading}, got {len(params)}"
        )
    numbers = {name: np.array([getattr(p, name) for p in params]) for name in _NUMBERS}
    return SimpleNamespace(logit_bias=[p.logit_bias for p in params], **numbers)


def _all(parameter, off) -> bool:
    """Is the parameter `off` in every row?"""
    return (parameter == off).all() if isinstance(parameter, np.ndarray) else parameter == off


def bias(logits, params, counts):
    """logit_bias, added as it is, each row its own."""
    if not isinstance(params.logit_bias, list):
        return logit_bias(logits, params.logit_bias) if params.logit_bias else logits
    logits = logits.copy()
    for i, row_bias in enumerate(params.logit_bias):
        logits[i] = logit_bias(logits[i], row_bias or {})
    return logits


def frequency_presence(logits, params, counts):
    """OpenAI's formula, on the tokens that the engine counts."""
    frequency, presence = params.frequency_penalty, params.presence_penalty
    counts = as_counts(counts["penalties"], logits)
    off = _all(frequency, 0) and _all(presence, 0)
    return logits if off else penalties(logits, counts, frequency, presence)


def repetition(logits, params, counts):
    """CTRL's penalty, on the tokens that the engine counts."""
    penalty = params.repetition_penalty
    counts = as_counts(counts["repetition"], logits)
    return logits if _all(penalty, 1) else repetition_penalty(logits, counts, penalty)


def plain_temperature(logits, params, counts):
    """Divide by the temperature; 0 is greedy. llama.cpp: src/llama-sampler.cpp. transformers: t >
    0, and a switch.
    """
    return temperature(logits, params.temperature)


def vllm_temperature(logits, params, counts):
    """0 is greedy, anything else under 0.01 is raised to 0.01, so its own test for t < 1e-5 only
    ever sees 0.

    vLLM: vllm/sampling_params.py, SamplingParams.__post_init__.
    """
    t = np.asarray(params.temperature)
    return temperature(logits, np.where(t == 0, 0.0, np.maximum(t, 0.01)))


def sglang_temperature(logits, params, counts):
    """Below 1e-6 the engine takes top_k = 1, which is greedy. SGLang:
    python/sglang/srt/sampling/sampling_params.py.
    """
    t = np.asarray(params.temperature)
    return temperature(logits, np.where(t < 1e-6, 0.0, t))


def exact_top_k(logits, params, counts):
    """Exactly k tokens. llama.cpp: src/llama-sampler.cpp."""
    return logits if _all(params.top_k, 0) else top_k(logits, params.top_k)


def top_k_with_ties(logits, params, counts):
    """Ties with the k-th stay too. transformers: generation/logits_process.py; vLLM: v1/sample/ops."""
    if _all(params.top_k, 0):
        return logits
    kth = top_k(logits, params.top_k)
    threshold = np.where(kth == -np.inf, np.inf, kth).min(axis=-1, keepdims=True)
    return _keep(logits, logits >= threshold)


def nucleus(logits, params, counts):
    """The mass strictly before a token is < p, of what earlier stages left."""
    return logits if _all(params.top_p, 1) else top_p(logits, params.top_p)


def minimum_p(logits, params, counts):
    """p >= min_p * p_max."""
    return logits if _all(params.min_p, 0) else min_p(logits, params.min_p)


def joint_top_k_top_p(logits, params, counts):
    """top_k and top_p on the same mass; a token stays iff the mass before it is <= p. SGLang:
    layers/sampler.py.
    """
    return np.minimum(top_k(logits, params.top_k), top_p_inclusive(logits, params.top_p))
