"""Lesson 04's checks: two penalties by hand, engines that count, a function of any style."""

import numpy as np
import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.sampling.lesson_04 import COMPLAINTS

RIGHT = list(COMPLAINTS.values())
AS_SENT = ["frequency_penalty=0.3", "Presence penalty: 0.5", "both = 0", "logit bias"]
SWAPPED = {**COMPLAINTS, "the bot repeats whole sentences": "presence 0.5"}


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("04-three-times", (1.5, 0.5), "Correct."),
        ("04-three-times", "1.5 and 0.5", "Correct."),
        ("04-three-times", np.array([1.5, 0.5]), "Correct."),
        ("04-three-times", "1.5, .5", "Correct."),
        ("04-three-times", (-1.5, -0.5), "Not yet. The right sizes."),
        ("04-three-times", (0.5, 1.5), "Not yet. The right numbers, in the other order"),
        ("04-three-times", (1.5, 1.5), "Not yet. One of them multiplies"),
        ("04-three-times", "0.5; 0.5", "Not yet. One of them multiplies"),
        ("04-three-times", None, "Not yet. I read None as 1 of the 2 parts"),
        ("04-three-times", {1.5, 0.5}, "Not yet. A set has no order"),
        ("04-three-times", ("much", "little"), "Not yet. I can't read 'much' as a number."),
        ("04-loop", 3, "Correct."),
        ("04-loop", "３", "Correct."),
        ("04-loop", np.float32(3), "Correct."),
        ("04-loop", "3 times", "Correct."),
        ("04-loop", 2, "Not yet. 非常 is ahead"),
        ("04-loop", 4.0, "Not yet. 非常 is ahead"),
        ("04-loop", "20", "Not yet. 非常 is ahead"),
        ("04-loop", 2.4, "Not yet. I can't read 2.4 as a whole number."),
        ("04-loop", None, "Not yet. I can't read None as a number."),
        ("04-loop", "often", "Not yet. I can't read 'often' as a number."),
        ("04-counted", {"vllm": "非常", "llama.cpp": "非常"}, "Correct."),
        ("04-counted", {"llama.cpp": "「非常」", "vllm": " 非常"}, "Correct."),
        ("04-counted", {"vLLM": "非常", "Llama.cpp ": "非常"}, "Correct."),
        ("04-counted", ("非常", "非常"), "Correct."),
        ("04-counted", {"vllm": "非常", "llama.cpp": "很"}, "Not yet. Count again for llama.cpp:"),
        ("04-counted", {"vllm": "很", "llama.cpp": "非常"}, "Not yet. Count again for vllm:"),
        ("04-counted", ["很", "很"], "Not yet. Count again for vllm and llama.cpp:"),
        ("04-counted", {"vllm": "非常"}, "Not yet. I find no answer for 'llama.cpp'."),
        ("04-counted", "系统, 非常", "Not yet. I can't read '系统' as one of"),
        ("04-counted", None, "Not yet. I read None as 1 of the 2 parts"),
        ("04-equal", 0.225, "Correct."),
        ("04-equal", "0.9/4", "Correct."),
        ("04-equal", np.float64(0.225), "Correct."),
        ("04-equal", ".225", "Correct."),
        ("04-equal", 0.23, "Not yet. Close. Give three decimals."),
        ("04-equal", 0.9, "Not yet. That would be right if it had been said once."),
        ("04-equal", 0.25, "Not yet. Four times the penalty"),
        ("04-equal", "3.6", "Not yet. Four times the penalty"),
        ("04-equal", True, "Not yet. I can't read True as a number."),
        ("04-equal", None, "Not yet. I can't read None as a number."),
        ("04-equal", "a quarter", "Not yet. I can't read 'a quarter' as a number."),
        ("04-complaints", COMPLAINTS, "Correct."),
        ("04-complaints", {text: f" {said.upper()}." for text, said in COMPLAINTS.items()}, "Corr"),
        ("04-complaints", RIGHT, "Correct."),
        ("04-complaints", AS_SENT, "Correct."),
        ("04-complaints", SWAPPED, "Not yet. Look again at: the bot repeats whole sentences."),
        ("04-complaints", [*RIGHT[:3], "both 0"], "Not yet. Look again at: the model begins"),
        ("04-complaints", dict.fromkeys(COMPLAINTS, "both 0"), "Not yet. Look again at: the bot"),
        ("04-complaints", {}, "Not yet. I find no answer for 'the bot repeats"),
        ("04-complaints", dict.fromkeys(COMPLAINTS, 0.3), "Not yet. I can't read 0.3 as one of"),
        ("04-complaints", None, "Not yet. I read None as 1 of the 4 parts"),
    ],
)
def test_an_answer(name, answer, message):
    assert verdict(name, answer).startswith(message)


def _by_where(logits, counts, penalty):
    return np.where(counts > 0, np.where(logits > 0, logits / penalty, logits * penalty), logits)


def _in_place(logits, counts, penalty):
    said = counts > 0
    logits[said & (logits > 0)] /= penalty
    logits[said & (logits < 0)] *= penalty


def _in_place_and_returned(logits, counts, penalty):
    for i, count in enumerate(counts):
        if count:
            logits[i] *= penalty if logits[i] < 0 else 1 / penalty
    counts[:] = 0
    return logits


def _as_generator(logits, counts, penalty):
    for logit, count in zip(logits, counts, strict=True):
        yield logit if not count else logit / penalty if logit > 0 else logit * penalty


def _as_list(logits, counts, penalty):
    return list(_as_generator(logits, counts, penalty))


def _without_the_sign(logits, counts, penalty):
    return np.where(counts > 0, logits / penalty, logits)


def _for_all(logits, counts, penalty):
    return np.where(logits > 0, logits / penalty, logits * penalty)


def _by_count(logits, counts, penalty):
    return np.where(logits > 0, logits / penalty**counts, logits * penalty**counts)


@pytest.mark.parametrize(
    "function", [_by_where, _in_place, _in_place_and_returned, _as_generator, _as_list]
)
def test_a_right_function_of_any_style(function):
    assert verdict("04-repetition", function).startswith("Correct.")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda logits, counts, penalty: None, "Not yet. These are the logits unchanged."),
        (_without_the_sign, "Not yet. Dividing a negative logit makes it larger."),
        (_for_all, "Not yet. Leave the tokens that were not said"),
        (_by_count, "Not yet. For logits [2.0, -1.0, 0.5, 3.0], counts [1, 4, 0, 2] and penalty"),
        (lambda logits, counts, penalty: ..., "Not yet. Return the new logits instead of"),
        (lambda logits, counts, penalty: logits[:2], "Not yet. Return one logit for each token"),
        (lambda logits, counts, penalty: "logits", "Not yet. Return the new logits, not 'logits'"),
        (lambda logits: logits, "Not yet. For (array([ 2. , -1. ,  0.5,  3. ])"),
        (np.array([1.33, -1.5, 0.5, 2.0]), "Not yet. Give the function itself"),
        (None, "Not yet. Give the function itself"),
    ],
)
def test_a_wrong_function(function, message):
    assert verdict("04-repetition", function).startswith(message)
