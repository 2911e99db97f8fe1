"""Exercises of lesson 01, Read a model's next-token distribution."""

import numpy as np

from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import array, outcome
from samplers.lab.lessons.exercises.plain import (
    choice,
    number,
    several,
    share,
    whole,
    word,
)

FIVE = np.array([0.6, 0.2, 0.1, 0.05, 0.05])
CHANGES = {  # other words for what the surprise does
    **dict.fromkeys(["rise", "increases", "goes up", "grows"], "rises"),
    **dict.fromkeys(["stay", "stays the same", "the same"], "stays"),
    **dict.fromkeys(["fall", "decreases", "goes down", "drops", "shrinks"], "falls"),
}
SOFTMAX_CASES = {  # name: (logits, probabilities)
    "[2, 1, 0]": ([2.0, 1.0, 0.0], [0.66524096, 0.24472847, 0.09003057]),
    "[1000, 999]": ([1000.0, 999.0], [0.73105858, 0.26894142]),
    "[-1000, -1001]": ([-1000.0, -1001.0], [0.73105858, 0.26894142]),
    "[0, -inf, 0]": ([0.0, -np.inf, 0.0], [0.5, 0.0, 0.5]),
}


def _unseen(guess) -> bool:
    """True for about 0.4, also if it is written as 40 (percent)."""
    return 0.3 <= share(guess) <= 0.5


def _text_probability(answer) -> bool | str:
    """True for exp(-2.3)."""
    probability = share(answer)
    if abs(probability + 2.3) < 0.01:
        return "That is the logprob of the whole text. Its probability is e to that power."
    if abs(probability - np.exp([-0.1, -0.2, -2.0]).sum() / 100) < 0.001:  # read as a percentage
        return "Probabilities of tokens are multiplied, not added."
    return abs(probability - np.exp(-2.3)) < 0.001


def _effective(answer) -> bool | str:
    """True for e to the power of the entropy of the five words."""
    effective = number(answer)
    nats = -(FIVE * np.log(FIVE)).sum()
    if abs(effective - nats) < 0.01:
        return "That is the entropy, in nats. The effective vocabulary is e to that power."
    if abs(effective - nats / np.log(2)) < 0.01:
        return "That is the entropy in bits. Take nats (np.log), then e to that power."
    if effective == len(FIVE):
        return "All five are possible, but they are not equally likely."
    return abs(effective - np.exp(nats)) < 0.02


def _surprise(answer) -> bool | str:
    """True for Spain, and for a surprise that falls."""
    token, capital = several(answer, 2)
    said = word(capital).removeprefix("it ")
    change = choice(CHANGES.get(said, said), "rises", "stays", "falls")
    if word(token) != "spain":
        return "Which token would surprise you? Then run the next cell and see."
    if change != "falls":
        return "Right for the token, but not for *capital*. See the next cell."
    return True


def _rare(guess) -> bool | str:
    """True for what nineteen of twenty lots of 1,000 draws give."""
    count = number(guess)
    if 0 < count < 1 or "%" in str(guess):
        return "Give the number of stories out of 1,000, not their share."
    return 20 <= count <= 45


def _softmax(function) -> bool | str:
    """True for a softmax that does not overflow; a hint for the first case that is wrong."""
    for name, (logits, probs) in SOFTMAX_CASES.items():
        with np.errstate(all="ignore"):
            result = array(outcome(function, np.array(logits)), "an array of probabilities")
        expected = np.array(probs)
        if result.shape != expected.shape:
            return f"For {name} it gives the shape {result.shape}, but must give {expected.shape}."
        if np.isfinite(result).all() and not np.isclose(result.sum(), 1):
            return (
                f"For {name} it gives {result.round(3).tolist()}, but probabilities sum to 1. "
                "Does it return them?"
            )
        if not np.allclose(result, expected, atol=1e-6):
            return (
                f"For {name} it gives {result.round(3).tolist()}. "
                "Which constant would make the largest logit 0?"
            )
    return True


EXERCISES = {
    "01-chinese-tokens": Exercise(
        ask="predict how many tokens, one number, then run this cell again.",
        test=lambda count: whole(count) == 14,
        hint="Run the next cell and see.",
        why="See them in the next cell.",
    ),
    "01-surprise": Exercise(
        ask="predict the token, and what the surprise of *capital* does, then run this cell again.",
        test=_surprise,
        hint="Run the next cell and see.",
        why="See both in the next cell.",
    ),
    "01-unseen": Exercise(
        ask="predict how much probability is not shown, one number, then run this cell again.",
        test=_unseen,
        hint="Run the next cell and see.",
        why="See it in the next cell.",
    ),
    "01-rare": Exercise(
        ask="predict how many of the 1,000 stories, one number, then run this cell again.",
        test=_rare,
        hint="Run the next cell and see.",
        why="The next cell shows how much chance moves it.",
    ),
    "01-text-probability": Exercise(
        ask="one number between 0 and 1.",
        test=_text_probability,
        hint="Logprobs of tokens add up; then go back from a logarithm to a probability.",
        why=(
            "e to the power of -2.3 is 0.1: one answer in ten. "
            "The one improbable token did nearly all of that."
        ),
    ),
    "01-softmax": Exercise(
        ask="fix my_softmax so that it works for [1000, 999], then put its name in the check.",
        test=_softmax,
        hint="Subtract a constant from all logits. Choose it so that the largest power is 1.",
        why="With the maximum subtracted, no power exceeds 1, and the probabilities are the same.",
    ),
    "01-effective": Exercise(
        ask="one number between 1 and 5.",
        test=_effective,
        hint="First the entropy: minus the sum of p times log p. Then e to that power.",
        why="3.18: about as uncertain as three equally likely words, though five are possible.",
    ),
}
