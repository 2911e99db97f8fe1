"""What each stage of a chain does: `f(logits, params, counts, engine) -> logits`, by its name.

`params` are the request's parameters: a SamplingParams, or for a batch whose rows have requests of
their own the same names with arrays (B,). `counts` is what `Chain.counts` returns and `engine` an
entry of `samplers.engines.ENGINES`. A stage whose parameter is off returns the very logits it got.
"""

import numpy as np

from samplers.penalties import as_counts, logit_bias, penalties, repetition_penalty
from samplers.temperature import temperature
from samplers.truncation import (
    min_p,
    top_k,
    top_k_with_ties,
    top_p,
    top_p_inclusive,
    top_p_with_ties,
)

# By the boundary of the nucleus, as in `Engine`.
_TOP_P = {"before < p": top_p, "before <= p": top_p_inclusive, "ties stay": top_p_with_ties}


def _everywhere(parameter, value) -> bool:
    """Does the parameter have this value in every row?"""
    if isinstance(parameter, np.ndarray):
        return (parameter == value).all()
    return parameter == value


def bias_stage(logits, params, counts, engine):
    """logit_bias, added as it is; in a batch each row has its own."""
    if not isinstance(params.logit_bias, list):
        return logit_bias(logits, params.logit_bias) if params.logit_bias else logits
    logits = logits.copy()
    for i, row_bias in enumerate(params.logit_bias):
        logits[i] = logit_bias(logits[i], row_bias or {})
    return logits


def repetition_stage(logits, params, counts, engine):
    """CTRL's penalty, on the tokens that the engine counts."""
    penalty = params.repetition_penalty
    counts = as_counts(counts["repetition"], logits)
    if _everywhere(penalty, 1):
        return logits
    return repetition_penalty(logits, counts, penalty)


def penalties_stage(logits, params, counts, engine):
    """OpenAI's two penalties, on the tokens that the engine counts."""
    frequency = params.frequency_penalty
    presence = params.presence_penalty
    counts = as_counts(counts["penalties"], logits)
    if _everywhere(frequency, 0) and _everywhere(presence, 0):
        return logits
    return penalties(logits, counts, frequency, presence)


def temperature_stage(logits, params, counts, engine):
    """The temperature that the engine makes of the request's; 0 is greedy."""
    return temperature(logits, engine.temperature(params.temperature))


def top_k_stage(logits, params, counts, engine):
    """The k most probable tokens, and in some engines those that tie with the k-th."""
    if _everywhere(params.top_k, 0):
        return logits
    if engine.top_k_ties:
        return top_k_with_ties(logits, params.top_k)
    return top_k(logits, params.top_k)


def top_p_stage(logits, params, counts, engine):
    """The nucleus of what the earlier stages left, with the engine's boundary."""
    if _everywhere(params.top_p, 1):
        return logits
    return _TOP_P[engine.top_p_boundary](logits, params.top_p)


def joint_stage(logits, params, counts, engine):
    """Both on the same mass: top_p does not see what top_k removes. A token must stay in both.

    In some engines that is so only without a min_p.
    """
    by_rank = top_k_stage(logits, params, counts, engine)
    both = np.minimum(by_rank, top_p_stage(logits, params, counts, engine))
    if not engine.min_p_renormalizes or _everywhere(params.min_p, 0):
        return both

    in_turn = top_p_stage(by_rank, params, counts, engine)
    return np.where(np.asarray(params.min_p)[..., None] > 0, in_turn, both)


def min_p_stage(logits, params, counts, engine):
    """min_p, which is the same in every engine."""
    return logits if _everywhere(params.min_p, 0) else min_p(logits, params.min_p)


# A stage is named after the parameter that it reads, or has an entry in _PARAMETERS.
STAGES = {
    "logit_bias": bias_stage,
    "repetition_penalty": repetition_stage,
    "penalties": penalties_stage,
    "temperature": temperature_stage,
    "top_k": top_k_stage,
    "top_p": top_p_stage,
    "top_k and top_p": joint_stage,
    "min_p": min_p_stage,
}
_PARAMETERS = {
    "penalties": ("frequency_penalty", "presence_penalty"),
    "top_k and top_p": ("top_k", "top_p"),
}


def parameters_of(stage: str) -> tuple[str, ...]:
    """The parameters of `SamplingParams` that a stage reads."""
    return _PARAMETERS.get(stage, (stage,))
