"""What a request will draw: each token's probability, or bounds on it."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from samplers.checks import instance
from samplers.compare.bounds import tail_weight
from samplers.compare.prediction import Prediction
from samplers.compare.rules import Rules, rules_of
from samplers.compare.tail import Tail, listed_and_tail, weigh, weigh_raw
from samplers.compare.truncate import EDGE, Candidates, check_stages, top_k, truncate, truncates
from samplers.distribution import Distribution
from samplers.params import SamplingParams

# Logs of probabilities are exact to some 1e-16. A higher power would let that error alone decide
# whether an unlisted token is as probable as a listed one (within `truncate.CLOSE`).
MOST_POWER = 1e6


def predict(distribution: Distribution, params: SamplingParams, engine, counts=None) -> Prediction:
    """The probability of each token as `engine` would draw it under `params`, between bounds.

    `distribution` is the model's own (raw) one: of the whole vocabulary, where the bounds meet, or
    of the K most probable tokens. `engine`: "openai", "vllm", "transformers", "sglang",
    "sglang-flashinfer", "llama.cpp", or a `Hypothesis`. `counts` is what the engine's penalties
    count: {token: how often}, where a token is its bytes or a listed one's text, or an array (K,)
    beside the listed tokens, which alone tells tokens of the same bytes apart. Whether that is the
    output alone or the prompt too is the engine's rule; what `Chain.counts` returns is taken, too.
    A bias on ids needs `distribution.ids` (a whole vocabulary has them: its order). A
    repetition_penalty needs the model's raw logits, of the whole vocabulary.

    Proof. Let w_i = p_i e^(bias - penalties) and a = 1/T. Without truncation a listed token has the
    probability w_i^a / (L + U). L = Σ w^a over the listed tokens is known. U, the same sum over the
    unlisted ones, is bounded by `tail_weight`: U_low <= U <= U_high, and both are attained. The
    quotient falls as U grows, so its bounds are at U's bounds, and they are tight. `unseen` is
    U / (L + U), which grows with U. An unlisted token's own share is greatest where it has all that
    it can, q = min(p_K, m), and the others weigh the least that the rest of m allows.

    A nucleus, top_k or min_p keeps a prefix of the true order. With temperature first, the share
    before a listed token falls as U grows, so the kept set is known at U_low and at U_high. If they
    agree on a listed prefix, the result is exact. Where they do not, the tokens between are
    "undecided": if one is kept, so are all before it, which gives its upper bound; if it is not, it
    has 0. With temperature last, truncation sees Σ w itself. Its tail is exactly m, except for
    biased unlisted tokens, so that a nucleus within the list is decided. Where what is kept reaches
    into the tail, or a bias or a penalty lets listed tokens fall below it, the bounds hold (see
    `truncate`) but need not be the closest.

    ValueError for a truncation that is not known here (see `truncate.STAGES`), and for a
    repetition_penalty on log-probabilities alone, counts or not, see
    `samplers.penalties.check_raw_logits`.
    """
    return predict_weighed(weighed(distribution, params, engine, counts), params, engine)


class Weighed(NamedTuple):
    """A distribution's tokens with their weights before truncation, and how these were made."""

    distribution: Distribution
    candidates: Candidates
    tail: Tail
    scale: "_Scale"
    order: np.ndarray  # (K,) the listed tokens, the heaviest first
    is_greedy: bool
    is_late: bool  # the temperature acts after the truncation


def weighed(distribution: Distribution, params: SamplingParams, engine, counts=None) -> Weighed:
    """What `predict` knows before truncation; several nuclei can share it.

    It takes what `predict` takes, and raises what it raises.
    """
    instance(distribution, "distribution", Distribution, "a Distribution")
    instance(params, "params", SamplingParams, "a SamplingParams")
    rules = rules_of(engine)
    check_stages(params, rules)
    _check_penalties(params, rules)
    log_p, tail = listed_and_tail(distribution)
    if params.repetition_penalty == 1:
        log_w, tail = weigh(distribution, log_p, tail, params, counts)
    else:
        log_w = weigh_raw(distribution, params, engine, counts)

    t = rules.temperature(params.temperature)
    greedy = t == 0
    scale = _Scale(1.0 if greedy else t, max(log_w.max(), tail.log_cap))
    truncated = greedy or truncates(params)
    late = truncated and not greedy and rules.order == "temperature last"

    order = np.argsort(-log_w, kind="stable")
    c = _candidates(log_w[order], tail, scale._replace(temperature=1.0) if late else scale)
    return Weighed(distribution, c, tail, scale, order, greedy, late)


def predict_weighed(before: Weighed, params: SamplingParams, engine) -> Prediction:
    """As `predict`. `before` may come of other `params`, if they differ in a top_p below 1 alone,
    and of an `engine` that differs in the boundary of its nucleus alone.
    """
    c = _truncated(before, params, engine)
    if before.is_late:
        c = _raised(c, before.scale)

    is_truncated = before.is_greedy or truncates(params)
    most_of_one = partial(_most_of_one, c, before.tail, before.scale, is_truncated)
    return _prediction(before.distribution, c, before.tail, before.order, most_of_one)


def kept(before: Weighed, params: SamplingParams, engine) -> tuple[str, ...]:
    """`predict_weighed(…).status` alone, in half the time."""
    return _status(_truncated(before, params, engine), before.order)


def _truncated(before: Weighed, params: SamplingParams, engine) -> Candidates:
    c = truncate(before.candidates, params, rules_of(engine))
    return top_k(c, 1) if before.is_greedy else c


