"""What was found out about an endpoint, as a table that says how sure it is and what it could not
tell.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import combinations

import numpy as np

from samplers.compare.fit import Fit, goodness_of_fit
from samplers.compare.hypotheses import UNDECIDED, Hypothesis
from samplers.compare.model import Model
from samplers.compare.observe import Counts
from samplers.compare.question import Question
from samplers.distribution import Distribution

DECIDED = 99.0  # odds at which a pair counts as decided
# a p-value below this, corrected for the number of questions, says that no hypothesis fits
REJECT = 0.001
FIELDS = tuple(f.name for f in fields(Hypothesis))


@dataclass(frozen=True)
class Asked:
    """A question with its answers: the draws, and the logprobs that the endpoint showed beside one
    more.
    """

    question: Question
    counts: Counts
    shown: Distribution

    def log_likelihoods(self, hypotheses: Sequence[Hypothesis]) -> np.ndarray:
        """Of each hypothesis given both, shape (H,)."""
        drawn = self.question.log_likelihoods(hypotheses, self.counts.sequences)
        return drawn + self.question.log_evidence(hypotheses, self.shown)


@dataclass(frozen=True)
class Pair:
    """Two hypotheses between which the data leave odds under DECIDED, and how many more draws would
    decide.

    `more_draws`: by the expected log-likelihood ratio of the best question there is; inf where no
    draw tells.
    """

    a: Hypothesis
    b: Hypothesis
    more_draws: float

    def __str__(self) -> str:
        differ = [name for name in FIELDS if getattr(self.a, name) != getattr(self.b, name)]
        names = "; ".join(
            f"{name}: {getattr(self.a, name)} or {getattr(self.b, name)}?" for name in differ
        )
        return f"{names} {_more(self.more_draws)}"


def _more(draws: float) -> str:
    if not np.isfinite(draws):
        return "No draw of these prompts tells."
    return f"About {draws:,.0f} more draw{'s' * (draws > 1)} would decide."


@dataclass(frozen=True)
class Identification:
    """Which hypotheses fit an endpoint. `posterior` maps each (those that the data leave equal are
    one) to its probability, the likeliest first; `log_likelihood` to its log-likelihood; before the
    data all were alike.

    `undecided`: pairs between which the data do not decide. `fits`: the test of the best hypothesis
    on each question's draws. `draws`: answers used in all.
    """

    posterior: Mapping[Hypothesis, float]
    log_likelihood: Mapping[Hypothesis, float] = field(repr=False)
    undecided: tuple[Pair, ...]
    asked: tuple[Asked, ...] = field(repr=False)
    fits: tuple[Fit, ...] = field(repr=False)
    draws: int

    @property
    def best(self) -> Hypothesis:
        """The most probable hypothesis; a field that the data leave open in it is "undecided"."""
        return next(iter(self.posterior))

    @property
    def p_value(self) -> float:
        """Of the best hypothesis, over all questions: the least p-value times their number
        (Bonferroni).

        It was chosen with the same draws, so this errs towards fitting.
        """
        return min(
            1.0, max(1, len(self.fits)) * min((fit.p_value for fit in self.fits), default=1.0)
        )

    def marginal(self, name: str) -> dict[str, float]:
        """{value: probability} of one field: order, boundary, logprobs or counts."""
        if name not in FIELDS:
            raise ValueError(f"name must be one of {', '.join(FIELDS)}, got {name!r}")
        total: dict[str, float] = {}
        for h, p in self.posterior.items():
            total[getattr(h, name)] = total.get(getattr(h, name), 0.0) + p
        return total

    def _rows(self) -> list[tuple[str, ...]]:
        top = self.log_likelihood[self.best]
        rows = [(*(getattr(h, name) for name in FIELDS), f"{self.log_likelihood[h] - top:.1f}", f"{p:.4f}")
                for h, p in self.posterior.items() if p >= 1e-4 or h == self.best]  # fmt: skip
        return [(*FIELDS, "log-likelihood", "posterior"), *rows]

    def _notes(self) -> list[str]:
        p = f"p = {self.p_value:.3f}" if self.p_value >= 0.001 else "p < 0.001"
        verdict = f"the best hypothesis fits its draws ({p})"
        if not self.fits:
            verdict = "nothing was drawn to test the best hypothesis"
        elif self.p_value < REJECT:
            verdict = f"NO hypothesis fits ({p}): something acts that none of them knows; do not trust the posterior"
        asked = [f"asked: {_setting(a)}" for a in self.asked]
        return [
            f"{self.draws:,} answers used; {verdict}",
            *asked,
            *(f"undecided: {p}" for p in self.undecided),
        ]

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *self._notes()])

    def _repr_html_(self) -> str:
        head, *rows = [[html.escape(cell) for cell in row] for row in self._rows()]
        titles = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self._notes())
        return (
            f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table><ul>{notes}</ul>"
        )


def _setting(asked: Asked) -> str:
    p = asked.question.params
    drawn = (
        f"{asked.counts.draws} draws of {p.max_tokens or 1} token{'s' * ((p.max_tokens or 1) > 1)}"
    )
    failed = f", {asked.counts.failed} requests failed" if asked.counts.failed else ""
    return (f"temperature {p.temperature:g}, top_p {p.top_p:g}, presence_penalty {p.presence_penalty:g}: "
            f"{drawn if asked.counts.draws else 'the shown logprobs alone'}{failed}")  # fmt: skip


def summary(
    hypotheses: list[Hypothesis], asked: list[Asked], models: list[Model], draws: int
) -> Identification:
    """The posterior over hypotheses, those to which all answers are equally likely put together."""
    likelihoods = np.stack([a.log_likelihoods(hypotheses) for a in asked])  # (questions, H)
    total = likelihoods.sum(axis=0)
    weights = np.exp(total - total.max())
    weights /= weights.sum()
    groups: dict[tuple, list[int]] = {}
    for i in range(len(hypotheses)):
        groups.setdefault(tuple(np.round(likelihoods[:, i], 6)), []).append(i)
    order = sorted(groups.values(), key=lambda group: -weights[group].sum())
    merged = [_merge([hypotheses[i] for i in group]) for group in order]
    best = hypotheses[order[0][0]]
    return Identification(
        dict(zip(merged, (float(weights[group].sum()) for group in order), strict=True)),
        dict(zip(merged, (float(total[group[0]]) for group in order), strict=True)),
        tuple(
            _undecided([[hypotheses[i] for i in group] for group in order], weights, order, models)
        ),
        tuple(asked),
        tuple(
            goodness_of_fit(a.question.prediction(best), a.counts) for a in asked if a.counts.draws
        ),
        draws,
    )


def _merge(group: list[Hypothesis]) -> Hypothesis:
    values = {name: {getattr(h, name) for h in group} for name in FIELDS}
    return Hypothesis(**{name: v.pop() if len(v) == 1 else UNDECIDED for name, v in values.items()})


def _undecided(groups, weights, order, models: list[Model]):
    """Pairs within the best group that differ in one field, and pairs of groups whose odds are not
    DECIDED.
    """
    first = groups[0][0]
    for name in FIELDS:
        values = sorted({getattr(h, name) for h in groups[0]})
        for a, b in combinations(values, 2):
            yield _pair(replace(first, **{name: a}), replace(first, **{name: b}), 0.0, models)
    best = weights[order[0]].sum()
    for group, members in zip(groups[1:], order[1:], strict=True):
        if best < DECIDED * weights[members].sum():
            yield _pair(first, group[0], float(np.log(best / weights[members].sum())), models)


def _pair(a: Hypothesis, b: Hypothesis, log_odds: float, models: list[Model]) -> Pair:
    if (a.order, a.counts) == (b.order, b.counts):
        return Pair(a, b, np.inf)
    found = [e for model in models if (e := model.experiment([a, b])) is not None]
    most = max((min(e.per_draw[0, 1], e.per_draw[1, 0]) for e in found), default=0.0)
    return Pair(
        a, b, float(np.ceil((np.log(DECIDED) - log_odds) / most)) if most > 1e-4 else np.inf
    )
