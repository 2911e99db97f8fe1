"""Lesson 03's exercises: right answers in any dress, wrong ones with a hint, odd ones."""

import numpy as np
import pytest

from samplers import Distribution, min_p
from samplers.lab.lessons.checks import verdict

# the first of 2,001 tokens has more than a tenth; at T = 2 nine tenths are over a thousand tokens
UNSURE = Distribution.from_probs({"a": 0.2, **{f"t{i}": 0.8 / 2000 for i in range(2000)}})
SURE = Distribution.from_probs({"␣Paris": 0.96, "␣London": 0.02, "␣Rome": 0.02})
ORDERS = {"A": "first", "B": "last", "C": "cannot tell"}


def with_where(logits, p):
    return np.where(logits >= logits.max() + np.log(p), logits, -np.inf)


def in_place(logits, p):
    logits[np.exp(logits) < p * np.exp(logits.max())] = -np.inf


def generated(logits, p):
    for logit in logits:
        yield logit if logit >= max(logits) + np.log(p) else -np.inf


RIGHT = {
    "03-tail": [1 - 0.98**100, "0.87", "87 %", np.float32(0.867)],
    "03-seventy": [["好", "很"], ("很", "好"), "好, 很", "好 很", {"Good", "very"}],
    "03-tenth": [1, "1", 1.0, "1 token"],
    "03-london": [["top_k"], "top_k", ("top_k = 40",), " TOP_K ", "top-k", "topk=40"],
    "03-hot": ["thousands", "Thousands.", ["thousands"]],
    "03-order": [(1, 2), "1, 2", np.array([1, 2]), [1.0, "2"]],
    "03-conservative": [1001, "1,001", 1001.0],
    "03-by-hand": [
        (["好", "很", "不错"], 0.6 / 0.9),
        [("good", "very", "not bad"), "66.7 %"],
        ({"好", "很", "不错"}, "2/3"),
    ],
    "03-min-p": [with_where, in_place, generated, lambda logits, p: list(min_p(logits, p))],
    "03-detective": [
        ORDERS,
        {"a": "First", "b": "LAST", "c": "cannot tell."},
        ["first", "last", "cannot tell"],
        "first, last, can't tell",
        {"A": "temperature first", "B": "temperature last", "C": "cannot_tell"},
    ],
}
WRONG = {
    "03-tail": [(0.02, "avoids the tail"), (0.1326, "none of them"), ("2", "avoids the tail")],
    "03-seventy": [
        (["好"], "The set must reach 0.7"),
        (["好", "很", "不错"], "Add the probabilities"),
        ("极", "Add the probabilities"),
        ("hao", "as one of"),
    ],
    "03-tenth": [(200, "a tenth of the tokens"), (5, "How much"), ("0", "How much probability")],
    "03-london": [
        (["top_k", "top_p"], "Paris has more than 0.9"),
        ("min_p", "Paris"),
        ([], "Paris has more than 0.9"),
    ],
    "03-hot": [("tens", "Lesson 02"), ("hundreds", "Lesson 02"), (["Tens"], "Lesson 02")],
    "03-order": [((2, 1), "other order"), ((1, 1), "second line"), ("2 2", "second line")],
    "03-conservative": [(1, "half of the mass"), ("14", "half of the mass"), (0, "half of the")],
    "03-by-hand": [
        ((["好", "很"], 0.75), "The words first"),
        ((["好", "很", "不错"], 0.6), "The words are right"),
        ((["不错"], "2/3"), "The words first"),
    ],
    "03-min-p": [
        (lambda logits, p: None, "nothing was removed"),
        (lambda logits, p: min_p(logits, p)[:3], "one logit per token"),
        (lambda logits, p: min_p(logits, p / 2), "are likely enough"),
        (lambda logits, p: 2 * min_p(logits, p), "must stay as they were"),
        (
            lambda logits, p: np.where(logits > logits.max() + np.log(p), logits, -np.inf),
            "both stay",
        ),
    ],
    "03-detective": [
        (ORDERS | {"B": "first"}, "Look again at: B."),
        (["last", "first", "cannot tell"], "Look again at: A, B."),
        ({"A": "first"}, "I find no answer for 'B'."),
    ],
}
ODD = {
    "03-tail": [None, "very", True],
    "03-seventy": [None, [["好"]], 0.7],
    "03-tenth": [None, 0.9, "a few"],
    "03-london": [None, 40, "top_x"],
    "03-hot": [None, 10_121, "many"],
    "03-order": [None, 1, {1, 2}, "first"],
    "03-conservative": [None, 0.5, "one"],
    "03-by-hand": [None, 0.67, "2/3", (["好", "很", "不错"], "two thirds")],
    "03-min-p": [None, 0.1, lambda logits: logits, lambda logits, p: "x", lambda logits, p: 1 / 0],
    "03-detective": [None, "first", {"A": 1, "B": 2, "C": 3}],
}


def facts(name) -> dict:
    if name in ("03-tenth", "03-hot"):
        return {"dist": UNSURE}
    if name == "03-conservative":
        even = {f"t{i}": 1 / 2002 for i in range(2002)}
        return {"dist": Distribution.from_probs(even)}
    return {"dist": SURE} if name == "03-london" else {}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_in_any_dress(name):
    for answer in RIGHT[name]:
        assert verdict(name, answer, **facts(name)).startswith("Correct."), answer


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_gets_a_hint_of_its_own(name):
    for answer, hint in WRONG[name]:
        text = verdict(name, answer, **facts(name))
        assert text.startswith("Not yet."), answer
        assert hint in text, answer


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_no_error_of_python(name):
    for answer in ODD[name]:
        text = verdict(name, answer, **facts(name))
        assert text.startswith("Not yet."), answer
        assert "numpy" not in text, answer
        assert "object" not in text, answer
