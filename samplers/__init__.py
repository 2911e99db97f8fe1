"""How LLM APIs choose the next token, in numpy. `import samplers` loads numpy and nothing else."""

from samplers.chain import Chain
from samplers.distribution import (
    Distribution,
    effective_vocabulary,
    entropy,
    log_softmax,
    perplexity,
    softmax,
)
from samplers.draw import draw, greedy
from samplers.generate import generate
from samplers.params import SamplingParams
from samplers.penalties import logit_bias, penalties, repetition_penalty, token_counts
from samplers.temperature import temperature
from samplers.truncation import min_p, top_k, top_p

__version__ = "0.1.0"
__all__ = [
    "Chain",
    "Distribution",
    "SamplingParams",
    "draw",
    "effective_vocabulary",
    "entropy",
    "generate",
    "greedy",
    "log_softmax",
    "logit_bias",
    "min_p",
    "penalties",
    "perplexity",
    "repetition_penalty",
    "softmax",
    "temperature",
    "token_counts",
    "top_k",
    "top_p",
]
