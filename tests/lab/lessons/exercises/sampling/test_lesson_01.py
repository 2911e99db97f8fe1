"""Lesson 01's checks: right answers in any dress, and a fitting hint for wrong ones."""

import math

import numpy as np
import pytest

from samplers import softmax
from samplers.lab.lessons.checks import verdict


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("01-chinese-tokens", 14, "Correct."),
        ("01-chinese-tokens", "14 tokens", "Correct."),
        ("01-chinese-tokens", np.array([14]), "Correct."),
        ("01-chinese-tokens", "１４", "Correct."),
        ("01-chinese-tokens", 4, "Run the next cell"),
        ("01-chinese-tokens", 8.0, "Run the next cell"),
        ("01-chinese-tokens", "24", "Run the next cell"),
        ("01-chinese-tokens", 14.5, "as a whole number"),
        ("01-chinese-tokens", None, "as a number"),
        ("01-chinese-tokens", "fourteen", "as a number"),
        ("01-surprise", ("Spain", "falls"), "Correct."),
        ("01-surprise", ["␣Spain.", "Fall"], "Correct."),
        ("01-surprise", "spain, falls", "Correct."),
        ("01-surprise", ("'Spain'", " FALLS "), "Correct."),
        ("01-surprise", ("Spain", "it decreases"), "Correct."),
        ("01-surprise", {"token": "Spain", "capital": "goes down"}, "Correct."),
        ("01-surprise", ("Spain", "rises"), "Right for the token, but not"),
        ("01-surprise", ("Spain", "stays"), "Right for the token, but not"),
        ("01-surprise", ("Berlin", "falls"), "Which token would surprise you?"),
        ("01-surprise", ("Spain", "jumps"), 'one of "rises", "stays", "falls"'),
        ("01-surprise", "Spain", "as 1 of the 2 parts"),
        ("01-surprise", ("Spain", None), "I can't read None"),
        ("01-surprise", None, "Not yet. I read None as 1 of the 2 parts"),
        ("01-surprise", (..., "falls"), "Your turn"),
        ("01-unseen", 0.4, "Correct."),
        ("01-unseen", "40 %", "Correct."),
        ("01-unseen", 40, "Correct."),
        ("01-unseen", "0.4.", "Correct."),
        ("01-unseen", ".4", "Correct."),
        ("01-unseen", "about 0.4", "Correct."),
        ("01-unseen", 0.05, "Run the next cell"),
        ("01-unseen", "0.001", "Run the next cell"),
        ("01-unseen", "5%", "Run the next cell"),
        ("01-unseen", "half", "as a number"),
        ("01-unseen", None, "as a number"),
        ("01-unseen", True, "as a number"),
        ("01-rare", 32, "Correct."),
        ("01-rare", "30", "Correct."),
        ("01-rare", np.int64(32), "Correct."),
        ("01-rare", 32.5, "Correct."),
        ("01-rare", 0, "Run the next cell"),
        ("01-rare", "3", "Run the next cell"),
        ("01-rare", 300, "Run the next cell"),
        ("01-rare", 0.03, "not their share"),
        ("01-rare", "3 %", "not their share"),
        ("01-rare", "30 stories", "Correct."),
        ("01-rare", "none", "as a number"),
        ("01-rare", None, "as a number"),
        ("01-rare", {}, "as a number"),
        ("01-text-probability", 0.1, "Correct."),
        ("01-text-probability", math.exp(-2.3), "Correct."),
        ("01-text-probability", "10 %", "Correct."),
        ("01-text-probability", np.float32(0.1003), "Correct."),
        ("01-text-probability", "1/10", "Correct."),
        ("01-text-probability", -2.3, "the logprob of the whole text"),
        ("01-text-probability", "−2.3", "the logprob of the whole text"),
        ("01-text-probability", 1.859, "multiplied, not added"),
        ("01-text-probability", 0.2, "Logprobs of tokens add up"),
        ("01-text-probability", 0, "Logprobs of tokens add up"),
        ("01-text-probability", None, "as a number"),
        ("01-text-probability", float("nan"), "as a number"),
        ("01-text-probability", "little", "as a number"),
        ("01-effective", 3.18, "Correct."),
        ("01-effective", "3.18 tokens", "Correct."),
        ("01-effective", np.exp(1.1568), "Correct."),
        ("01-effective", [3.18], "Correct."),
        ("01-effective", 1.157, "in nats"),
        ("01-effective", 1.669, "in bits"),
        ("01-effective", 5, "not equally likely"),
        ("01-effective", 2, "First the entropy"),
        ("01-effective", None, "as a number"),
        ("01-effective", False, "as a number"),
        ("01-effective", "three or so", "as a number"),
    ],
)
def test_an_answer_is_read_and_told(name, answer, message):
    assert message in verdict(name, answer)


def in_place(logits):
    logits -= logits.max()
    np.exp(logits, out=logits)
    logits /= logits.sum()


def with_generator(logits):
    total = sum(math.exp(logit - max(logits)) for logit in logits)
    yield from (math.exp(logit - max(logits)) / total for logit in logits)


def by_hand(logits):
    return np.exp(logits) / np.exp(logits).sum()


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (softmax, "Correct."),
        (in_place, "Correct."),
        (with_generator, "Correct."),
        (lambda x: [float(p) for p in np.exp(x - max(x)) / sum(np.exp(x - max(x)))], "Correct."),
        (by_hand, "For [1000, 999] it gives [nan, nan]"),
        (lambda logits: logits / logits.sum(), "For [2, 1, 0] it gives"),
        (lambda logits: np.exp(logits - max(logits)), "probabilities sum to 1"),
        (lambda logits: float(np.max(softmax(logits))), "it gives the shape ()"),
        (lambda logits: np.exp(logits - logits[0]) / np.exp(logits - logits[0]).sum(), "Correct."),
        (lambda logits: "softmax", "not an array of probabilities"),
        (lambda logits: None, "Does it return them?"),
        (lambda: 1, "your function raised TypeError"),
        (softmax(np.zeros(2)), "Give the function itself"),
        (None, "Give the function itself"),
        ("my_softmax", "Give the function itself"),
    ],
)
def test_a_softmax_of_any_style_passes_if_it_does_not_break(function, message):
    assert message in verdict("01-softmax", function)
