"""From observations to an `Identification`: the posterior, what stays open, and a test of fit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from samplers.compare.baseline import Baseline
from samplers.compare.fit import Fit, goodness_of_fit
from samplers.compare.hypotheses import UNDECIDED, Hypothesis
from samplers.compare.identification import FIELDS, Identification, Observation, Pair

DECIDED = 99.0  # odds at which a pair counts as decided


def summarize(
    hypotheses: Sequence[Hypothesis],
    observations: Sequence[Observation],
    baselines: Sequence[Baseline],
    draws: int,
) -> Identification:
    """What the observations say about the hypotheses, all equally likely before them."""
    by_observation = np.stack([o.log_likelihoods(hypotheses) for o in observations])
    log_likelihoods = by_observation.sum(axis=0)
    weights = np.exp(log_likelihoods - log_likelihoods.max())
    weights /= weights.sum()

    groups = _groups(by_observation, weights)
    members = [[hypotheses[i] for i in group] for group in groups]
    merged = [_merge(group) for group in members]
    posterior = [float(weights[group].sum()) for group in groups]
    return Identification(
        posterior=dict(zip(merged, posterior, strict=True)),
        log_likelihood={
            h: float(log_likelihoods[group[0]]) for h, group in zip(merged, groups, strict=True)
        },
        undecided=tuple(_undecided(members, posterior, baselines)),
        observations=tuple(observations),
        fits=tuple(_fits(members[0][0], observations)),
        draws=draws,
    )


def _groups(by_observation: np.ndarray, weights: np.ndarray) -> list[list[int]]:
    """Hypotheses to which all answers are equally likely, together; the likeliest group first.

    `by_observation` (O, H): log-likelihoods.
    """
    groups: dict[tuple, list[int]] = {}
    for i, column in enumerate(by_observation.T):
        groups.setdefault(tuple(np.round(column, 6)), []).append(i)
    return sorted(groups.values(), key=lambda group: -weights[group].sum())


def _merge(group: Sequence[Hypothesis]) -> Hypothesis:
    """The group as one hypothesis, "undecided" where its members differ."""
    merged = {}
    for name in FIELDS:
        values = {getattr(h, name) for h in group}
        merged[name] = values.pop() if len(values) == 1 else UNDECIDED
    return Hypothesis(**merged)


def _fits(best: Hypothesis, observations: Sequence[Observation]) -> Iterator[Fit]:
    """A test of the best hypothesis on each question's draws."""
    for observation in observations:
        if observation.counts.draws:
            yield goodness_of_fit(observation.question.prediction(best), observation.counts)


def _undecided(groups, posterior: Sequence[float], baselines) -> Iterator[Pair]:
    """Pairs between which the data do not decide; `groups` are in the order of `posterior`.

    Within the best group: those that differ in one field. Between it and another group: those whose
    odds are below DECIDED.
    """
    best = groups[0][0]
    for name in FIELDS:
        values = sorted({getattr(h, name) for h in groups[0]})
        for a, b in combinations(values, 2):
            yield _pair(replace(best, **{name: a}), replace(best, **{name: b}), 0.0, baselines)

    for group, probability in zip(groups[1:], posterior[1:], strict=True):
        if posterior[0] < DECIDED * probability:
            log_odds = float(np.log(posterior[0] / probability))
            yield _pair(best, group[0], log_odds, baselines)


def _pair(a: Hypothesis, b: Hypothesis, log_odds: float, baselines) -> Pair:
    """The pair, with the number of draws of the best experiment that would decide it."""
    if (a.order, a.counts) == (b.order, b.counts):
        return Pair(a, b, np.inf)

    experiments = [baseline.best_experiment([a, b]) for baseline in baselines]
    per_draw = max(
        (min(e.per_draw[0, 1], e.per_draw[1, 0]) for e in experiments if e is not None),
        default=0.0,
    )
    if per_draw <= 1e-4:
        return Pair(a, b, np.inf)
    return Pair(a, b, float(np.ceil((np.log(DECIDED) - log_odds) / per_draw)))