class _Scale(NamedTuple):
    """How log w becomes a weight: w^(1/T), divided by the heaviest so that nothing overflows."""

    temperature: float
    reference: float  # log w of the heaviest

    def weights(self, log_w):
        with np.errstate(over="ignore"):  # by the coldest temperatures that there are: exp(-inf)
            return np.exp((log_w - self.reference) / self.temperature)

    @property
    def power(self) -> float:
        """1/T for unlisted tokens: at most MOST_POWER."""
        return min(1 / self.temperature, MOST_POWER)

    def unlisted(self, log_w: float) -> float:
        """The most that an unlisted token can weigh."""
        return float(np.exp(self.power * (log_w - self.reference)))

    def sums(self, low: float, high: float) -> tuple[float, float]:
        """Sums of unlisted tokens' weights from their logs at `power`, the least and the greatest.

        A higher power makes them smaller, so where it is higher the greatest is still a bound.
        """
        low, high = np.exp(np.array([low, high]) - self.power * self.reference)
        return (low if 1 / self.temperature <= MOST_POWER else 0.0), high


def _check_penalties(params: SamplingParams, rules: Rules) -> None:
    if not rules.penalties and (params.frequency_penalty or params.presence_penalty):
        raise ValueError(
            "frequency_penalty and presence_penalty must be 0 for an engine that has neither"
        )


def _candidates(log_w: np.ndarray, tail: Tail, scale: _Scale) -> Candidates:
    everything = np.ones(len(log_w), dtype=bool)
    low, high = scale.sums(*tail.weight(scale.power))
    return Candidates(
        weights=scale.weights(log_w),
        sure=everything,
        may=everything,
        low=low,
        high=high,
        cap=scale.unlisted(tail.log_cap),
        size=tail.size,
    )


def _raised(c: Candidates, scale: _Scale) -> Candidates:
    """The candidates with every weight raised to 1/T: temperature after truncation."""
    low, _ = tail_weight(c.low, c.cap, c.size, scale.power)
    _, high = tail_weight(c.high, c.cap, c.size, scale.power)
    low, high = scale._replace(reference=0.0).sums(low, high)
    weights = c.weights ** (1 / scale.temperature)
    return replace(c, weights=weights, low=low, high=high, cap=c.cap**scale.power)


def _prediction(distribution, c: Candidates, tail: Tail, order, most_of_one) -> Prediction:
    """The candidates' weights as probabilities, in the order of the distribution's tokens."""
    low, high = _listed_bounds(c)
    unseen_low, unseen_high = _unlisted_bounds(c)
    as_given = np.argsort(order)
    return Prediction(
        tokens=distribution.tokens,
        bytes=distribution.bytes,
        low=low[as_given],
        high=high[as_given],
        unseen_low=unseen_low,
        unseen_high=unseen_high,
        status=_status(c, order),
        notes=_notes(c, tail),
        each_unseen=most_of_one(None),
        unseen_tokens={token: most_of_one(token) for token in tail.factors},
    )


def _status(c: Candidates, order: np.ndarray) -> tuple[str, ...]:
    """Of each listed token: kept, undecided or removed."""
    status = np.where(c.sure, "kept", np.where(c.may, "undecided", "removed"))
    return tuple(status[np.argsort(order)].tolist())


def _listed_bounds(c: Candidates) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest probability of each listed token, (K,)."""
    sure = c.weights * c.sure
    may = c.weights * c.may
    # A token that is kept keeps all before it, and all that surely stays.
    least_others = np.cumsum(may) - may + sure.sum() - np.cumsum(sure) + c.low
    with np.errstate(invalid="ignore"):
        low = np.where(c.sure & (c.weights > 0), c.weights / (may.sum() + c.high), 0.0)
        high = np.where(c.may & (c.weights > 0), c.weights / (c.weights + least_others), 0.0)
    if not may.any() and not c.low:  # beside an unlisted token that may have no probability at all
        high = np.where(c.may, 1.0, 0.0)
    return low, high


def _unlisted_bounds(c: Candidates) -> tuple[float, float]:
    """The least and the greatest probability of all unlisted tokens together."""
    if not c.high:
        return 0.0, 0.0
    most_listed = (c.weights * c.may).sum()
    least_listed = c.weights[c.sure | (c.may & c.above)].sum()
    low = c.low / (most_listed + c.low) if c.low else 0.0
    high = 1.0 if c.high == np.inf else c.high / (least_listed + c.high)
    return float(low), float(high)


def _most_of_one(c: Candidates, tail: Tail, scale: _Scale, truncated: bool, token) -> float:
    """The most probability that one unlisted token can have; `token` None: one without a factor."""
    if not c.high or (token is None and tail.size <= len(tail.factors)):
        return 0.0

    own = scale.unlisted(np.log(tail.cap) + tail.factors.get(token, 0.0))
    listed = c.weights[c.sure | (c.may & (c.weights >= own))].sum()
    others = 0.0
    if not truncated:
        others, _ = scale.sums(*tail.without(token).weight(scale.power))
    _, unseen_high = _unlisted_bounds(c)
    total = own + listed + others
    return min(unseen_high, float(own / total)) if total else unseen_high


def _notes(c: Candidates, tail: Tail) -> tuple[str, ...]:
    """What is not known, as sentences for the learner."""
    notes = []
    undecided = int((c.may & ~c.sure).sum())
    if undecided:
        notes.append(f"undecided whether truncation keeps {undecided} of the listed tokens")
    if c.edge:
        notes.append(
            f"the nucleus ends within {EDGE:g} of top_p: the endpoint's rounding may move its edge"
        )

    unknown = "vocabulary_size is unknown, and so the unlisted tokens' share has no"
    if np.isinf(tail.size) and c.high == np.inf:
        notes.append(f"{unknown} upper bound")
    elif np.isinf(tail.size) and tail.mass and c.high and not c.low:
        notes.append(f"{unknown} lower bound but 0")
    return tuple(notes)
