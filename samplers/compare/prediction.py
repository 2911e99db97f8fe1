"""A prediction of the next token: probabilities, or bounds on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Prediction:
    """Each listed token's probability lies in [low, high], that of all others together in
    [unseen_low, unseen_high].

    `tokens`, `bytes`, `low`, `high` and `status` run over the listed tokens, in the distribution's
    order. `status` is "kept" (not truncated), "removed", or "undecided" where the bounds do not
    tell. `notes` say what was not known.
    """

    tokens: tuple[str, ...]
    bytes: tuple[bytes, ...] = field(repr=False)
    low: np.ndarray
    high: np.ndarray
    unseen_low: float
    unseen_high: float
    status: tuple[str, ...]
    notes: tuple[str, ...] = ()
    each_unseen: float = field(default=0.0, repr=False)  # no unlisted token is likelier
    # but for these: {bytes or id: most}
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
        """The tokens of which the bounds do not tell whether truncation keeps them."""
        return tuple(t for t, s in zip(self.tokens, self.status, strict=True) if s == "undecided")

    @property
    def probs(self) -> np.ndarray:
        """A point within the bounds, shape (K + 1,), the unlisted tokens' share last."""
        low, high = np.append(self.low, self.unseen_low), np.append(self.high, self.unseen_high)
        room = (high - low).sum()
        return low + (high - low) * ((1 - low.sum()) / room if room > 1e-15 else 0.0)

    def bounds(self, token: "str | bytes") -> tuple[float, float]:
        """A token's lower and upper bound, by its text or its bytes; one that is not listed has
        bounds too.
        """
        keys = self.bytes if isinstance(token, bytes) else self.tokens
        at = [i for i, key in enumerate(keys) if key == token]
        if at:
            return float(self.low[at].sum()), float(min(1.0, self.high[at].sum()))
        key = token if isinstance(token, bytes) else token.encode()
        return 0.0, self.unseen_tokens.get(key, self.each_unseen)

    def cells(self) -> "tuple[dict[bytes, int], np.ndarray, np.ndarray]":
        """Tokens as draws show them: {bytes: cell}, and each cell's bounds (C,); the last cell is
        every other token.

        Tokens of the same bytes cannot be told apart in a draw, so they share a cell.
        """
        index: dict[bytes, int] = {}
        where = np.array([index.setdefault(b, len(index)) for b in self.bytes], dtype=int)
        low = np.append(np.bincount(where, self.low, len(index)), self.unseen_low)
        high = np.append(np.bincount(where, self.high, len(index)), self.unseen_high)
        return index, low, np.minimum(high, 1.0)

    def __repr__(self) -> str:
        best = np.argsort(-self.high, kind="stable")[:5]
        shown = ", ".join(
            f"{self.tokens[i]!r} {_interval(self.low[i], self.high[i])}" for i in best
        )
        rest = f"unlisted {_interval(self.unseen_low, self.unseen_high)}"
        return f"<Prediction: {shown}; {rest}{''.join(f'; {note}' for note in self.notes)}>"


def _interval(low: float, high: float) -> str:
    return f"{low:.3f}" if high - low < 5e-4 else f"{low:.3f}–{high:.3f}"
