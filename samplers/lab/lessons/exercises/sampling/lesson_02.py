"""Exercises of lesson 02, Turn the temperature."""

import numpy as np

from samplers import log_softmax, softmax, temperature
from samplers.lab.lessons.exercises import Exercise

JOBS = {
    "code": 0,
    "a question about facts": 0.3,
    "a conversation": 0.7,
    "a story": 1.0,
    "brainstorming": 1.5,
}


def _gainers(answer, dist) -> bool:
    """True for how many of the tokens with ranks 2 to 12 gain at T = 2."""
    before = softmax(dist)
    after = softmax(temperature(dist, 2))
    others = np.argsort(-before, kind="stable")[1:12]
    return answer == int((after > before)[others].sum())


def _trainer(logprobs_at) -> bool | str:
    logits = np.array([3.0, 1.0, 0.5, -2.0])
    for t in (0.5, 1, 2):
        logprobs = np.asarray(logprobs_at(logits, t))
        total = np.exp(logprobs).sum()
        if not np.isclose(total, 1):
            return f"At T = {t} the probabilities sum to {total:.3f}, not to 1."
        if not np.allclose(logprobs, log_softmax(logits / t)):
            return f"At T = {t} they sum to 1, but they are not p^(1/T) / sum."
    return True


def _jobs(answer) -> bool | str:
    wrong = sorted(job for job, t in JOBS.items() if answer.get(job) != t)
    return f"Look again at: {', '.join(wrong)}." if wrong else True


EXERCISES = {
    "02-second-word": Exercise(
        ask='write "gains" or "loses".',
        test=lambda answer: answer == "gains",
        hint=(
            "Compare the square root of 0.2 with 0.2, "
            "and then the sum of all five square roots with 1."
        ),
        why="0.2 becomes 0.225: the second word gains too. Only 好 pays.",
    ),
    "02-ratio": Exercise(
        ask="write a number; they begin at 0.6 and 0.05.",
        test=lambda answer: abs(answer - np.sqrt(12)) < 0.05,
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
            "The many tokens that are not in the picture also take the square root. "
            "How large is the sum they make?"
        ),
        why="What the top loses goes to the crowd below the picture.",
    ),
    "02-limits": Exercise(
        ask="write two numbers, (at T → 0, at T → infinity).",
        test=lambda answer, dist: np.allclose(answer, (1, len(dist)), atol=0.5),
        hint=(
            "The effective vocabulary is 1 when one token is certain, "
            "and V when all V are equally likely."
        ),
        why="From one token, greedy, to all of them, uniform.",
    ),
    "02-half": Exercise(
        ask="write the temperature at which 很 is half as likely as 好.",
        test=lambda answer: abs(answer - np.log(3) / np.log(2)) < 0.005,
        hint="The ratio 0.2 / 0.6 to the power 1/T must be 1/2. Take logarithms.",
        why="T = ln 3 / ln 2 = 1.585.",
    ),
    "02-trainer": Exercise(
        ask="mend logprobs_at: do its probabilities sum to 1?",
        test=_trainer,
        hint="log p / T is the logarithm of p^(1/T). What does the formula divide by afterwards?",
        why="Dividing logprobs by T is right only if you normalise again: logprobs are logits too.",
    ),
    "02-jobs": Exercise(
        ask="give each job one of 0, 0.3, 0.7, 1.0, 1.5.",
        test=_jobs,
        hint="The fewer right answers a job has, the lower its temperature.",
        why="As in the document's table, from code at 0 to brainstorming at 1.5.",
    ),
}
