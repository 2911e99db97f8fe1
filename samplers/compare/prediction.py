"""A prediction of the next token: probabilities, or bounds on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from samplers.checks import instance, is_number, shown


def by_bytes(counts, listed, name: str = "counts") -> dict[bytes, int]:
    """{token: how often} as {token's bytes: how often}.

    `listed` is a Distribution or a Prediction. A token is its bytes or, if it is listed, its text,
    as it is shown or as it is. ValueError for any other key, and for what is no whole number >= 0.
    """
    words = "{token: how often}, of bytes or of listed tokens' texts"
    instance(counts, name, Mapping, words)
    total: dict[bytes, int] = {}
    for token, count in counts.items():
        if not is_number(float, count) or count < 0 or count != int(count):
            came = f"{shown(count)} for token {shown(token)}"
            raise ValueError(f"{name} must be whole numbers >= 0, got {came}")
        key = _bytes_of(token, listed)
        if key is None:
            raise ValueError(f"{name} must be {words}, got {shown(token)}")
        total[key] = total.get(key, 0) + int(count)
    return total


def _bytes_of(token, listed) -> bytes | None:
    if isinstance(token, bytes):
        return token
    if not isinstance(token, str):
        return None
    if token in listed.tokens:
        return listed.bytes[listed.tokens.index(token)]
    raw = token.encode("utf-8", "replace")
    return raw if raw in listed.bytes else None


@dataclass(frozen=True, eq=False)
class Prediction:
    """Bounds on each listed token's probability, and on that of all other tokens together.

    `tokens`, `bytes`, `low`, `high` and `status` run over the listed tokens, in the distribution's
    order. A token's probability lies in [low, high], that of all unlisted tokens together in
    [unseen_low, unseen_high]. `status` is "kept" (not truncated), "removed", or "undecided" where
    the bounds leave both possible. `notes` say what was not known.

    `each_unseen`: the most probability that an unlisted token can have, except for those in
    `unseen_tokens`: {token's bytes or id: the most that it can have}.
    """

    tokens: tuple[str, ...]
    bytes: tuple[bytes, ...] = field(repr=False)
    low: np.ndarray
    high: np.ndarray
    unseen_low: float
    unseen_high: float
    status: tuple[str, ...]
    notes: tuple[str, ...] = ()
    each_unseen: float = field(default=0.0, repr=False)
    unseen_tokens: Mapping = field(default_factory=dict, repr=False)

    @property
    def exact(self) -> bool:
        """Do the bounds meet (to 1e-9)?"""
        return bool(self.width <= 1e-9)

    @property
    def width(self) -> float:
        """The widest interval."""
        return float(max(np.max(self.high - self.low), self.unseen_high - self.unseen_low))

    @property
    def undecided(self) -> tuple[str, ...]:
        """The tokens that truncation may keep or remove, as far as the bounds show."""
        pairs = zip(self.tokens, self.status, strict=True)
        return tuple(token for token, status in pairs if status == "undecided")

    @property
    def probs(self) -> np.ndarray:
        """A point within the bounds, shape (K + 1,), the unlisted tokens' share last."""
        low = np.append(self.low, self.unseen_low)
        high = np.append(self.high, self.unseen_high)
        room = (high - low).sum()
        step = (1 - low.sum()) / room if room > 1e-15 else 0.0
        return low + (high - low) * step

    def bounds(self, token: "str | bytes") -> tuple[float, float]:
        """A token's lower and upper bound, by its text or its bytes; it need not be listed."""
        instance(token, "token", str | bytes, "a token's text or bytes")
        keys = self.bytes if isinstance(token, bytes) else self.tokens
        places = [i for i, key in enumerate(keys) if key == token]
        if places:
            return float(self.low[places].sum()), float(min(1.0, self.high[places].sum()))

        key = token if isinstance(token, bytes) else token.encode("utf-8", "replace")
        return 0.0, self.unseen_tokens.get(key, self.each_unseen)

    def cells(self) -> "tuple[dict[bytes, int], np.ndarray, np.ndarray]":
        """The outcomes that draws can tell apart: {bytes: cell}, and each cell's bounds (C,).

        Tokens of the same bytes share a cell. The last cell is every unlisted token.
        """
        index: dict[bytes, int] = {}
        cell_of = np.array([index.setdefault(b, len(index)) for b in self.bytes], dtype=int)
        low = np.append(np.bincount(cell_of, self.low, len(index)), self.unseen_low)
        high = np.append(np.bincount(cell_of, self.high, len(index)), self.unseen_high)
        return index, low, np.minimum(high, 1.0)

    def observed(self, counts) -> np.ndarray:
        """The draws in each of `cells`, shape (C,); the last cell has all unlisted tokens.

        `counts`: `Counts`, whose first tokens are taken, or {token: draws}, see `by_bytes`.
        """
        tokens = counts if isinstance(counts, Mapping) else getattr(counts, "tokens", counts)
        index, low, _ = self.cells()
        observed = np.zeros(len(low))
        for token, draws in by_bytes(tokens, self).items():
            observed[index.get(token, -1)] += draws
        return observed

    def __repr__(self) -> str:
        best = np.argsort(-self.high, kind="stable")[:5]
        listed = ", ".join(
            f"{self.tokens[i]!r} {_interval(self.low[i], self.high[i])}" for i in best
        )
        unlisted = f"unlisted {_interval(self.unseen_low, self.unseen_high)}"
        notes = "".join(f"; {note}" for note in self.notes)
        return f"<Prediction: {listed}; {unlisted}{notes}>"


def _interval(low: float, high: float) -> str:
    return f"{low:.3f}" if high - low < 5e-4 else f"{low:.3f}–{high:.3f}"
