"""A request's sampling parameters: OpenAI's names, ranges and defaults, with the extensions that
vLLM named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from numbers import Integral, Real

# name: (type, low, high); high is None where open. Source: OpenAI's API reference, "Create chat
# completion"; vLLM's SamplingParams for its extensions.
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
_OPTIONAL = {"seed", "max_tokens", "top_logprobs"}


@dataclass(frozen=True)
class SamplingParams:
    """How to choose each next token. Anything out of range, of the wrong type or NaN raises
    ValueError.

    The message names the parameter, the range and what came. `stop` takes a string or up to four,
    kept as a tuple; `logit_bias` takes {token id: -100..100}, ids as integers or as the digits that
    JSON makes of them.
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
        for name, (kind, low, high) in RANGES.items():
            value = getattr(self, name)
            if value is None and name in _OPTIONAL:
                continue
            if not _is(kind, value) or value < low or (high is not None and value > high):
                raise ValueError(f"{name} must be {_describe(kind, low, high)}, got {value!r}")
            # numpy's numbers become Python's, which JSON can write
            object.__setattr__(self, name, kind(value))
        if not _is(float, self.repetition_penalty) or self.repetition_penalty <= 0:
            raise ValueError(
                f"repetition_penalty must be a number > 0, got {self.repetition_penalty!r}"
            )
        object.__setattr__(self, "repetition_penalty", float(self.repetition_penalty))
        if not isinstance(self.logprobs, bool):
            raise ValueError(f"logprobs must be True or False, got {self.logprobs!r}")
        if self.top_logprobs is not None and not self.logprobs:
            raise ValueError(
                f"top_logprobs needs logprobs=True, got top_logprobs={self.top_logprobs} without it"
            )
        object.__setattr__(self, "stop", _stops(self.stop))
        object.__setattr__(self, "logit_bias", _biases(self.logit_bias))

    def replace(self, **changes) -> "SamplingParams":
        """The same parameters with some changed, checked again."""
        return replace(self, **changes)


def _is(kind: type, value) -> bool:
    """Is `value` a finite number of the kind? numpy's are; bool, NaN and what a float cannot hold
    are not.
    """
    if isinstance(value, bool) or not isinstance(value, Integral if kind is int else Real):
        return False
    try:
        return kind is int or isfinite(value)
    except OverflowError:
        return False


def _describe(kind: type, low, high) -> str:
    name = "an integer" if kind is int else "a number"
    return f"{name} in [{low}, {high}]" if high is not None else f"{name} >= {low}"


def _stops(stop) -> tuple[str, ...] | None:
    if stop is None:
        return None
    stops = (
        (stop,)
        if isinstance(stop, str)
        else tuple(stop)
        if isinstance(stop, list | tuple)
        else (stop,)
    )
    if not 1 <= len(stops) <= 4 or not all(isinstance(s, str) and s for s in stops):
        raise ValueError(
            f"stop must be a string or 1 to 4 strings, none of them empty, got {stop!r}"
        )
    return stops


def _biases(bias) -> dict[int, float] | None:
    if bias is None:
        return None
    if not isinstance(bias, Mapping):
        raise ValueError(f"logit_bias must map token ids to numbers in [-100, 100], got {bias!r}")
    checked = {}
    for token, value in bias.items():
        token_id = int(token) if isinstance(token, str) and token.isdecimal() else token
        if not _is(int, token_id) or token_id < 0:
            raise ValueError(f"logit_bias must have token ids >= 0 as keys, got {token!r}")
        if not _is(float, value) or not -100 <= value <= 100:
            raise ValueError(
                f"logit_bias must be in [-100, 100], got {value!r} for token {token_id}"
            )
        checked[int(token_id)] = float(value)
    return checked
