"""What a request will draw: each token's probability, between bounds where the API does not show
every token.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from samplers.compare import truncate
from samplers.compare.bounds import tail_weight
from samplers.compare.prediction import Prediction
from samplers.compare.rules import Rules, rules_of
from samplers.compare.tail import Tail, listed_and_tail, weigh
from samplers.distribution import Distribution
from samplers.params import SamplingParams


def predict(distribution: Distribution, params: SamplingParams, engine, counts=None) -> Prediction:
    """The probability of each token under `params`, as `engine` would draw it, between bounds.

    `distribution` is the model's own (raw) one: of the whole vocabulary, and then the bounds meet,
    or of the K most probable tokens. `engine`: "openai", "vllm", "transformers", "sglang",
    "llama.cpp", or a `Hypothesis`. `counts` is what the engine's penalties count: {token's bytes:
    how often}, or an array (K,) beside the listed tokens; whether that is of the output alone or of
    the prompt too is the engine's rule, see `Chain.counts`. A bias on ids needs `distribution.ids`
    (a whole vocabulary has them: its order).

    Proof. Let w_i = p_i e^(bias - penalties) and a = 1/T. Without truncation a listed token has
    probability w_i^a / (L + U), where L = Σ w^a over the listed ones is known and U, the unlisted
    ones', is only bounded by `tail_weight`: U_low <= U <= U_high, each attained. The quotient falls
    as U grows, so its bounds are at U's, and they are tight. `unseen` is U / (L + U), which grows
    with U. An unlisted token's own share is greatest where it has all it can, q = min(p_K, m), and
    the others weigh the least that the rest of m allows.

    A nucleus, top_k or min_p keeps a prefix of the true order. With temperature first, the share
    before a listed token falls as U grows, so the kept set is known at U_low and at U_high: if they
    agree on a listed prefix the result is exact, and where they do not, tokens between are
    "undecided": if kept, so are all before, which gives the upper bound; if not, 0. With
    temperature last truncation sees Σ w itself, whose tail is m exactly (but for biased unlisted
    tokens), so that a nucleus within the list is decided. Where what is kept reaches into the tail,
    or listed tokens fall below it by a bias or a penalty, the bounds hold (see `truncate`) but need
    not be the closest.

    ValueError for counts with a repetition_penalty (it acts on logits; logprobs do not tell where
    their zero was).
    """
    rules = rules_of(engine)
    _check(params, rules, counts)
    log_p, tail = listed_and_tail(distribution)
    log_w, tail = weigh(distribution, log_p, tail, params, counts)
    t = rules.temperature(params.temperature)
    power = 1.0 if t == 0 else 1.0 / t
    truncates = bool(t == 0 or params.top_p < 1 or params.top_k or params.min_p)
    late = truncates and t != 0 and rules.order == "temperature last"
    order = np.argsort(-log_w, kind="stable")
    reference = max(log_w.max(), tail.log_cap)  # subtracted, so that nothing overflows

    c = _candidates(log_w[order], tail, 1.0 if late else power, reference)
    if truncates:
        c = _truncate(c, params, rules, greedy=t == 0)
    if late:
        low, high = (
            np.exp(tail_weight(m, c.cap, c.size, power)[i]) for i, m in enumerate((c.low, c.high))
        )
        c = replace(c, weights=c.weights**power, low=low, high=high, cap=c.cap**power)
    return _finish(distribution, c, order, tail, power, reference, truncates)


def _check(params: SamplingParams, rules: Rules, counts) -> None:
    if not rules.penalties and (params.frequency_penalty or params.presence_penalty):
        raise ValueError(
            "frequency_penalty and presence_penalty must be 0 for an engine that has neither"
        )
    counted = (
        counts.values()
        if isinstance(counts, Mapping)
        else []
        if counts is None
        else np.ravel(counts)
    )
    if params.repetition_penalty != 1 and any(counted):
        raise ValueError(
            "repetition_penalty must be 1 where tokens are counted: it acts on logits, not on logprobs"
        )


def _candidates(log_w, tail: Tail, power: float, reference: float) -> truncate.Candidates:
    low, high = np.exp(np.array(tail.weight(power)) - power * reference)
    all_of_them, cap = np.ones(len(log_w), dtype=bool), np.exp(power * (tail.log_cap - reference))
    weights = np.exp(power * (log_w - reference))
    return truncate.Candidates(weights, all_of_them, all_of_them, low, high, float(cap), tail.size)


def _truncate(c: truncate.Candidates, params, rules: Rules, greedy: bool) -> truncate.Candidates:
    for stage in rules.stages:
        if stage == "top_k":
            c = truncate.top_k(c, params.top_k, rules.top_k_ties)
        elif stage == "min_p":
            c = truncate.min_p(c, params.min_p)
        elif stage == "top_p":
            c = truncate.top_p(c, params.top_p, rules.boundary)
        else:
            c = truncate.both(
                truncate.top_k(c, params.top_k), truncate.top_p(c, params.top_p, rules.boundary)
            )
    return truncate.top_k(c, 1) if greedy else c


def _finish(distribution, c, order, tail, power, reference, truncates) -> Prediction:
    """Weights to probabilities: shares of what is kept, at its least and at its greatest."""
    f, sure, may = c.weights, c.weights * c.sure, c.weights * c.may
    # a listed token that is kept keeps all before it, and surely what surely stays
    least_beside = np.cumsum(may) - may + sure.sum() - np.cumsum(sure) + c.low
    with np.errstate(invalid="ignore"):
        high = np.where(c.may & (f > 0), f / (f + least_beside), 0.0)
        low = np.where(c.sure & (f > 0), f / (may.sum() + c.high), 0.0)
        unseen_low = c.low / (may.sum() + c.low) if c.low else 0.0
        beside_tail = f[c.sure | (c.may & c.above)].sum()
        unseen_high = (
            1.0 if c.high == np.inf else c.high / (beside_tail + c.high) if c.high else 0.0
        )

    def highest(token=None) -> float:
        """The most that an unlisted token can have."""
        if not c.high or (token is None and tail.size <= len(tail.factors)):
            return 0.0
        own = np.exp(power * (np.log(tail.cap) + tail.factors.get(token, 0.0) - reference))
        others = (
            0.0 if truncates else np.exp(tail.without(token).weight(power)[0] - power * reference)
        )
        return min(
            unseen_high, float(own / (own + f[c.sure | (c.may & (f >= own))].sum() + others))
        )

    back = np.argsort(order)
    status = np.where(c.sure, "kept", np.where(c.may, "undecided", "removed"))[back]
    return Prediction(
        distribution.tokens, distribution.bytes, low[back], high[back], float(unseen_low), float(unseen_high),
        tuple(map(str, status)), _notes(c, tail), highest(), {key: highest(key) for key in tail.factors},
    )  # fmt: skip


def _notes(c: truncate.Candidates, tail: Tail) -> tuple[str, ...]:
    notes = []
    undecided = int((c.may & ~c.sure).sum())
    if undecided:
        notes.append(f"undecided whether truncation keeps {undecided} of the listed tokens")
    if c.edge:
        notes.append(
            f"the nucleus ends within {truncate.EDGE:g} of top_p: the endpoint's rounding may move its edge"
        )
    if np.isinf(tail.size) and c.high == np.inf:
        notes.append(
            "vocabulary_size is unknown, and so the unlisted tokens' share has no upper bound"
        )
    elif np.isinf(tail.size) and tail.mass and c.high and not c.low:
        notes.append(
            "vocabulary_size is unknown, and so the unlisted tokens' share has no lower bound but 0"
        )
    return tuple(notes)
