"""From logits to probabilities, and a distribution's uncertainty in one number.

All logarithms are natural (nats).
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from samplers.arrays import as_array, as_logits, below, row_max, weights
from samplers.checks import instance, is_sequence, number, shown


def log_softmax(logits) -> np.ndarray:
    """Logprobs: logits - log(sum(exp(logits))) along the last axis; shape (..., V), dtype kept.

    The sum is float64. A row whose tokens are all removed (-inf) stays all -inf. NaN or +inf raises
    ValueError.
    """
    logits = as_logits(logits)
    shifted = below(logits, row_max(logits))
    total = np.exp(shifted).sum(axis=-1, keepdims=True, dtype=np.float64)
    with np.errstate(divide="ignore"):
        log_total = np.where(total > 0, np.log(total), 0.0)
    return np.subtract(shifted, log_total, out=shifted, casting="same_kind")


def softmax(logits) -> np.ndarray:
    """Probabilities exp(l) / sum(exp(l)) along the last axis; shape (..., V), dtype kept.

    The sum is float64. A row whose tokens are all removed (-inf) has no mass: it is all zeros. NaN
    or +inf raises ValueError.
    """
    logits = as_logits(logits)
    w = weights(logits)
    total = w.sum(axis=-1, keepdims=True, dtype=np.float64)
    return np.divide(w, np.where(total > 0, total, 1.0), out=w, casting="same_kind")


def entropy(logits) -> np.ndarray:
    """Shannon entropy -sum(p log p) in nats, with 0 log 0 = 0; shape (...), float64.

    NaN where every token is removed.
    """
    logprobs = log_softmax(np.asarray(as_logits(logits), dtype=np.float64))
    p = np.exp(logprobs)
    h = -(p * np.where(p > 0, logprobs, 0.0)).sum(axis=-1)
    return np.where(p.any(axis=-1), np.maximum(h, 0.0), np.nan)[()]


def effective_vocabulary(logits) -> np.ndarray:
    """exp(entropy), shape (...): how many equally likely tokens would be as uncertain.

    It is between 1 (certain) and V (uniform).
    """
    return np.exp(entropy(logits))


def perplexity(token_logprobs) -> float:
    """exp of minus the mean logprob (nats) of a text's tokens, shape (n,) with n >= 1.

    1 is certain, V is uniform guessing. Source: Jelinek et al., "Perplexity: a measure of the
    difficulty of speech recognition tasks", 1977.
    """
    token_logprobs = as_array(token_logprobs, "token_logprobs").astype(np.float64)
    shape = token_logprobs.shape
    if token_logprobs.ndim != 1 or token_logprobs.size == 0:
        raise ValueError(f"token_logprobs must have shape (n,) with n >= 1, got {shape}")
    if not (token_logprobs <= 1e-6).all():
        raise ValueError("token_logprobs must be <= 0 (natural logarithms of probabilities)")
    return float(np.exp(-token_logprobs.mean()))


@dataclass(frozen=True, eq=False)
class Distribution:
    """A next-token distribution with its tokens, from an endpoint or written down.

    Every transform takes it as logits. A repetition penalty needs the model's raw logits, so
    it takes one only if `logsumexp` is known. A distribution that came whole from a model
    (unseen = 0) is in the order of the token ids. One of an API's top K is in the order of rank,
    and `unseen` is the probability of all tokens that it does not list.
    """

    tokens: tuple[str, ...]  # readable text, one per token
    logprobs: np.ndarray  # (K,), float64, nats
    bytes: tuple[bytes, ...] = ()  # what the tokens really are: a token need not be whole UTF-8
    unseen: float = 0.0
    ids: tuple[int, ...] | None = None
    vocabulary_size: int | None = None
    # log(sum(exp(l))) of the model's raw logits l of the whole vocabulary; None: not known
    logsumexp: float | None = None

    def __post_init__(self):
        tokens = _tuple_of(str, self.tokens, "tokens")
        if not tokens:
            raise ValueError("tokens must be one or more, got none")
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "unseen", number(self.unseen, "unseen", float, 0, 1))
        self._set_logprobs(self.logprobs, self.logsumexp)
        self._set_optional_fields()

    def _set_logprobs(self, logprobs, logsumexp: float | None) -> None:
        logprobs = as_array(logprobs, "logprobs")
        if logprobs.shape != (len(self),):
            shape = f"({len(self)},), one per token"
            raise ValueError(f"logprobs must have shape {shape}, got {logprobs.shape}")
        logprobs = logprobs.astype(np.float64)  # a copy that nobody else can change
        logprobs.setflags(write=False)
        if not (logprobs <= 1e-3).all():  # servers round
            raise ValueError("logprobs must be <= 0 (natural logarithms of probabilities)")
        if logsumexp is not None:
            logsumexp = number(logsumexp, "logsumexp", float, -np.inf)

        object.__setattr__(self, "logprobs", logprobs)
        object.__setattr__(self, "logsumexp", logsumexp)

    def _set_optional_fields(self) -> None:
        """Check `bytes`, `ids` and `vocabulary_size`, and fill in the bytes if there are none."""
        token_bytes = _tuple_of(bytes, self.bytes, "bytes")
        ids = None if self.ids is None else _tuple_of(Integral, self.ids, "ids")
        for name, values in (("bytes", token_bytes), ("ids", ids)):
            if values and len(values) != len(self):
                count = f"{len(self)} entries, one per token"
                raise ValueError(f"{name} must have {count}, got {len(values)}")
        if ids and min(ids) < 0:
            raise ValueError(f"ids must be integers >= 0, got {min(ids)}")
        size = self.vocabulary_size
        if size is not None:
            size = number(size, "vocabulary_size", int, len(self))

        token_bytes = token_bytes or tuple(map(_utf8, self.tokens))
        object.__setattr__(self, "bytes", token_bytes)
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "vocabulary_size", size)

    @classmethod
    def from_probs(cls, probs: Mapping[str, float]) -> "Distribution":
        """A whole distribution from {token: probability}.

        The probabilities must be >= 0 and sum to 1 (within 1e-6); otherwise ValueError.
        """
        instance(probs, "probs", Mapping, "a mapping {token: probability}")
        p = as_array(list(probs.values()), "probs").astype(np.float64)
        if not (p >= 0).all() or abs(p.sum() - 1) > 1e-6:
            raise ValueError(f"probs must be >= 0 and sum to 1, got a sum of {p.sum():g}")
        with np.errstate(divide="ignore"):
            return cls(tuple(probs), np.log(p), vocabulary_size=len(p))

    def with_logprobs(self, logprobs, logsumexp: float | None = None) -> "Distribution":
        """The same tokens with other logprobs (K,), in a fraction of a millisecond.

        The tokens are not checked again, which takes milliseconds for a whole vocabulary. What was
        known of the raw logits is forgotten unless `logsumexp` is given.
        """
        other = copy(self)
        other._set_logprobs(logprobs, logsumexp)
        return other

    @property
    def raw_logits(self) -> bool:
        """Are the model's raw logits known? See `samplers.penalties.check_raw_logits`."""
        return self.logsumexp is not None

    @property
    def logits(self) -> np.ndarray:
        """What the transforms take, (K,): the model's raw logits if known, or else the logprobs."""
        return self.logprobs if self.logsumexp is None else self.logprobs + self.logsumexp

    @property
    def probs(self) -> np.ndarray:
        """Probabilities, shape (K,); they sum to 1 - unseen."""
        return np.exp(self.logprobs)

    def index(self, token: str) -> int:
        """The position of `token` in the list; ValueError if it is not there.

        The token may be written as it is shown ("␣London") or as it is (" London").
        """
        instance(token, "token", str, "a token's text")
        if token in self.tokens:
            return self.tokens.index(token)
        raw = token.encode("utf-8", "replace")
        if raw in self.bytes:
            return self.bytes.index(raw)
        count = len(self.tokens)
        raise ValueError(f"token {token!r} is not among the {count} tokens of this distribution")

    def __len__(self) -> int:
        return len(self.tokens)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.array(self.logits, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        best = np.argsort(-self.logprobs, kind="stable")[:5]
        listed = ", ".join(f"{self.tokens[i]!r} {np.exp(self.logprobs[i]):.3f}" for i in best)
        return f"<Distribution of {len(self)} tokens: {listed}; unseen {self.unseen:.3f}>"


def _utf8(token: str) -> bytes:
    try:
        return token.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        raise ValueError(f"tokens must be texts that UTF-8 can hold, got {token!r}") from None


def _tuple_of(kind: type, values, name: str) -> tuple:
    """`values` as a tuple; ValueError unless it is a sequence of `kind` alone (and not of bool)."""
    words = f"a sequence of {'int' if kind is Integral else kind.__name__}"
    if not is_sequence(values):
        raise ValueError(f"{name} must be {words}, got {shown(values)}")
    # a large vocabulary has few types, so this takes less than a millisecond
    for came in set(map(type, values)):
        if came is bool or not issubclass(came, kind):
            raise ValueError(f"{name} must be {words}, got one with {came.__name__}")
    return tuple(values)
