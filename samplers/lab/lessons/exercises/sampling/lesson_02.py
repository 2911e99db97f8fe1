"""Exercises of lesson 02, Turn the temperature."""

import numpy as np

from samplers import log_softmax, softmax, temperature
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import array, outcome
from samplers.lab.lessons.exercises.plain import (
    by_name,
    choice,
    number,
    numbers,
    whole,
    word,
)

# {job: the letter of its reason in the lesson's table}
JOBS = {
    "a question about facts": "D",
    "brainstorming": "C",
    "code": "B",
    "a conversation": "E",
    "a story": "A",
}


def _second_word(answer) -> bool:
    said = word(answer)
    if said in ("gain", "it gains", "gained"):
        said = "gains"
    if said in ("lose", "it loses", "lost"):
        said = "loses"
    return choice(said, "gains", "loses") == "gains"


def _ratio(answer) -> bool | str:
    ratio = number(answer)
    if abs(ratio - 12) < 0.05:
        return (
            "That is the ratio at T = 1. At T = 2 each of the two is replaced by its square root."
        )
    if abs(ratio - 1 / np.sqrt(12)) < 0.005:
        return "That is 极 divided by 好. How many times as likely is 好?"
    return abs(ratio - np.sqrt(12)) < 0.05


def _gainers(answer, dist) -> bool:
    """True for how many of the tokens with ranks 2 to 12 gain at T = 2."""
    before = softmax(dist)
    after = softmax(temperature(dist, 2))
    others = np.argsort(-before, kind="stable")[1:12]
    return whole(answer) == int((after > before)[others].sum())


def _limits(answer, dist) -> bool | str:
    at_zero, at_infinity = numbers(answer, 2)
    if np.allclose((at_infinity, at_zero), (1, len(dist)), atol=0.5):
        return "The right numbers, in the other order: first the one for T → 0."
    return np.allclose((at_zero, at_infinity), (1, len(dist)), atol=0.5)


def _half(answer) -> bool | str:
    t = number(answer)
    if abs(t - np.log(2) / np.log(3)) < 0.01:
        return "That is 1/T."
    return abs(t - np.log(3) / np.log(2)) < 0.02


def _trainer(logprobs_at) -> bool | str:
    logits = np.array([3.0, 1.0, 0.5, -2.0])
    for t in (0.5, 1, 2):
        logprobs = array(outcome(logprobs_at, logits, t), "an array of logprobs")
        if logprobs.shape != logits.shape:
            return f"It must return one logprob per token, and returned {shown(logprobs)}."
        total = np.exp(logprobs).sum()
        if not np.isclose(total, 1):
            return f"At T = {t} the probabilities sum to {total:.3f}, not to 1."
        if not np.allclose(logprobs, log_softmax(logits / t)):
            return f"At T = {t} they sum to 1, but they are not p^(1/T) / sum."
    return True


def _jobs(answer) -> bool | str:
    given = by_name(answer, JOBS)
    wrong = [job for job, letter in JOBS.items() if choice(given[job], *"ABCDE") != letter]
    return f"Look again at: {', '.join(wrong)}." if wrong else True


EXERCISES = {
    "02-second-word": Exercise(
        ask='write "gains" or "loses".',
        test=_second_word,
        hint=(
            "Compare the square root of 0.2 with 0.2, "
            "and then the sum of all five square roots with 1."
        ),
        why="0.2 becomes 0.225: the second word gains too. Only 好 loses.",
    ),
    "02-ratio": Exercise(
        ask="write a number. At T = 1 the two have 0.6 and 0.05.",
        test=_ratio,
        hint=(
            "At T = 2 each probability is replaced by its square root, "
            "and both are divided by the same sum."
        ),
        why="The ratio 12 becomes its square root, 3.46: not near uniform.",
    ),
    "02-gainers": Exercise(
        ask="write a whole number from 0 to 11.",
        test=_gainers,
        hint=(
            "The many tokens that are not in the picture are replaced by their square roots, too. "
            "How large is the sum of these roots?"
        ),
        why="What the first token loses goes to less probable ones, most of them not shown.",
    ),
    "02-limits": Exercise(
        ask="write two numbers, (at T → 0, at T → infinity).",
        test=_limits,
        hint=(
            "The effective vocabulary is 1 when one token is certain, "
            "and V when all V are equally likely."
        ),
        why="From one token, greedy, to all of them, uniform.",
    ),
    "02-half": Exercise(
        ask="write the temperature at which 很 is half as likely as 好.",
        test=_half,
        hint="The ratio 0.2 / 0.6 to the power 1/T must be 1/2. Take logarithms.",
        why="T = ln 3 / ln 2 = 1.585.",
    ),
    "02-trainer": Exercise(
        ask="fix logprobs_at: do its probabilities sum to 1?",
        test=_trainer,
        hint="log p / T is the logarithm of p^(1/T). What does the formula divide by afterwards?",
        why="Dividing logprobs by T is right only if you normalise again: logprobs are logits too.",
    ),
    "02-jobs": Exercise(
        ask="give each job the letter of its reason.",
        test=_jobs,
        hint="How many different results would be right? Does anyone look at more than one?",
        why="The fewer results are right, the lower the temperature.",
    ),
}
