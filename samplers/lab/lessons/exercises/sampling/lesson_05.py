"""Exercises of lesson 05, Test a simulation against a live model."""

import numpy as np
from scipy import stats

from samplers.lab.lessons.exercises import Exercise

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
    p = prediction.bounds("The")[0]
    expected = 250 * p
    two = 2 * np.sqrt(250 * p * (1 - p))  # standard deviations
    low, high = answer
    if low <= expected <= high and high - low < 1.25 * two:
        return (
            "The middle is right, but the spread is too small: "
            f"two standard deviations are about {two:.0f}."
        )
    close = max(1, two / 3)
    return abs(low - (expected - two)) <= close and abs(high - (expected + two)) <= close


def _excluded(answer, prediction, wrong) -> bool | str:
    statuses = zip(prediction.probs, wrong.status, strict=False)
    outside = sum(p for p, status in statuses if status == "removed")
    if outside > 0.05 and abs(answer - outside) < 0.02:
        return "That is the share. How many of 250 draws is it?"
    return abs(answer - 250 * outside) <= 10


def _bounds(answer) -> bool | str:
    low, high = sorted(answer)
    if abs(high - 0.6) < 0.01:
        return "0.6 is 好 at T = 1. Take square roots first, then divide by the sum."

    # what the unseen words weigh: at most 3 · √(0.2 / 3), which is √0.6, and at least √0.2
    unseen = np.sqrt([0.6, 0.2])
    bounds = np.sqrt(0.6) / (np.sqrt(0.6) + np.sqrt(0.2) + unseen)
    right = np.abs([low, high] - bounds) < 0.006
    if right.all():
        return True
    if right.any():
        return f"One of the two is right: {(low, high)[right.argmax()]}."
    return False


def _statements(answer) -> bool | str:
    wrong = [text for text, true in STATEMENTS.items() if answer.get(text) is not true]
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
    needed = draws_needed(p, q)
    if abs(answer - needed) <= 0.25 * needed:
        return True
    if answer < needed:
        return "That many are not enough."
    return "Fewer would do: look for the least number."


def _suspects(answer, suspects) -> bool | str:
    truth = suspects.reveal()
    wrong = [name for name in truth if _short(answer.get(name, ())) != _short(truth[name])]
    if not wrong:
        return True
    verb = "is" if len(wrong) == 1 else "are"
    return f"{len(wrong)} of the three {verb} not right yet."


def _short(settings) -> tuple[str, ...]:
    """("temperature last", "raw") becomes ("last", "raw")."""
    return tuple(str(setting).removeprefix("temperature ") for setting in settings)


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
        test=lambda answer: abs(answer - 50) <= 10,
        hint="What does a p-value of 0.05 promise when the prediction is true?",
        why="That is what 0.05 means: chance alone goes below it in one true experiment of twenty.",
    ),
    "05-excluded": Exercise(
        ask="write a whole number from 0 to 250.",
        test=_excluded,
        hint="Add up what the first prediction gives to the tokens that the second one removes.",
        why="So many draws fall, on average, where this prediction says never.",
    ),
    "05-engines": Exercise(
        ask="write a whole number from 1 to 4.",
        test=lambda answer: answer == 2,
        hint="Which of the four cut the nucleus before the temperature acts?",
        why="Three heat first and then cut, and with one seed they draw the same tokens.",
    ),
    "05-seed": Exercise(
        ask="write a whole number from 1 to 20.",
        test=lambda answer: answer == 1,
        hint="The same request, the same seed, the same first random number.",
        why="Twenty answers, but one and the same draw.",
    ),
    "05-known": Exercise(
        ask="write one of the temperatures.",
        test=lambda answer: answer == 1,
        hint=(
            "At which temperature is the sum of the unseen "
            "tokens' weights known without knowing the tokens?"
        ),
        why=(
            "At T = 1 nothing is raised to a power, "
            "so the unseen tokens weigh what is missing to 1."
        ),
    ),
    "05-suspects": Exercise(
        ask='write ("first" or "last", "raw" or "processed") for each endpoint.',
        test=_suspects,
        hint="Compare what each drew, and what it showed, with the table of the four kinds.",
        why="Drawn tokens told the order; shown logprobs told their meaning.",
    ),
    "05-bounds": Exercise(
        ask="write two numbers, (lower, upper).",
        test=_bounds,
        hint="The three unseen words weigh least as one word of 0.2, and most as three equal ones.",
        why=(
            "√0.6 / (√0.6 + √0.2 + U), with U from √0.2 = 0.447 to 3·√(0.2/3) = 0.775. "
            "The truth, 0.390, is inside."
        ),
    ),
    "05-statements": Exercise(
        ask="write True or False for each statement.",
        test=_statements,
        hint=(
            "A p-value is about the draws, if the prediction is true. "
            "It is not about the prediction."
        ),
        why="The p-value says how rare such draws would be under the prediction, and nothing else.",
    ),
    "05-power": Exercise(
        ask="write a number of draws.",
        test=_power,
        hint=(
            "Simulate: for several n draw 1,000 experiments "
            "and look where the share of p < 0.05 passes 0.9."
        ),
        why="To see a difference half as large takes four times as many draws.",
    ),
}
