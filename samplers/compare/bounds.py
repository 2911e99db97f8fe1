"""What the unlisted tokens can weigh once every probability is raised to a power."""

from collections.abc import Sequence

import numpy as np


def tail_weight(
    mass: float, cap: float, size: float, power: float, log_factors: Sequence[float] = ()
) -> tuple[float, float]:
    """The logs of the least and the greatest Σ (b_j q_j)^a that a tail q can have.

    A tail is any q with Σ q_j = mass and 0 <= q_j <= cap. `mass`: the unlisted tokens' probability
    m. `cap`: the most that one of them can have, p_K. `size`: how many there are, V - K; inf where
    V is unknown. `power`: a = 1/T > 0. `log_factors`: log b_j of the unlisted tokens that carry a
    bias or a penalty; that of all others is 0. With m = 0 both results are -inf. ValueError if no q
    exists (m > size * cap).

    Proof. Without factors, n = floor(m / cap) tokens of `cap` and one of the remainder ("packed")
    majorise every allowed q, and every q majorises the even spread m / size. Σ q^a is Schur-convex
    for a >= 1 and Schur-concave for a <= 1 (Marshall & Olkin, "Inequalities", 1979, 3.C), so one of
    the two is its maximum and the other its minimum: for a > 1 packed is the greater, for a < 1
    spread is, and for a = 1 both are m. Each is an allowed q, so the bounds are attained. The
    allowed q are a convex set, so by continuity every value between them is attained too.

    With factors, one extreme is that of a convex sum to be maximised (a >= 1), or of a concave one
    to be minimised (a <= 1). It lies at a vertex: all tokens at 0 or `cap`, except for one of the
    remainder. The tokens at `cap` are those with the largest factors for the maximum (the smallest
    for the minimum), and the remainder goes to the last of them: to exchange any two changes the
    sum the wrong way. The other extreme is where the derivatives of the tokens below `cap` are
    equal: q_j = min(cap, λ b_j^(a/(1-a))), with λ chosen so that Σ q_j = m. The problem is convex
    there, so this is enough.

    With `size` = inf, an even spread over ever more tokens tends to 0 for a > 1 and grows without
    limit for a < 1. The bound is then an infimum that no vocabulary attains, or +inf. That is what
    is lost by not knowing V.
    """
    if mass <= 0:
        return -np.inf, -np.inf
    if mass > size * cap * (1 + 1e-6):
        raise ValueError(f"unseen mass must be <= {size:g} tokens of at most {cap:g}, got {mass:g}")

    cap = min(max(cap, mass / size), mass)
    groups = [(float(b), 1.0) for b in log_factors]  # (log factor, how many tokens have it)
    if size > len(groups):
        groups.append((0.0, size - len(groups)))

    if power > 1:
        least = _spread(mass, cap, groups, power)
        return least, _packed(mass, cap, groups, power, largest=True)
    least = _packed(mass, cap, groups, power, largest=False)
    if power == 1:
        return least, _packed(mass, cap, groups, power, largest=True)
    return least, _spread(mass, cap, groups, power)


def _packed(mass, cap, groups, power, largest) -> float:
    """log Σ with tokens filled to `cap` one after another, by descending factor if `largest`."""
    terms = []
    left = mass

    for log_b, count in sorted(groups, reverse=largest):
        if left <= 1e-12 * mass:
            break
        full = min(count, np.floor(left / cap + 1e-9))
        rest = min(left - full * cap, cap) if full < count else 0.0
        if full:
            terms.append(np.log(full) + power * (log_b + np.log(cap)))
        if rest > 1e-12 * mass:
            terms.append(power * (log_b + np.log(rest)))
        left -= full * cap + max(rest, 0.0)

    return float(np.logaddexp.reduce(terms)) if terms else -np.inf


def _spread(mass, cap, groups, power) -> float:
    """log Σ with q_j = min(cap, λ b_j^(a/(1-a))): the even spread where no token has a factor."""
    if any(np.isinf(count) for _, count in groups):
        return -np.inf if power > 1 else np.inf

    tilt = power / (1 - power)
    by_tilt = sorted(((tilt * log_b, log_b, count) for log_b, count in groups), reverse=True)
    t, log_b, count = np.array(by_tilt).T
    # The largest q reach `cap` first. Try with none there, then with one group more each time.
    for capped in range(len(t) + 1):
        log_q = np.full(len(t), np.log(cap))
        free = slice(capped, None)
        remaining = mass - cap * count[:capped].sum()
        if remaining <= 1e-12 * mass:
            log_q[free] = -np.inf
        elif capped < len(t):
            tilts = t[free] - t[capped]  # <= 0, as the largest comes first
            log_total = np.logaddexp.reduce(tilts + np.log(count[free]))
            log_q[free] = tilts + np.log(remaining) - log_total
        if (log_q[free] <= np.log(cap) + 1e-9).all():
            break
    return float(np.logaddexp.reduce(power * (log_b + log_q) + np.log(count)))
