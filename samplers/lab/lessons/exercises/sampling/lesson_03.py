"""Exercises of lesson 03, Cut the nucleus."""

import re

import numpy as np

from samplers import min_p, softmax, temperature, top_k, top_p
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import array, outcome
from samplers.lab.lessons.exercises.plain import (
    by_name,
    choice,
    numbers,
    several,
    share,
    whole,
    word,
    words,
)

CUTS = {"top_k": (top_k, 40), "top_p": (top_p, 0.9), "min_p": (min_p, 0.1)}
LOGITS = "an array of logits"
ORDERS = {"A": "first", "B": "last", "C": "cannot tell"}
ENGLISH = {"good": "好", "very": "很", "not bad": "不错", "super": "超级", "extremely": "极"}
SIZES = ("tens", "hundreds", "thousands")


def _size(logits) -> int:
    """How many tokens are kept."""
    return int(np.isfinite(logits).sum())


def _chinese(answer) -> set[str]:
    """Some of the five words, also where their English names are given."""
    chinese = ENGLISH.values()
    if isinstance(answer, str) and set(answer.split()) <= set(chinese):
        answer = answer.split()
    return {choice(ENGLISH.get(each, each), *chinese) for each in words(answer)}


def _tail(answer) -> bool | str:
    p = share(answer)
    if abs(p - 0.98**100) < 0.02:
        return "That is how likely it is that an answer has none of them. The other case is asked."
    return abs(p - (1 - 0.98**100)) < 0.02


def _tenth(answer, dist) -> bool | str:
    count = whole(answer)
    if abs(count - len(dist) / 10) < 1:
        return (
            "That is a tenth of the tokens. "
            "top_p adds up their probabilities: how much does the first one have?"
        )
    return count == _size(top_p(dist, 0.1))


def _seventy(answer) -> bool | str:
    kept = _chinese(answer)
    if kept == {"好"}:
        return "好 alone has 0.6. The set must reach 0.7, so the word that crosses 0.7 stays."
    return kept == {"好", "很"}


def _london(answer, dist) -> bool:
    london = dist.index("␣London")
    kept_by = {name for name, (cut, p) in CUTS.items() if np.isfinite(cut(dist, p)[london])}
    return {_cut_named(name) for name in words(answer)} == kept_by


def _cut_named(name: str) -> str:
    """The cut that a text names: "top_k", "top-k", "topk = 40"."""
    letters = re.sub(r"[\s_-]", "", name.split("=")[0])
    spelled = {cut.replace("_", ""): cut for cut in CUTS}
    return choice(spelled.get(letters, name), *CUTS)


def _hot(answer, dist) -> bool:
    size = _size(top_p(temperature(dist, 2), 0.9))
    right = SIZES[0] if size < 100 else SIZES[1] if size < 1000 else SIZES[2]
    return choice(answer, *SIZES) == right


def _order(answer) -> bool | str:
    counts = numbers(answer, 2)
    if counts == [2, 1]:
        return "The right numbers, in the other order: first the one for temperature first."
    return counts == [1, 2]


def _by_hand(answer) -> bool | str:
    kept, p = several(answer, 2)
    if _chinese(kept) != {"好", "很", "不错"}:
        return "The words first. Add 0.6, 0.2, 0.1 … and stop with the word that reaches 0.85."
    if abs(share(p) - 2 / 3) < 0.005:
        return True
    return "The words are right. Now divide 0.6 by what they have together."


def _min_p(my_min_p) -> bool | str:
    logits = np.random.default_rng(0).normal(0, 2, 50)
    for p in (0.02, 0.1, 0.5):
        result = array(outcome(my_min_p, logits, p), LOGITS)
        hint = _min_p_hint(result, min_p(logits, p), p)
        if hint:
            return hint

    if _size(array(outcome(my_min_p, np.array([0.0, 0.0, -1.0]), 1), LOGITS)) != 2:
        return (
            "Two equally likely best tokens and p = 1: "
            "both are 'at least' as likely as the best, so both stay."
        )

    return True


