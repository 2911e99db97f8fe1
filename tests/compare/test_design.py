"""Which question is asked, how much it tells, and which tokens a hypothesis counts."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from samplers import Distribution, SamplingParams
from samplers.compare import Hypothesis, all_hypotheses, design_experiment
from samplers.compare.baseline import Baseline
from samplers.compare.design import separation
from samplers.compare.evidence import LAPSE, Question, distance
from samplers.compare.hypotheses import LOGPROBS, counted, tokens_in
from samplers.compare.identify import first_question

FIRST = Hypothesis("temperature first", "before < p", "raw", "output")
LAST = Hypothesis("temperature last", "before < p", "raw", "output")
PROMPT = Hypothesis("temperature first", "before < p", "raw", "prompt and output")
NOTHING = Hypothesis("temperature first", "before < p", "raw", "nothing")
CLOSED = Hypothesis("temperature first", "before <= p", "raw", "output")
DYADIC = Distribution.from_probs({"a": 0.5, "b": 0.25, "c": 0.25})
UNEVEN = Distribution.from_probs({"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1})


def test_there_is_every_combination_once():
    hypotheses = all_hypotheses()
    assert len(set(hypotheses)) == len(hypotheses) == 2 * 3 * (4 * 3 - 1)
    # where penalties count nothing, the logprobs before temperature are the raw ones
    assert ("processed before temperature", "nothing") not in {
        (h.logprobs, h.counts) for h in hypotheses
    }


def test_separation_is_kullback_leibler_by_hand():
    """At T = 0.5 and top_p 0.5, temperature first keeps a alone; last keeps a and b as 16 : 9."""
    question = Question(None, SamplingParams(temperature=0.5, top_p=0.5), UNEVEN)
    cells = 5  # four tokens and all others
    p = (1 - LAPSE) * np.array([1, 0, 0, 0, 0]) + LAPSE / cells
    q = (1 - LAPSE) * np.array([16 / 25, 9 / 25, 0, 0, 0]) + LAPSE / cells
    expected = [(p * np.log(p / q)).sum(), (q * np.log(q / p)).sum()]
    assert separation(question, [FIRST, LAST])[[0, 1], [1, 0]] == pytest.approx(expected)


def test_the_design_beats_every_other_setting():
    best = design_experiment(UNEVEN, [FIRST, LAST])
    for t in (0.5, 1.0, 2.0):
        for p in (0.25, 0.5, 0.75):
            other = Question(None, SamplingParams(temperature=t, top_p=p), UNEVEN)
            probs = np.stack([other.cells(h)[1] for h in (FIRST, LAST)])
            information = (probs * np.log(probs / probs.mean(axis=0)) / 2).sum()
            assert information <= best.information + 1e-9
            if other.params == best.params:
                assert information == pytest.approx(best.information)
    assert best.per_draw[0, 1] > 0.1


def test_a_boundary_rule_is_asked_for_on_an_exact_tie():
    best = design_experiment(DYADIC, [FIRST, CLOSED])
    assert best.params.top_p in (0.5, 0.75)
    assert best.per_draw[0, 1] > 0.1


def test_on_a_measured_distribution_a_tie_is_not_trusted():
    best = design_experiment(DYADIC, [FIRST, CLOSED], noise=0.02)
    assert best.information == pytest.approx(0, abs=1e-9)
    assert best.per_draw.max() < 1e-9


def test_the_prompt_is_asked_about_with_a_penalty():
    best = design_experiment(UNEVEN, [FIRST, PROMPT], prompt={b"a": 2})
    assert best.params.presence_penalty > 0
    assert best.per_draw.min(where=~np.eye(2, dtype=bool), initial=9) > 0.05


def test_the_output_is_asked_about_with_two_tokens():
    best = design_experiment(UNEVEN, [FIRST, NOTHING], then={b"a": UNEVEN, b"b": UNEVEN})
    assert best.params.max_tokens == 2
    assert best.params.presence_penalty > 0
    without = design_experiment(UNEVEN, [FIRST, NOTHING])
    assert without.information == pytest.approx(0, abs=1e-12)


def test_weights_say_which_pair_matters():
    """With the order settled, the question is about the prompt."""
    settled = design_experiment(
        UNEVEN, [FIRST, LAST, PROMPT], weights=[0.5, 1e-9, 0.5], prompt={b"a": 1}
    )
    assert settled.params.presence_penalty > 0


def test_too_short_a_list_is_an_error():
    flat = Distribution(("a", "b"), np.log([0.3, 0.2]), unseen=0.5)
    with pytest.raises(ValueError, match="hypotheses must be two or more"):
        design_experiment(UNEVEN, [FIRST])
    short = Question(None, SamplingParams(temperature=2), flat)
    assert not short.is_usable([FIRST])
    usable = design_experiment(flat, [FIRST, LAST])
    assert usable.params.temperature <= 1  # warmer, the bounds are too wide


def test_what_is_counted():
    prompt = {b"a": 2}
    assert counted("output", prompt, [b"b"]) == {b"b": 1}
    assert counted("prompt and output", prompt, [b"a", b"b"]) == {b"a": 3, b"b": 1}
    assert counted("nothing", prompt, [b"a"]) == {}


def test_tokens_are_found_in_messages_as_byte_pair_tokenizers_split_them():
    # " The" is another token
    assert tokens_in("Roll 14, The 41 Theses", [b"1", b"4", b"The"]) == {b"1": 2, b"4": 2}

    messages = [{"role": "user", "content": text} for text in ("Roll 141", "Two dice")]
    counts = tokens_in(messages, [b"14", b"1", b" dice", b"Roll"])
    assert counts == {b"14": 1, b"1": 1, b" dice": 1, b"Roll": 1}


def test_the_likelihood_is_the_predicted_probability_and_lapses_are_allowed():
    question = Question(None, SamplingParams(temperature=0.5, top_p=0.5), UNEVEN)
    first, last = question.log_likelihoods([FIRST, LAST], {(b"a",): 2, (b"b",): 1})
    a, b = ((1 - LAPSE) * share + LAPSE / 5 for share in (16 / 25, 9 / 25))
    assert last == pytest.approx(2 * np.log(a) + np.log(b))
    assert first == pytest.approx(2 * np.log(1 - LAPSE + LAPSE / 5) + np.log(LAPSE / 5))


def test_a_second_token_counts_where_its_distribution_is_known():
    params = SamplingParams(presence_penalty=2, max_tokens=2)
    question = Question(None, params, UNEVEN, {}, {b"a": UNEVEN})
    known = question.log_likelihoods([FIRST, NOTHING], {(b"a", b"a"): 1})
    unknown = question.log_likelihoods([FIRST, NOTHING], {(b"b", b"b"): 1})
    assert known[1] - known[0] > 1
    assert unknown[0] == pytest.approx(unknown[1])


def test_shown_logprobs_agree_or_not():
    question = Question(None, SamplingParams(temperature=0.5, top_p=0.8), UNEVEN)
    raw = FIRST
    processed = Hypothesis("temperature first", "before < p", "processed", "output")
    kept = Distribution.from_probs({"a": 16 / 25, "b": 9 / 25})
    evidence = question.log_evidence([raw, processed], [(b"a", kept)])
    assert evidence[1] > evidence[0] + 5
    assert distance(question.expected_logprobs(raw), UNEVEN) == pytest.approx(0, abs=1e-12)
    assert distance(question.expected_logprobs(processed), UNEVEN) == pytest.approx(0.24, abs=0.01)


# After "a", whose weight a presence penalty of ln 2 halves: 2 3 2 1 of .2 .3 .2 .1. T = 1/2 then
# squares them: 4 9 4 1. A nucleus of .7 needs b (9/18) and one of the equal ones (13/18).
MEANINGS = {
    "raw": [4 / 10, 3 / 10, 2 / 10, 1 / 10],
    "processed before temperature": [2 / 8, 3 / 8, 2 / 8, 1 / 8],
    "processed before truncation": [4 / 18, 9 / 18, 4 / 18, 1 / 18],
    "processed": [4 / 13, 9 / 13, 0, 0],
}


def test_what_each_meaning_of_the_logprobs_shows_at_the_second_token():
    params = SamplingParams(temperature=0.5, top_p=0.7, presence_penalty=np.log(2), max_tokens=2)
    question = Question(None, params, UNEVEN, {}, {b"a": UNEVEN})
    hypotheses = [replace(FIRST, logprobs=logprobs) for logprobs in MEANINGS]
    assert set(MEANINGS) == set(LOGPROBS)
    for h, true in zip(hypotheses, MEANINGS.values(), strict=True):
        assert question.expected_logprobs(h, b"a").low == pytest.approx(true)
        p = {token: p for token, p in zip("abcd", true, strict=True) if p}
        shown = [(b"a", UNEVEN), (b"a", Distribution.from_probs(p))]
        # beside the first token are raw ones: nothing was counted, but a temperature acts
        evidence = dict(zip(MEANINGS, question.log_evidence(hypotheses, shown), strict=True))
        agree = {name for name, log in evidence.items() if log > -1}
        early = h.logprobs in ("raw", "processed before temperature")
        assert agree == ({h.logprobs} if early else set())
        # after another first token nothing is known
        unknown = question.log_evidence(hypotheses, [(b"b", UNEVEN), shown[1]])
        assert (unknown > -1).tolist() == [True, True, False, False]


def test_the_first_question_tells_every_meaning_apart():
    known = Baseline("Hi", UNEVEN, {}, {b"a": UNEVEN, b"b": UNEVEN}, noise=0.01)
    question = first_question([known], all_hypotheses())
    assert question.params.max_tokens == 2
    for counts in ("output", "prompt and output"):
        for order in ("temperature first", "temperature last"):
            shown = [
                question.expected_logprobs(Hypothesis(order, "before < p", logprobs, counts), b"a")
                for logprobs in LOGPROBS
            ]
            for p, q in combinations(shown, 2):
                gap = np.maximum(p.low - q.high, q.low - p.high).max()
                assert gap > 2 * question.tolerance


def test_without_a_second_token_the_first_question_has_one():
    ended = Baseline("Hi", UNEVEN, {}, {}, noise=0.01)
    assert first_question([ended], all_hypotheses()).params.max_tokens is None


def test_it_reads_as_a_sentence():
    text = repr(design_experiment(UNEVEN, [FIRST, LAST]))
    assert "nats per draw, tells 1 of 1 pairs apart" in text
