"""What a schema takes away at each token of an answer, from two endpoints that give the same one.

One endpoint shows p, the model's own probabilities, without the mask; the other one q, those after
the mask. At temperature 1 and top_p 1 the mask only removes tokens and divides what is left by its
sum Z, so q = p / Z for every allowed token. Then Z = p / q, and 1 - Z is the probability that the
schema took away. At another temperature q is no such quotient. At 0 it is 1 for the chosen token,
whatever the schema allows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from samplers.api import Completion, TokenLogprob
from samplers.lab.arguments import checked

VISIBLE = 1e-3  # a q above this is exact enough to be compared with p
TOLERANCE = 0.02  # of log(p / q), which is the same for all allowed tokens of a step


@dataclass(frozen=True)
class MaskStep:
    """One token of a constrained answer; q and taken are NaN if the endpoint did not report q.

    `forbidden` are those of the model's most probable tokens that the schema did not allow here,
    the most probable first.
    """

    token: str  # readable text
    bytes: bytes
    wanted: TokenLogprob = field(repr=False)  # the model's most probable token
    p: float  # of the token, without the mask
    q: float  # of the token, after the mask
    taken: float  # 1 - Z, the probability of all tokens that the schema forbids here
    forbidden: tuple[TokenLogprob, ...] = field(repr=False)

    @property
    def wanted_p(self) -> float:
        """The probability of `wanted`, without the mask."""
        return math.exp(self.wanted.logprob)

    @property
    def refused(self) -> bool:
        """True if the schema forbids `wanted`, the model's most probable token."""
        return bool(self.forbidden) and self.forbidden[0].bytes == self.wanted.bytes


@checked
def token_mask(raw: Completion, processed: Completion) -> list[MaskStep]:
    """The steps of one constrained answer that two endpoints gave to the same request.

    The request has a seed, a response_format, temperature=1, top_p=1, logprobs=True and some
    top_logprobs >= 1. `raw` is from an endpoint that shows the model's logprobs, `processed` from
    one that shows those after the mask and leaves removed tokens out. A token that `raw` lists is
    allowed if and only if `processed` lists it too: its rank among the allowed tokens is at least
    as good as among all. ValueError if logprobs are missing, if the tokens differ, or if p / q is
    not one number for all tokens of a step.
    """
    for name, completion in (("raw", raw), ("processed", processed)):
        if not _has_top_logprobs(completion):
            raise ValueError(
                f"{name} must have logprobs and top_logprobs: "
                "ask with logprobs=True, top_logprobs=20"
            )

    tokens = [[entry.bytes for entry in answer.logprobs] for answer in (raw, processed)]
    if tokens[0] != tokens[1]:
        raise ValueError(
            "raw and processed must be the same answer, token by token: ask both with the same seed"
        )

    pairs = zip(raw.logprobs, processed.logprobs, strict=True)
    return [_step(i, before, after) for i, (before, after) in enumerate(pairs)]


def _has_top_logprobs(completion: Completion) -> bool:
    entries = completion.logprobs or ()
    return len(entries) > 0 and all(entry.top for entry in entries if entry.logprob > -math.inf)


def _step(i: int, before: TokenLogprob, after: TokenLogprob) -> MaskStep:
    wanted = before.top[0]
    p = math.exp(before.logprob)
    q = math.exp(after.logprob)
    if q == 0:  # not reported
        return MaskStep(before.token, before.bytes, wanted, p, math.nan, math.nan, ())

    allowed = {entry.bytes: entry.logprob for entry in after.top} | {after.bytes: after.logprob}
    _check_quotients(i, before.top, allowed, p / q)
    forbidden = tuple(entry for entry in before.top if entry.bytes not in allowed)
    taken = min(1.0, max(0.0, 1 - p / q))  # the endpoints' numbers are rounded
    return MaskStep(before.token, before.bytes, wanted, p, q, taken, forbidden)


def _check_quotients(
    i: int, top: Sequence[TokenLogprob], allowed: dict[bytes, float], z: float
) -> None:
    """Raise ValueError unless p / q is `z` for every allowed token of step `i` that shows it."""
    for entry in top:
        log_q = allowed.get(entry.bytes, -math.inf)
        log_quotient = entry.logprob - log_q
        if log_q > math.log(VISIBLE) and abs(log_quotient - math.log(z)) > TOLERANCE:
            raise ValueError(
                "raw and processed must be asked with temperature 1 and top_p 1: "
                f"at token {i} p / q is {z:.3g} for the chosen token "
                f"and {math.exp(log_quotient):.3g} for {entry.token!r}"
            )
