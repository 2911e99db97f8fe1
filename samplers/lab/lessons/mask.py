"""What a schema takes away at each token of an answer, computed from two endpoints that give the
same answer.

One endpoint shows the model's own logprobs, p, without the mask; the other one those after the
mask, q. At temperature 1 and top_p 1 the mask only removes tokens and divides what is left by its
sum Z, so q = p / Z for every allowed token: Z = p / q, and 1 - Z is the probability that the schema
took away. (At another temperature q is no such quotient, and at 0 it is 1 for the chosen token,
whatever the schema allows.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from samplers.api import Completion, TokenLogprob


@dataclass(frozen=True)
class MaskStep:
    """One token of a constrained answer. An endpoint may not tell q: then q and taken are NaN.

    `forbidden` are those of the model's most probable tokens, most probable first, that the schema
    did not allow here.
    """

    token: str  # readable text
    bytes: bytes
    wanted: TokenLogprob = field(repr=False)  # the model's most probable token
    p: float  # of the token, as the model has it
    q: float  # of the token, after the mask
    taken: float  # 1 - Z, the probability of all tokens that the schema forbids here
    forbidden: tuple[TokenLogprob, ...] = field(repr=False)

    @property
    def wanted_p(self) -> float:
        """The probability of `wanted`, without the mask."""
        return math.exp(self.wanted.logprob)

    @property
    def refused(self) -> bool:
        """The schema forbids the very token that the model wanted most."""
        return bool(self.forbidden) and self.forbidden[0].bytes == self.wanted.bytes


def token_mask(raw: Completion, processed: Completion) -> list[MaskStep]:
    """The steps of one constrained answer, asked of two endpoints with the same seed and the same
    response_format.

    Both with temperature=1, top_p=1, logprobs=True and the same top_logprobs >= 1; `raw` from an
    endpoint that shows the model's logprobs, `processed` from one that shows those after the mask
    and leaves removed tokens out. A raw token is allowed if and only if the other list has it: its
    rank among the allowed is at least as good as among all. ValueError if the logprobs are missing,
    the tokens differ, or p / q is not one number for all tokens of a step.
    """
    for name, completion in (("raw", raw), ("processed", processed)):
        if not completion.logprobs or not all(
            entry.top for entry in completion.logprobs if entry.logprob > -math.inf
        ):
            raise ValueError(
                f"{name} must have logprobs and top_logprobs: ask with logprobs=True, top_logprobs=20"
            )
    ours, theirs = (
        [entry.bytes for entry in completion.logprobs] for completion in (raw, processed)
    )
    if ours != theirs:
        raise ValueError(
            "raw and processed must be the same answer, token by token: ask both with the same seed"
        )
    return [
        _step(i, *pair) for i, pair in enumerate(zip(raw.logprobs, processed.logprobs, strict=True))
    ]


def _step(i: int, before: TokenLogprob, after: TokenLogprob) -> MaskStep:
    p, q = math.exp(before.logprob), math.exp(after.logprob)
    if q == 0:  # not told
        return MaskStep(before.token, before.bytes, before.top[0], p, math.nan, math.nan, ())
    allowed = {entry.bytes: entry.logprob for entry in after.top} | {after.bytes: after.logprob}
    _check_quotients(i, before.top, allowed, p / q)
    forbidden = tuple(entry for entry in before.top if entry.bytes not in allowed)
    taken = min(1.0, max(0.0, 1 - p / q))  # rounding of the endpoints' numbers
    return MaskStep(before.token, before.bytes, before.top[0], p, q, taken, forbidden)


def _check_quotients(
    i: int, top: Sequence[TokenLogprob], allowed: dict[bytes, float], z: float
) -> None:
    for entry in top:
        told = allowed.get(entry.bytes, -math.inf)
        if told > math.log(1e-3) and abs(entry.logprob - told - math.log(z)) > 0.02:
            raise ValueError(
                f"raw and processed must be asked with temperature 1 and top_p 1: at token {i} p / q is {z:.3g} for "
                f"the chosen token and {math.exp(entry.logprob - told):.3g} for {entry.token!r}"
            )
