"""Exercises of lesson 05b, Use the logprobs of an answer."""

import re

import numpy as np

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.plain import number, numbers, share

TEMPERATURES = (0.5, 1, 1.3, 2)


def _known(answer) -> bool | str:
    if isinstance(answer, str):
        answer = re.sub(r"(?i)^\W*(T|temperature)\W*(?=\d)", "", answer)
    temperature = number(answer)
    if temperature not in TEMPERATURES:
        return f"The four temperatures are 0.5, 1, 1.3 and 2, and {shown(answer)} is none of them."
    return temperature == 1


def _threshold(answer) -> bool | str:
    value = share(answer)
    if not 0 <= value <= 1 or 1 < number(answer) < 10:  # 1.5 is no percentage
        return "A threshold of confidences is between 0 and 1."
    if value > 0.9:
        return "At this threshold nothing is answered."
    if value > 0.8:
        return "No wrong answer is given, but more right ones are handed over than necessary."
    return value > 0.7


def _bounds(answer) -> bool | str:
    low, high = sorted(part / 100 if part > 1 else part for part in numbers(answer, 2))
    if abs(high - 0.6) < 0.01:
        return "0.6 is 好 at T = 1. Take square roots first, then divide by the sum."

    # what the unseen words weigh: at most 3 · √(0.2 / 3), which is √0.6, and at least √0.2
    unseen = np.sqrt([0.6, 0.2])
    bounds = np.sqrt(0.6) / (np.sqrt(0.6) + np.sqrt(0.2) + unseen)
    right = np.abs([low, high] - bounds) < 0.006
    if right.all():
        return True
    if right.any():
        return f"One of the two is right: {(low, high)[right.argmax()]:g}."
    return False


EXERCISES = {
    "05-known": Exercise(
        ask="write one of the temperatures.",
        test=_known,
        hint=(
            "At which temperature is the sum of the unseen "
            "tokens' weights known without knowing the tokens?"
        ),
        why=(
            "At T = 1 nothing is raised to a power, "
            "so the unseen tokens weigh 1 minus the sum of those shown."
        ),
    ),
    "05-bounds": Exercise(
        ask="write two numbers, (lower, upper).",
        test=_bounds,
        hint=(
            "The three unseen words weigh least if one of them has all of the 0.2, "
            "and most if they share it equally."
        ),
        why=(
            "√0.6 / (√0.6 + √0.2 + U), with U from √0.2 = 0.447 to 3·√(0.2/3) = 0.775. "
            "The truth, 0.390, is inside."
        ),
    ),
    "05-threshold": Exercise(
        ask="write a number between 0 and 1.",
        test=_threshold,
        hint="Look for the largest confidence of a wrong answer: the threshold is above it.",
        why="The five right answers from 0.8 on are kept, and all three wrong ones are handed on.",
    ),
}
