"""Exercises of lesson 04, Penalise repetition."""

import re

import numpy as np

from samplers import repetition_penalty
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import outcome
from samplers.lab.lessons.exercises.plain import (
    by_name,
    choice,
    number,
    numbers,
    whole,
)

ENGINES = ("vllm", "llama.cpp")
SETTINGS = ("frequency 0.3", "presence 0.5", "both 0", "logit_bias")
COMPLAINTS = {
    "the bot repeats whole sentences": "frequency 0.3",
    "all ten product ideas are about the same thing": "presence 0.5",
    "the generated code renames its variables halfway": "both 0",
    "the model begins each answer with the token 'Sure'": "logit_bias",
}


def _three_times(answer) -> bool | str:
    pair = numbers(answer, 2)
    if np.allclose(pair, (0.5, 1.5)):
        return "The right numbers, in the other order: first the one of the frequency penalty."
    if np.allclose(pair, (-1.5, -0.5)):
        return "The right sizes. What is taken is subtracted, so write both without a minus."
    return np.allclose(pair, (1.5, 0.5))


def _counted(answer) -> bool | str:
    read = by_name(answer, ENGINES)
    wrong = [engine for engine in ENGINES if choice(read[engine], "非常", "很") != "非常"]
    return f"Count again for {' and '.join(wrong)}: 非常 is ahead by 1.2." if wrong else True


def _equal(answer) -> bool | str:
    penalty = number(answer)
    if abs(penalty - 0.9) < 1e-6:
        return "That would be right if it had been said once. It has been said four times."
    if 0.22 <= penalty <= 0.23 and abs(penalty - 0.225) >= 0.0005:
        return "Close. Give three decimals."
    return abs(penalty - 0.225) < 0.0005


def _repetition(function) -> bool | str:
    for logits, counts, penalty in (
        (np.array([2.0, -1.0, 0.5, 3.0]), np.array([1, 4, 0, 2]), 1.5),
        (np.array([-2.0, 0.0, 4.0, -0.5, 1.0]), np.array([1, 3, 2, 0, 0]), 1.2),
    ):
        result = outcome(function, logits, counts, penalty)
        hint = _repetition_hint(result, logits, counts, penalty)
        if hint:
            return hint
    return True


def _repetition_hint(result, logits: np.ndarray, counts: np.ndarray, penalty) -> str | None:
    """What is wrong with a function's `result`; None if nothing is."""
    if result is ...:
        return "Return the new logits instead of `...`."
    try:
        result = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        return f"Return the new logits, not {shown(result)}."
    if result.shape != logits.shape:
        return f"Return one logit for each token, shape {logits.shape}, not {result.shape}."

    expected = repetition_penalty(logits, counts, penalty)
    if np.allclose(result, expected):
        return None
    if np.array_equal(result, logits):
        return "These are the logits unchanged. Does your function return the new ones?"
    if np.allclose(result, np.where(counts > 0, logits / penalty, logits)):
        return "Dividing a negative logit makes it larger. Look at the sign."
    if np.allclose(result, repetition_penalty(logits, np.ones_like(counts), penalty)):
        return "Leave the tokens that were not said as they are: their count is 0."
    entry = np.flatnonzero(~np.isclose(result, expected))[0]
    case = f"For logits {logits.tolist()}, counts {counts.tolist()} and penalty {penalty}"
    return f"{case}, entry {entry} is not right."


def _complaints(answer) -> bool | str:
    read = by_name(answer, tuple(COMPLAINTS))
    wrong = [text for text, setting in COMPLAINTS.items() if _setting(read[text]) != setting]
    return f"Look again at: {'; '.join(wrong)}." if wrong else True


def _setting(answer) -> str:
    """The one of SETTINGS that the answer is; it may be written as in a request or a sentence."""
    if isinstance(answer, str):
        answer = re.sub(r"[ _]?penalty|[=:]", " ", answer.casefold())
        answer = answer.replace("logit bias", "logit_bias")
    return choice(answer, *SETTINGS)


EXERCISES = {
    "04-three-times": Exercise(
        ask="write two numbers, (frequency's, presence's).",
        test=_three_times,
        hint="One of them multiplies by the count. The other only asks whether it was said at all.",
        why="0.5 × 3 = 1.5 and 0.5 × 1 = 0.5.",
    ),
    "04-loop": Exercise(
        ask="write how many times it says 非常 first.",
        test=lambda answer: whole(answer) == 3,
        hint="非常 is ahead by 3.0 − 1.8. How many times must 0.5 be taken until it is not?",
        why="After three times the penalty is 1.5, more than the 1.2 by which 非常 was ahead.",
    ),
    "04-counted": Exercise(
        ask='write "非常" or "很" for each engine.',
        test=_counted,
        hint="How often is 非常 in what each engine counts, and is 0.5 times that more than 1.2?",
        why="Even llama.cpp, which counts the prompt, has found it only twice.",
    ),
    "04-equal": Exercise(
        ask="write the frequency_penalty.",
        test=_equal,
        hint="Four times the penalty must equal the 0.9 by which the first token is ahead.",
        why="0.9 / 4 = 0.225.",
    ),
    "04-repetition": Exercise(
        ask="write the function.",
        test=_repetition,
        hint="np.where(condition, then, otherwise), once for the count and once for the sign.",
        why="Multiplying a negative logit pushes it down, as dividing a positive one does.",
    ),
    "04-complaints": Exercise(
        ask="give each complaint a setting.",
        test=_complaints,
        hint=(
            "Ask of each: does it repeat itself again and again, is there too little that is new, "
            "is repetition needed, or is it about one token?"
        ),
        why="Frequency for loops, presence for variety, none for code, a bias for one token.",
    ),
}
