"""Exercises of lesson 04, Penalise repetition."""

import numpy as np

from samplers import repetition_penalty
from samplers.lab.lessons.exercises import Exercise

COMPLAINTS = {
    "the bot repeats whole sentences": "frequency 0.3",
    "all ten product ideas are about the same thing": "presence 0.5",
    "the generated code renames its variables half way": "both 0",
    "the model begins each answer with the token 'Sure'": "logit_bias",
}


def _counted(answer) -> bool | str:
    wrong = [engine for engine in ("vllm", "llama.cpp") if answer[engine] != "非常"]
    return f"Count again for {' and '.join(wrong)}: the lead of 非常 is 1.2." if wrong else True


def _repetition(function) -> bool | str:
    logits = np.array([2.0, -1.0, 0.5, 3.0])
    counts = np.array([1, 4, 0, 2])
    result = function(logits, counts, 1.5)
    if result is ...:
        return "Return the new logits instead of `...`."

    wrong = np.flatnonzero(~np.isclose(result, repetition_penalty(logits, counts, 1.5)))
    if len(wrong):
        case = f"For logits {logits.tolist()} and counts {counts.tolist()}"
        return f"{case}, entry {wrong[0]} is off."
    return True


def _complaints(answer) -> bool | str:
    wrong = [text for text, setting in COMPLAINTS.items() if answer.get(text) != setting]
    return f"Look again at: {'; '.join(wrong)}." if wrong else True


EXERCISES = {
    "04-three-times": Exercise(
        ask="write two numbers, (frequency's, presence's).",
        test=lambda answer: np.allclose(answer, (1.5, 0.5)),
        hint="One of them multiplies by how often, the other only asks whether.",
        why="0.5 × 3 = 1.5 and 0.5 × 1 = 0.5.",
    ),
    "04-loop": Exercise(
        ask="write how many times it says 非常 first.",
        test=lambda answer: answer == 3,
        hint="The lead of 非常 is 3.0 − 1.8. After how many times 0.5 is it gone?",
        why="After three times the penalty is 1.5, more than the lead of 1.2.",
    ),
    "04-where": Exercise(
        ask='write "the model\'s own" or "what is made of it".',
        test=lambda answer: answer == "what is made of it",
        hint="Does the model know the request's parameters, or only the text?",
        why="The model sees only text. Penalties are applied to its logits afterwards.",
    ),
    "04-counted": Exercise(
        ask='write "非常" or "很" for each engine.',
        test=_counted,
        hint="How often is 非常 in what each engine counts, and is 0.5 times that more than 1.2?",
        why="Even llama.cpp, which counts the prompt, has found it only twice.",
    ),
    "04-equal": Exercise(
        ask="write the frequency_penalty.",
        test=lambda answer: abs(answer - 0.225) < 1e-6,
        hint="Four times the penalty must eat the whole lead.",
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
            "Does it grow with each repetition, concern every word once, "
            "need repetition, or name one token?"
        ),
        why="Frequency for loops, presence for variety, none for code, a bias for one token.",
    ),
}
