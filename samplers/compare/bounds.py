"""What the tokens that an API does not list can weigh once every probability is raised to a power."""

from collections.abc import Sequence

import numpy as np


def tail_weight(
    mass: float, cap: float, size: float, power: float, log_factors: Sequence[float] = ()
) -> tuple[float, float]:
    """The logs of the least and the greatest Σ (b_j q_j)^a over all q with Σ q_j = mass and 0 <=
    q_j <= cap.

    `mass`: the unlisted tokens' probability m. `cap`: the most that one of them can have, p_K.
    `size`: how many there are, V - K; inf where V is unknown. `power`: a = 1/T > 0. `log_factors`:
    log b_j of the unlisted tokens that carry a bias or a penalty, the others' is 0. With m = 0 both
    are -inf. ValueError if no q exists (m > size * cap).

    Proof. Without factors, n = floor(m / cap) tokens of `cap` with one of the remainder ("packed")
    majorise every allowed q, and every q majorises the even spread m / size. Σ q^a is Schur-convex
    for a >= 1 and Schur-concave for a <= 1 (Marshall & Olkin, "Inequalities", 1979, 3.C), so one of
    the two is its maximum and the other its minimum: for a > 1 packed is the greater, for a < 1
    spread is, and for a = 1 both are m. Each is an allowed q, so the bounds are attained, and by
    continuity (the allowed q are a convex set) every value between them is.

    With factors, where the sum is convex in q (to be maximised for a >= 1; for a <= 1 it is
    concave, and minimised) an extreme lies at a vertex: all tokens at 0 or `cap` but for one of the
    remainder. Which tokens: those with the largest factors for the maximum (the smallest for the
    minimum), the remainder going to the last of them; exchanging any two changes the sum the wrong
    way. The other extreme is where the derivatives of the tokens below `cap` are equal: q_j =
    min(cap, λ b_j^(a/(1-a))), with λ such that Σ q_j = m; the problem is convex there, so this is
    enough.

    With `size` = inf an even spread over ever more tokens tends to 0 for a > 1 and grows without
    limit for a < 1: the bound is then an infimum that no vocabulary attains, or +inf. That is what
    not knowing V loses.
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
        return _spread(mass, cap, groups, power), _packed(mass, cap, groups, power, largest=True)
    low = _packed(mass, cap, groups, power, largest=False)
    return low, _packed(mass, cap, groups, 1, largest=True) if power == 1 else _spread(
        mass, cap, groups, power
    )


def _packed(mass, cap, groups, power, largest) -> float:
    """log Σ with tokens filled to `cap` one after another, those of the largest (or the smallest)
    factors first.
    """
    left, terms = mass, []
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
    groups = sorted(((tilt * log_b, log_b, count) for log_b, count in groups), reverse=True)
    t, log_b, count = np.array(groups).T
    for capped in range(len(groups) + 1):
        log_q, free = np.full(len(groups), np.log(cap)), slice(capped, None)
        remaining = mass - cap * count[:capped].sum()
        if remaining <= 1e-12 * mass:
            log_q[free] = -np.inf
        elif capped < len(groups):
            above = t[free] - t[capped]  # <= 0: the largest comes first
            log_q[free] = (
                above + np.log(remaining) - np.logaddexp.reduce(above + np.log(count[free]))
            )
        if (log_q[free] <= np.log(cap) + 1e-9).all():
            break
    return float(np.logaddexp.reduce(power * (log_b + log_q) + np.log(count)))
