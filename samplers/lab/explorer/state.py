"""The explorer's numbers, without its widget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from samplers.chain import Chain
from samplers.checks import shown
from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.params import LOGIT_BIAS_RANGE, SamplingParams
from samplers.wire.tokens import MARKS, readable


@dataclass(frozen=True, eq=False)
class State:
    """What the explorer shows, computed by `sample_state`."""

    params: SamplingParams
    counts: np.ndarray  # (K,) how often each token was produced so far
    logits: np.ndarray  # (K,) after the chain
    probs: np.ndarray  # (K,) their softmax
    effective_vocabulary: float

    @cached_property
    def kept(self) -> np.ndarray:
        """Indices of the tokens that can be drawn, from the most probable."""
        kept = np.flatnonzero(self.probs)
        return kept[np.argsort(-self.probs[kept], kind="stable")]


def sample_state(
    dist: Distribution, params: SamplingParams, counts: np.ndarray, engine: str
) -> State:
    """The distribution that is drawn from: `dist` after the engine's chain."""
    logits = Chain.for_engine(engine).apply(dist, params, counts)
    return State(params, counts, logits, softmax(logits), float(effective_vocabulary(logits)))


class Names:
    """The tokens of a distribution, each named as the pictures label it: ␣ is a space, ⏎ a newline.

    A word without ␣ stands for itself or for itself after a space, whichever is more probable.
    """

    def __init__(self, dist: Distribution):
        self.tokens = dist.tokens
        pairs = zip(dist.tokens, dist.bytes, strict=True)
        self.names = [_name(token, raw) for token, raw in pairs]
        self.lines = "\n".join(self.names)  # no name has a line's end in it
        # backwards, so that the first of equal names is the one that stays
        self.index = {name: i for i, name in reversed(list(enumerate(self.names)))}

    def find(self, word: str, field: str, logprobs: np.ndarray) -> int:
        """The index of the token that `word` names; ValueError names the `field` if none does."""
        found = [self.index[name] for name in (word, "␣" + word) if name in self.index]
        if not found:
            raise ValueError(f"{field} must be tokens of this distribution, got {word!r}")
        return max(found, key=lambda i: logprobs[i])


def _name(token: str, raw: bytes) -> str:
    """A token that stands for no text (<|im_end|>) keeps its name."""
    return readable(raw or token.encode("utf-8", "replace"))


def counts_so_far(dist: Distribution, so_far: str, names: Names | None = None) -> np.ndarray:
    """Counts (K,) of the tokens that `so_far` lists with spaces between them.

    They are written as `Names` has them. ValueError for a word that is no token of `dist`.
    """
    names = names or Names(dist)
    counts = np.zeros(len(dist), dtype=np.int64)
    for word in so_far.split():
        counts[names.find(word, "tokens so far", dist.logprobs)] += 1
    return counts


def biases(dist: Distribution, text: str, names: Names) -> dict[int, float]:
    """{index: bias} of a text such as "␣London -5 好 2.5"; ValueError for any other text."""
    words = text.split()
    low, high = LOGIT_BIAS_RANGE
    result = {}
    try:
        numbers = [float(bias) for bias in words[1::2]]
        right = len(words) % 2 == 0 and all(low <= bias <= high for bias in numbers)
    except ValueError:
        right = False
    if not right:
        range_ = f"[{low}, {high}]"
        raise ValueError(f"logit_bias must be tokens, each with a number in {range_}: {text!r}")
    for word, bias in zip(words[::2], numbers, strict=True):
        result[names.find(word, "logit_bias", dist.logprobs)] = bias
    return result


def so_far_text(tokens: str | Sequence[str]) -> str:
    """The tokens so far as the explorer's text box has them."""
    return tokens if isinstance(tokens, str) else " ".join(map(_marked, tokens))


def bias_text(bias: str | Mapping[str, float] | None) -> str:
    """A bias {token: number} as the explorer's text box has it."""
    if bias is None or isinstance(bias, str):
        return bias or ""
    if not isinstance(bias, Mapping) or not all(isinstance(token, str) for token in bias):
        raise ValueError(f"logit_bias must map tokens to numbers, got {shown(bias)}")
    return " ".join(f"{_marked(token)} {value}" for token, value in bias.items())


def _marked(token: str) -> str:
    return token.translate(str.maketrans(MARKS))
