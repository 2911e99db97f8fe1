"""What was found out about an endpoint: a table that says how sure it is and what is open."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from samplers.api.table import html_table, text_table
from samplers.compare.evidence import Question, Shown
from samplers.compare.fit import Fit
from samplers.compare.hypotheses import Hypothesis
from samplers.compare.observe import Counts

# A p-value below this, corrected for the number of questions, says that no hypothesis fits.
REJECT = 0.001
FIELDS = tuple(f.name for f in fields(Hypothesis))


@dataclass(frozen=True)
class Observation:
    """A question with its answers.

    `counts`: the draws. `shown`: the tokens of one more answer, each with the distribution that the
    endpoint showed beside it.
    """

    question: Question
    counts: Counts
    shown: Sequence[Shown]

    def log_likelihoods(self, hypotheses: Sequence[Hypothesis]) -> np.ndarray:
        """Each hypothesis' log-likelihood, given the draws and the logprobs; shape (H,)."""
        drawn = self.question.log_likelihoods(hypotheses, self.counts.sequences)
        return drawn + self.question.log_evidence(hypotheses, self.shown)

    def __str__(self) -> str:
        p = self.question.params
        length = p.max_tokens or 1
        draws = "the shown logprobs alone"
        if self.counts.draws:
            draws = f"{self.counts.draws} draws of {length} token{'s' * (length > 1)}"

        failed = f", {self.counts.failed} requests failed" if self.counts.failed else ""
        return (
            f"temperature {p.temperature:g}, top_p {p.top_p:g}, "
            f"presence_penalty {p.presence_penalty:g}: {draws}{failed}"
        )


@dataclass(frozen=True)
class Pair:
    """Two hypotheses between which the data do not decide.

    `more_draws`: how many more draws would decide, by the expected log-likelihood ratio of the best
    question there is; inf if no question tells them apart.
    """

    a: Hypothesis
    b: Hypothesis
    more_draws: float

    def __str__(self) -> str:
        differences = "; ".join(
            f"{name}: {getattr(self.a, name)} or {getattr(self.b, name)}?"
            for name in FIELDS
            if getattr(self.a, name) != getattr(self.b, name)
        )
        if not np.isfinite(self.more_draws):
            return f"{differences} No draw of these prompts tells."
        plural = "s" * (self.more_draws > 1)
        return f"{differences} About {self.more_draws:,.0f} more draw{plural} would decide."


@dataclass(frozen=True)
class Identification:
    """Which hypotheses fit an endpoint.

    `posterior`: {hypothesis: probability}, the likeliest first, if all were equally likely before
    the data. Hypotheses to which all answers are equally likely are one. `log_likelihood`:
    {hypothesis: its log-likelihood}. `undecided`: pairs between which the data do not decide.
    `fits`: the best hypothesis' test of fit on each question's draws. `draws`: answers used in all.
    """

    posterior: Mapping[Hypothesis, float]
    log_likelihood: Mapping[Hypothesis, float] = field(repr=False)
    undecided: tuple[Pair, ...]
    observations: tuple[Observation, ...] = field(repr=False)
    fits: tuple[Fit, ...] = field(repr=False)
    draws: int

    @property
    def best(self) -> Hypothesis:
        """The most probable hypothesis; a field that the data leave open in it is "undecided"."""
        return next(iter(self.posterior))

    @property
    def p_value(self) -> float:
        """The best hypothesis' p-value over all questions; 1 if nothing was drawn.

        That is the least p-value times their number (Bonferroni). The hypothesis was chosen with
        the same draws, so the p-value errs towards fitting.
        """
        if not self.fits:
            return 1.0
        return min(1.0, len(self.fits) * min(fit.p_value for fit in self.fits))

    def _rows(self) -> list[tuple[str, ...]]:
        """The table: its head, then a row for each hypothesis that is not all but excluded."""
        top = self.log_likelihood[self.best]
        rows = [(*FIELDS, "log-likelihood", "posterior")]
        for h, probability in self.posterior.items():
            if probability >= 1e-4 or h == self.best:
                values = [getattr(h, name) for name in FIELDS]
                log_likelihood = f"{self.log_likelihood[h] - top:.1f}"
                rows.append((*values, log_likelihood, f"{probability:.4f}"))
        return rows

    def _verdict(self) -> str:
        if not self.fits:
            return "nothing was drawn to test the best hypothesis"

        p = f"p = {self.p_value:.3f}" if self.p_value >= 0.001 else "p < 0.001"
        if self.p_value < REJECT:
            return (
                f"NO hypothesis fits ({p}): something acts that none of them knows; "
                "do not trust the posterior"
            )
        return f"the best hypothesis fits its draws ({p})"

    def _notes(self) -> list[str]:
        """The lines below the table."""
        return [
            f"{self.draws:,} answers used; {self._verdict()}",
            *(f"asked: {observation}" for observation in self.observations),
            *(f"undecided: {pair}" for pair in self.undecided),
        ]

    def __repr__(self) -> str:
        return "\n".join([text_table(self._rows()), *self._notes()])

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self._notes())
        return f"{html_table(self._rows())}<ul>{notes}</ul>"
