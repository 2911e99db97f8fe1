"""Exercises of lesson 05, Test a simulation against a live model."""

import numpy as np
from scipy import stats

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.plain import AnswerError, number, numbers, whole, yes

DRAWS = 250
STATEMENTS = {
    "Of many true predictions, about 5 % get a p-value below 0.05.": True,
    "p = 0.03 means that the prediction is true with probability 3 %.": False,
    "p = 0.60 shows that the prediction is true.": False,
    "A small p-value means that the difference is large.": False,
    "With enough draws even a harmless difference gets a small p-value.": True,
}
POWER = 0.9
LEVEL = 0.05


def _spread(answer, prediction) -> bool | str:
    low, high = sorted(numbers(answer, 2))
    if isinstance(answer, str) and "%" in answer:
        low, high = low / 100, high / 100
    p = prediction.bounds("The")[0]
    expected = DRAWS * p
    two = 2 * np.sqrt(DRAWS * p * (1 - p))  # standard deviations
    if high <= 1 < expected:
        return f"These are shares. How many of {DRAWS} draws are they?"
    if not low <= expected <= high:
        return f"The expected count, {DRAWS} times the probability, is not between the two."

    if high - low < 1.25 * two:
        return (
            "The middle is right, but the spread is too small: "
            f"two standard deviations are about {two:.0f}."
        )
    if high - low > 3 * two:
        return "The expected count is inside, but a smaller range is enough for 95 of 100."
    close = max(1, two / 3)
    return abs(low - (expected - two)) <= close and abs(high - (expected + two)) <= close


def _uniform(answer) -> bool | str:
    value = number(answer)
    if 0 < value < 1 or (isinstance(answer, str) and "%" in answer):
        return "How many of the 1,000 is that?"
    if not 0 <= value <= 1000:
        return "There are 1,000 experiments."
    return abs(value - 50) <= 10


def _excluded(answer, prediction, wrong) -> bool | str:
    value = number(answer)
    statuses = zip(prediction.probs, wrong.status, strict=False)
    outside = sum(p for p, status in statuses if status == "removed")
    if outside > 0.05 and (0 < value < 1 or (isinstance(answer, str) and "%" in answer)):
        return f"That is a share. How many of {DRAWS} draws is it?"
    if not 0 <= value <= DRAWS:
        return f"There are {DRAWS} draws."
    deviation = np.sqrt(DRAWS * outside * (1 - outside))
    return abs(value - DRAWS * outside) <= max(10, 2.5 * deviation)  # who counts them is right, too


def _engines(answer) -> bool | str:
    count = whole(answer)
    if not 1 <= count <= 4:
        return "Four engines write one text each."
    return count == 2


def _seed(answer) -> bool | str:
    count = whole(answer)
    if not 1 <= count <= 20:
        return "There are twenty answers, so at least one token and at most twenty."
    return count == 1


def _statements(answer) -> bool | str:
    if isinstance(answer, list | tuple | np.ndarray) and len(answer) == len(STATEMENTS):
        answer = dict(zip(STATEMENTS, answer, strict=True))  # in order
    if not isinstance(answer, dict) or not STATEMENTS.keys() <= answer.keys():
        raise AnswerError(f"I can't read {shown(answer)} as a dict with the five statements.")
    wrong = [text for text, truth in STATEMENTS.items() if yes(answer[text]) != truth]
    return f"Think again about: {' '.join(wrong)}" if wrong else True


def draws_needed(p, q) -> float:
    """Draws with which Pearson's test of p (C cells) rejects with probability 0.9 if q is true.

    The level of the test is 0.05. If q (C,) is true, its statistic approximately follows the
    noncentral chi-square distribution.
    """
    p = np.asarray(p)
    q = np.asarray(q)
    df = len(p) - 1
    critical = stats.chi2.isf(LEVEL, df)
    noncentrality = ((q - p) ** 2 / p).sum()  # of one draw

    low, high = 1.0, 1e9
    while high / low > 1.001:
        middle = np.sqrt(low * high)
        if stats.ncx2.sf(critical, df, middle * noncentrality) >= POWER:
            high = middle
        else:
            low = middle
    return high


def _power(answer, p, q) -> bool | str:
    draws = number(answer)
    needed = draws_needed(p, q)
    if abs(draws - needed) <= 0.25 * needed:
        return True
    if draws < needed:
        return "That many are not enough."
    return "Fewer would do: look for the smallest number."


EXERCISES = {
    "05-spread": Exercise(
        ask="write two numbers, (from, to).",
        test=_spread,
        hint=(
            "250 times the probability, and twice the square root of 250 p (1 − p) to either side."
        ),
        why="A count of n draws has mean n p and standard deviation √(n p (1 − p)).",
    ),
    "05-uniform": Exercise(
        ask="write a whole number from 0 to 1,000.",
        test=_uniform,
        hint="What does a p-value of 0.05 promise when the prediction is true?",
        why=(
            "That is what 0.05 means: "
            "if the prediction is true, p falls below it in one experiment of twenty."
        ),
    ),
    "05-excluded": Exercise(
        ask="write a whole number from 0 to 250.",
        test=_excluded,
        hint="Add up what the first prediction gives to the tokens that the second removes.",
        why="It is 250 times the probability of those tokens, give or take what chance does.",
    ),
    "05-engines": Exercise(
        ask="write a whole number from 1 to 4.",
        test=_engines,
        hint="Which of the four cut the nucleus before the temperature acts?",
        why="In three the temperature comes first, and with one seed they draw the same tokens.",
    ),
    "05-seed": Exercise(
        ask="write a whole number from 1 to 20.",
        test=_seed,
        hint="The same request, the same seed, the same first random number.",
        why="Twenty answers, but the same draw every time.",
    ),
    "05-statements": Exercise(
        ask="write True or False for each statement.",
        test=_statements,
        hint=(
            "A p-value is about the draws, if the prediction is true. "
            "It is not about the prediction."
        ),
        why=(
            "The p-value says how rare such draws would be if the prediction were true, "
            "and nothing else."
        ),
    ),
    "05-power": Exercise(
        ask="write a number of draws.",
        test=_power,
        hint=(
            "Simulate: for several n draw 1,000 experiments "
            "and look where the share of p < 0.05 passes 0.9."
        ),
        why="It takes four times as many draws to see a difference half as large.",
    ),
}
