"""Lesson 05's checks: of the prediction that was seen, of p-values and of the draws of a test."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from samplers import Distribution, SamplingParams
from samplers.compare import predict
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.sampling.lesson_05 import STATEMENTS, draws_needed

# "The" is rare here: 250 draws have it 25 times, with a standard deviation of 4.7.
RARE = Distribution.from_probs({"L": 0.7, "The": 0.1, "La": 0.2})
ALL = predict(RARE, SamplingParams(), "openai")
ONE = predict(RARE, SamplingParams(top_p=0.6), "openai")  # "L" alone; the others have 0.3
P = np.array([0.5, 0.3, 0.2])
Q = np.array([0.45, 0.32, 0.23])
FACTS = {
    "05-spread": {"prediction": ALL},
    "05-excluded": {"prediction": ALL, "wrong": ONE},
    "05-power": {"p": P, "q": Q},
}
NEEDED = draws_needed(P, Q)
OTHERS = {text: not truth for text, truth in STATEMENTS.items()}
FIRST = next(iter(STATEMENTS))


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("05-spread", (15.5, 34.5), "Correct."),
        ("05-spread", np.array([34, 16]), "Correct."),
        ("05-spread", "(15, 35)", "Correct."),
        ("05-spread", "15–35", "Correct."),
        ("05-spread", "between 15 and 35", "Correct."),
        ("05-spread", "6 % to 14 %", "These are shares."),
        ("05-spread", (20, 30), "The middle is right, but the spread is too small: two stand"),
        ("05-spread", (9, 41), "The expected count is inside, but a smaller range"),
        ("05-spread", (1, 5), "The expected count, 250 times the probability, is not"),
        ("05-spread", (0.06, 0.14), "These are shares."),
        ("05-spread", None, "I read None as 1 of the 2 parts"),
        ("05-spread", {15, 35}, "A set has no order"),
        ("05-spread", "few", "I read 'few' as 1 of the 2 parts"),
        ("05-uniform", 50, "Correct."),
        ("05-uniform", "50 ", "Correct."),
        ("05-uniform", np.float32(47.5), "Correct."),
        ("05-uniform", "50 experiments", "Correct."),
        ("05-uniform", 950, "What does a p-value of 0.05 promise"),
        ("05-uniform", 0.05, "How many of the 1,000 is that?"),
        ("05-uniform", "5 %", "How many of the 1,000 is that?"),
        ("05-uniform", 1001, "There are 1,000 experiments."),
        ("05-uniform", None, "I can't read None as a number."),
        ("05-uniform", [1, 2], "I can't read [1, 2] as a number."),
        ("05-uniform", "some", "I can't read 'some' as a number."),
        ("05-excluded", 75, "Correct."),
        ("05-excluded", "80 draws", "Correct."),
        ("05-excluded", Fraction(149, 2), "Correct."),
        ("05-excluded", 60, "Correct."),  # two deviations: it may be what one counts
        ("05-excluded", 0.2, "That is a share."),
        ("05-excluded", "30 %", "That is a share."),
        ("05-excluded", 50, "Add up"),
        ("05-excluded", 0, "Add up"),
        ("05-excluded", 300, "There are 250 draws."),
        ("05-excluded", None, "I can't read None as a number."),
        ("05-excluded", {}, "I can't read {} as a number."),
        ("05-excluded", "all", "I can't read 'all' as a number."),
        ("05-engines", 2, "Correct."),
        ("05-engines", "2", "Correct."),
        ("05-engines", np.int64(2), "Correct."),
        ("05-engines", "2 different texts", "Correct."),
        ("05-engines", 4, "Which of the four cut"),
        ("05-engines", 1, "Which of the four cut"),
        ("05-engines", 5, "Four engines write one text each."),
        ("05-engines", 2.5, "I can't read 2.5 as a whole number."),
        ("05-engines", None, "I can't read None as a number."),
        ("05-engines", "none", "I can't read 'none' as a number."),
        ("05-seed", 1, "Correct."),
        ("05-seed", 1.0, "Correct."),
        ("05-seed", "1 token", "Correct."),
        ("05-seed", 20, "The same request, the same seed"),
        ("05-seed", 7, "The same request, the same seed"),
        ("05-seed", 0, "There are twenty answers"),
        ("05-seed", True, "I can't read True as a number."),
        ("05-seed", None, "I can't read None as a number."),
        ("05-seed", "the same", "I can't read 'the same' as a number."),
        ("05-statements", STATEMENTS, "Correct."),
        ("05-statements", {text: str(v) for text, v in STATEMENTS.items()}, "Correct."),
        ("05-statements", {text: np.bool_(v) for text, v in STATEMENTS.items()}, "Correct."),
        ("05-statements", list(STATEMENTS.values()), "Correct."),
        ("05-statements", STATEMENTS | {FIRST: "no"}, f"Think again about: {FIRST}"),
        ("05-statements", OTHERS, "Think again about: Of many true predictions"),
        ("05-statements", dict.fromkeys(STATEMENTS, True), "Think again about: p = 0.03"),
        ("05-statements", dict.fromkeys(STATEMENTS, "maybe"), "I can't read 'maybe' as"),
        ("05-statements", {}, "I can't read {} as a dict with the five statements."),
        ("05-statements", None, "I can't read None as a dict with the five statements."),
        ("05-power", NEEDED, "Correct."),
        ("05-power", f"{NEEDED:,.0f} draws", "Correct."),
        ("05-power", np.int64(1.2 * NEEDED), "Correct."),
        ("05-power", 0.7 * NEEDED, "That many are not enough."),
        ("05-power", -1, "That many are not enough."),
        ("05-power", 2 * NEEDED, "Fewer would do"),
        ("05-power", None, "I can't read None as a number."),
        ("05-power", float("nan"), "I can't read nan as a number."),
        ("05-power", "many", "I can't read 'many' as a number."),
    ],
)
def test_each_check_reads_an_answer_in_any_dress(name, answer, message):
    said = verdict(name, answer, **FACTS.get(name, {}))
    assert said.removeprefix("Not yet. ").startswith(message)


def test_the_draws_that_a_test_needs_are_those_of_a_simulation():
    """Pearson's test of p against that many draws of q: about nine of ten reject."""
    n = round(NEEDED)
    drawn = np.random.default_rng(0).multinomial(n, Q, 20_000)
    statistic = ((drawn - n * P) ** 2 / (n * P)).sum(axis=1)
    assert abs((statistic > stats.chi2.isf(0.05, 2)).mean() - 0.9) < 0.02


def test_a_wrong_prediction_may_exclude_nothing():
    assert verdict("05-excluded", 0, prediction=ONE, wrong=ALL).startswith("Correct.")
