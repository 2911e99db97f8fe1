"""Lesson 02's exercises: right answers in any dress, wrong ones with a hint, odd ones."""

import numpy as np
import pytest

from samplers import Distribution, log_softmax
from samplers.lab.lessons.checks import verdict

# Of 13 tokens at T = 2: the first, above 1 / Z**2 of them, loses; the others gain.
SURE = Distribution.from_probs({"a": 0.88, **{f"t{i}": 0.01 for i in range(12)}})
FACTS = {"02-gainers": {"dist": SURE}, "02-limits": {"dist": SURE}}
JOBS = {
    "a question about facts": "D",
    "brainstorming": "C",
    "code": "B",
    "a conversation": "E",
    "a story": "A",
}


def right(logits, T):
    return log_softmax(logits / T)


def in_place(logits, T):
    logits /= T
    logits -= np.log(np.exp(logits).sum())


def generated(logits, T):
    total = sum(np.exp(logit / T) for logit in logits)
    for logit in logits:
        yield logit / T - np.log(total)


def as_list(logits, T):
    return [float(value) for value in right(logits, T)]


RIGHT = {
    "02-second-word": ["gains", "Gains", " 'GAIN'. ", ["gains"]],
    "02-ratio": [np.sqrt(12), "3.46", np.float32(3.5), ["3.464"]],
    "02-gainers": [11, "11", 11.0, np.int64(11), [11]],
    "02-limits": [(1, 13), [1.0, 13.0], "(1, 13)", np.array([1, 13]), {"zero": 1, "inf": "13"}],
    "02-half": [1.585, "1.58", np.log(3) / np.log(2), ["1.585"]],
    "02-trainer": [right, in_place, generated, as_list, lambda logits, T: tuple(right(logits, T))],
    "02-jobs": [
        JOBS,
        {job: f" {letter.lower()}. " for job, letter in reversed(JOBS.items())},
        "D, C, B, E, A",
        {job.capitalize(): letter for job, letter in JOBS.items()},
        list("DCBEA"),
    ],
}
WRONG = {
    "02-second-word": [("loses", "Compare the square"), ("Lose", "Compare"), ("lost", "Compare")],
    "02-ratio": [(12, "ratio at T = 1"), ("0.2887", "That is 极 divided"), (2, "square root")],
    "02-gainers": [(0, "not in the picture"), ("12", "not in the"), (5.0, "not in the picture")],
    "02-limits": [
        ((13, 1), "other order"),
        ((0, 13), "is 1 when one"),
        ((1, 49_152), "V when all V"),
        ((0, np.inf), "V when all V"),
        ("1 and infinite", "V when all V"),
    ],
    "02-half": [(0.631, "That is 1/T"), (2, "Take logarithms"), ("1.7", "Take logarithms")],
    "02-trainer": [
        (lambda logits, T: log_softmax(logits) / T, "At T = 0.5 the probabilities sum to 0.684"),
        (lambda logits, T: log_softmax(logits * T), "At T = 0.5 they sum to 1, but"),
        (lambda logits, T: log_softmax(logits)[:2], "one logprob per token"),
    ],
    "02-jobs": [
        (JOBS | {"code": "A", "a story": "B"}, "Look again at: code, a story."),
        ("A, C, B, E, D", "Look again at: a question about facts, a story."),
        ({"code": "B"}, "I find no answer for 'a question about facts'"),
    ],
}
ODD = {
    "02-second-word": [None, 3.5, "it depends"],
    "02-ratio": [None, "twelve", True, np.nan],
    "02-gainers": [None, 0.9, "some", True],
    "02-limits": [None, 1, (1, 13, 13), {1, 13}],
    "02-half": [None, "hot", (1, 2)],
    "02-trainer": [None, right(np.zeros(4), 1), lambda logits: logits, lambda logits, T: "x"],
    "02-jobs": [None, 0.3, "B", JOBS | {"code": 0}],
}


def said(name, answer) -> str:
    return verdict(name, answer, **FACTS.get(name, {}))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_in_any_dress(name):
    for answer in RIGHT[name]:
        assert said(name, answer).startswith("Correct."), answer


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_gets_a_hint_of_its_own(name):
    for answer, hint in WRONG[name]:
        assert said(name, answer).startswith("Not yet."), answer
        assert hint in said(name, answer), answer


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_no_error_of_python(name):
    for answer in ODD[name]:
        text = said(name, answer)
        assert text.startswith("Not yet."), answer
        assert "numpy" not in text, answer
        assert "object" not in text, answer


def test_the_trainer_leaves_the_logits_of_the_check_alone():
    assert said("02-trainer", in_place) == said("02-trainer", in_place)