def _min_p_hint(result: np.ndarray, expected: np.ndarray, p: float) -> str | None:
    """What is wrong with the logits `result` of 50 tokens; None if nothing is."""
    if result.shape != expected.shape:
        return (
            f"Return one logit per token, shape {expected.shape}: "
            "removed tokens are -inf, not left out."
        )
    if np.isnan(result).any():
        return f"At p = {p} some of your logits are NaN."
    if result.min() > -np.inf:
        return f"At p = {p} nothing was removed; a removed token's logit is -np.inf."
    if not np.array_equal(np.isfinite(result), np.isfinite(expected)):
        return (
            f"At p = {p} you keep {_size(result)} of 50 tokens, "
            f"but {_size(expected)} are likely enough."
        )
    if not np.allclose(softmax(result), softmax(expected)):
        return "The right tokens stay, but their logits must stay as they were."

    return None


def _detective(answer) -> bool | str:
    if isinstance(answer, str):
        answer = answer.split(",")
    said = {engine: _order_named(order) for engine, order in by_name(answer, ORDERS).items()}
    wrong = [e for e, order in ORDERS.items() if choice(said[e], *ORDERS.values()) != order]
    return f"Look again at: {', '.join(wrong)}." if wrong else True


def _order_named(order) -> str:
    """One of the three orders, also as "temperature first" or "can't tell"."""
    said = word(order).removeprefix("temperature ").replace("_", " ")
    return "cannot tell" if said in ("can't tell", "can’t tell", "can not tell") else said


EXERCISES = {
    "03-tail": Exercise(
        ask="write a number from 0 to 1.",
        test=_tail,
        hint=(
            "One step avoids the tail with probability 0.98. "
            "With what probability do all hundred steps avoid it?"
        ),
        why="1 − 0.98^100 = 0.87: rare at each step, nearly certain in an answer.",
    ),
    "03-seventy": Exercise(
        ask='write a list of words, as in ["好"].',
        test=_seventy,
        hint="Add the probabilities from the largest, until the sum reaches 0.7.",
        why="0.6 is not enough, 0.6 + 0.2 is.",
    ),
    "03-tenth": Exercise(
        ask="write a whole number, at least 1.",
        test=_tenth,
        hint=(
            "How much probability does the first token have? "
            "Look at the first picture of lesson 02, section 3."
        ),
        why="The first token alone holds more than a tenth of the probability.",
    ),
    "03-london": Exercise(
        ask='write a list with some of "top_k", "top_p", "min_p".',
        test=_london,
        hint=(
            "Paris has more than 0.9 here. "
            "London is among the ten most probable, with less than 0.01."
        ),
        why=(
            "A fixed number of tokens lets London in; "
            "a share of the mass and a share of the best do not."
        ),
    ),
    "03-hot": Exercise(
        ask='write "tens", "hundreds" or "thousands".',
        test=_hot,
        hint=(
            "Lesson 02: at T = 2 the effective vocabulary "
            "of this prompt is about a tenth of the whole."
        ),
        why=(
            "After T = 2 most of the mass is in the tail, "
            "and it takes many of its tokens to make up nine tenths."
        ),
    ),
    "03-order": Exercise(
        ask="write two numbers, (temperature first, temperature last).",
        test=_order,
        hint=(
            "For temperature first add up the second line of the table, "
            "for temperature last the first line."
        ),
        why="0.87 reaches 0.8 at once; 0.67 needs 0.24 more.",
    ),
    "03-conservative": Exercise(
        ask="write a whole number.",
        test=lambda answer, dist: whole(answer) == _size(top_p(temperature(dist, 0.3), 0.5)),
        hint="T = 0.3 raises every ratio to the power 3.3. Then half of the mass is enough.",
        why="After T = 0.3 the first token alone has more than half of the mass.",
    ),
    "03-by-hand": Exercise(
        ask="write ([words], probability of 好).",
        test=_by_hand,
        hint="Two things in one pair: the list of words, then a number.",
        why="不错 crosses 0.85 and stays; 0.6 / 0.9 is two thirds.",
    ),
    "03-min-p": Exercise(
        ask="write my_min_p.",
        test=_min_p,
        hint="Take softmax(logits), find its maximum, and use np.where with -np.inf.",
        why=(
            "It agrees with samplers.min_p, "
            "which compares logits with max + log(p) so that nothing underflows."
        ),
    ),
    "03-detective": Exercise(
        ask='for each engine write "first", "last" or "cannot tell".',
        test=_detective,
        hint=(
            "Compute for each row what top_p(temperature(words, t), p) keeps, "
            "and temperature(top_p(words, p), t)."
        ),
        why=(
            "At T = 2 and p = 0.7 the orders keep 3 and 2 words. "
            "At T = 0.3 and p = 0.5 both keep one."
        ),
    ),
}
