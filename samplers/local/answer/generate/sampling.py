"""The engine's request for a job, with every sampling parameter named.

So the engine's own defaults, and those of a model file, never show.
"""

from collections import Counter
from math import isinf

import numpy as np

from samplers import Chain, SamplingParams
from samplers.engines import ENGINES
from samplers.local.engine.grammars.guard import GUARD_BIAS, guard_id
from samplers.local.engine.model import Settings
from samplers.local.engine.server import CONTEXT
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import Job

# The engine's stages, in the order of OpenAI and vLLM: temperature comes before min_p and top_p.
# "penalties" is the repetition penalty alone. top_k commutes with temperature and min_p; it comes
# first because greedy answers are drawn by it. OpenAI has none; Anthropic, Gemini and vLLM do.
OPENAI_ORDER = ["penalties", "top_k", "temperature", "min_p", "top_p"]
LLAMA_CPP_ORDER = [
    "penalties",
    "dry",
    "top_n_sigma",
    "top_k",
    "typ_p",
    "top_p",
    "min_p",
    "xtc",
    "temperature",
]
# A smaller temperature counts as 0: it would overflow the engine's float32.
GREEDY_BELOW = 1e-5


def is_greedy(request: ChatRequest) -> bool:
    """Whether the first token is the one with the greatest logit, whatever the seed."""
    extensions = request.extensions
    penalties = request.frequency_penalty or request.presence_penalty
    changes = penalties or request.logit_bias or extensions.min_tokens
    changes = changes or extensions.repetition_penalty != 1
    return request.temperature < GREEDY_BELOW and not changes


def engine_body(request: ChatRequest, settings: Settings) -> dict:
    """The engine's request for an answer without a grammar; prompt, length and seed are missing."""
    llama_cpp = settings.order == "llama.cpp"
    temperature = float(ENGINES[settings.order].temperature(request.temperature))
    greedy = temperature < GREEDY_BELOW
    top = request.top_logprobs
    return {
        "samplers": LLAMA_CPP_ORDER if llama_cpp else OPENAI_ORDER,
        "temperature": 0.0 if greedy else temperature,
        "top_p": request.top_p,
        "frequency_penalty": request.frequency_penalty if llama_cpp else 0.0,
        "presence_penalty": request.presence_penalty if llama_cpp else 0.0,
        "repeat_last_n": 64 if llama_cpp else CONTEXT,  # CONTEXT: the prompt and the answer
        "repeat_penalty": request.extensions.repetition_penalty,
        "logit_bias": list(request.logit_bias.items()),
        # 0: all tokens. At temperature 0 the engine would take the exponential of them all, too,
        # which is half a millisecond of a token's ten.
        "top_k": 1 if greedy else request.top_k,
        "min_p": request.extensions.min_p,
        "min_keep": 0,
        "typical_p": 1.0,
        "top_n_sigma": -1.0,
        "xtc_probability": 0.0,
        "dry_multiplier": 0.0,
        "dynatemp_range": 0.0,
        "mirostat": 0,
        "adaptive_target": -1.0,
        "ignore_eos": False,
        "n_keep": 0,
        "n_probs": 0 if top is None else max(1, top),
        "post_sampling_probs": settings.processed,
        "cache_prompt": True,
        "return_tokens": True,
        "timings_per_token": True,
    }


def grammar_body(job: Job, grammar: str) -> dict:
    """What changes in the engine's request for an answer that keeps to a grammar."""
    return {"grammar": grammar, "logit_bias": guarded(job, job.request.logit_bias)}


def guarded(job: Job, biases: dict[int, float]) -> list[tuple[int, float]]:
    """Biases with that of the guard, for a request with a grammar."""
    return listed(biases | {guard_id(job.model.engine): GUARD_BIAS})


def listed(biases: dict[int, float]) -> list[tuple[int, float | bool]]:
    """Biases as the engine reads them: JSON has no -inf, and False bans a token."""
    return [(token, False if isinf(bias) else bias) for token, bias in biases.items()]


def chain_params(request: ChatRequest) -> SamplingParams:
    """The parameters that choose the next token, as `samplers.Chain` takes them."""
    return SamplingParams(
        temperature=request.temperature,
        top_p=request.top_p,
        frequency_penalty=request.frequency_penalty,
        presence_penalty=request.presence_penalty,
        logit_bias=request.logit_bias,
        top_k=request.top_k,
        min_p=request.extensions.min_p,
        repetition_penalty=request.extensions.repetition_penalty,
    )


def all_penalty_biases(job: Job, ids: list[int], logits: np.ndarray) -> dict[int, float]:
    """What logit_bias and all three penalties change in the model's `logits` (V,), by token."""
    request = job.request
    chain = Chain.for_engine(job.model.settings.order)
    counts = chain.counts(job.prompt, ids, logits.size)
    params = SamplingParams(
        frequency_penalty=request.frequency_penalty,
        presence_penalty=request.presence_penalty,
        logit_bias=request.logit_bias,
        repetition_penalty=request.extensions.repetition_penalty,
    )
    stages = dict(chain.trace(logits.astype(float), params, counts))
    change = stages["penalties"] - logits  # the last of them; temperature comes next
    return {int(token): float(change[token]) for token in np.flatnonzero(change)}


def penalty_biases(request: ChatRequest, ids: list[int]) -> dict[int, float]:
    """logit_bias, less OpenAI's penalties for an answer's tokens so far, `ids`."""
    biases = dict(request.logit_bias)
    if request.frequency_penalty or request.presence_penalty:
        for token, count in Counter(ids).items():
            penalty = request.frequency_penalty * count + request.presence_penalty
            biases[token] = biases.get(token, 0.0) - penalty
    return biases
