"""A request's sampling parameters, with OpenAI's names, ranges and defaults.

The parameters that OpenAI does not have are named as vLLM names them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from samplers.checks import is_number, number, shown

# name: (type, low, high); high is None where there is no limit. Source: OpenAI's API reference,
# "Create chat completion"; vLLM's SamplingParams for top_k and min_p.
RANGES = {
    "temperature": (float, 0, 2),
    "top_p": (float, 0, 1),
    "frequency_penalty": (float, -2, 2),
    "presence_penalty": (float, -2, 2),
    "seed": (int, -(2**63), 2**63 - 1),
    "max_tokens": (int, 1, None),
    "top_logprobs": (int, 0, 20),
    "top_k": (int, 0, None),
    "min_p": (float, 0, 1),
    "n": (int, 1, 128),
}
LOGIT_BIAS_RANGE = (-100, 100)
MAX_STOPS = 4
_OPTIONAL = {"seed", "max_tokens", "top_logprobs"}


@dataclass(frozen=True)
class SamplingParams:
    """How to choose each next token.

    A value out of range, of the wrong type or NaN raises ValueError, which names the parameter, the
    range and what came. `stop` takes a string or up to MAX_STOPS of them, kept as a tuple.
    `logit_bias` takes {token id: number in LOGIT_BIAS_RANGE}; an id may be an integer, or the
    digits that JSON makes of one.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    logit_bias: Mapping[int, float] | None = None
    seed: int | None = None
    max_tokens: int | None = None
    stop: str | tuple[str, ...] | None = None
    logprobs: bool = False
    top_logprobs: int | None = None
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    n: int = 1

    def __post_init__(self):
        for name in RANGES:
            self._check_range(name)
        penalty = self.repetition_penalty
        if not is_number(float, penalty) or penalty <= 0:
            raise ValueError(f"repetition_penalty must be a number > 0, got {shown(penalty)}")
        if not isinstance(self.logprobs, bool):
            raise ValueError(f"logprobs must be True or False, got {shown(self.logprobs)}")
        if self.top_logprobs is not None and not self.logprobs:
            came = f"top_logprobs={self.top_logprobs} without it"
            raise ValueError(f"top_logprobs needs logprobs=True, got {came}")

        object.__setattr__(self, "repetition_penalty", float(penalty))
        object.__setattr__(self, "stop", _stops(self.stop))
        object.__setattr__(self, "logit_bias", _biases(self.logit_bias))

    def _check_range(self, name: str) -> None:
        value = getattr(self, name)
        kind, low, high = RANGES[name]
        if value is None and name in _OPTIONAL:
            return
        object.__setattr__(self, name, number(value, name, kind, low, high))

    def replace(self, **changes) -> "SamplingParams":
        """The same parameters with some changed, checked again."""
        return replace(self, **changes)


def _stops(stop) -> tuple[str, ...] | None:
    if stop is None:
        return None
    stops = tuple(stop) if isinstance(stop, list | tuple) else (stop,)
    if not 1 <= len(stops) <= MAX_STOPS or not all(isinstance(s, str) and s for s in stops):
        allowed = f"a string or 1 to {MAX_STOPS} strings, none of them empty"
        raise ValueError(f"stop must be {allowed}, got {shown(stop)}")
    return stops


def _biases(bias) -> dict[int, float] | None:
    if bias is None:
        return None
    low, high = LOGIT_BIAS_RANGE
    interval = f"[{low}, {high}]"
    if not isinstance(bias, Mapping):
        raise ValueError(
            f"logit_bias must map token ids to numbers in {interval}, got {shown(bias)}"
        )

    checked = {}
    for token, value in bias.items():
        is_digits = isinstance(token, str) and token.isdecimal() and len(token) < 20
        token_id = int(token) if is_digits else token
        if not is_number(int, token_id) or token_id < 0:
            raise ValueError(f"logit_bias must have token ids >= 0 as keys, got {shown(token)}")
        if not is_number(float, value) or not low <= value <= high:
            came = f"{shown(value)} for token {shown(token_id)}"
            raise ValueError(f"logit_bias must be in {interval}, got {came}")
        checked[int(token_id)] = float(value)
    return checked
