"""A learner's answer without what does not matter: case, spaces, signs, or a list around it."""

import re

import numpy as np


def word(answer) -> str:
    """The answer as a text in small letters, with no spaces, full stop or quotes at its ends."""
    return str(_alone(answer)).strip(" \t\n.!'\"`").casefold()


def number(answer) -> float:
    """The answer as a number. A text may be "1,920", "$22.25", "22.25 USD" or "25 %" (25).

    ValueError or TypeError if it is no number.
    """
    answer = _alone(answer)
    if isinstance(answer, str):
        text = word(answer).lstrip("$").removesuffix("usd").rstrip(" %")
        return float(re.sub(r"\b([1-9]\d{0,2}),(\d{3})\b", r"\1\2", text))
    return float(answer)


def several(answer) -> list:
    """The parts of the answer: of a list, an array, a dict's values, a text's words.

    TypeError for a set, which has no order.
    """
    if isinstance(answer, set | frozenset):
        raise TypeError("a set has no order: write a tuple or a list")
    if isinstance(answer, str):
        return re.split(r"[,;]?\s+", answer.strip(" ()[]"))
    return list(answer.values() if isinstance(answer, dict) else answer)


def short(value) -> str:
    """What came, for a hint: its repr, cut where it is long."""
    return f"{value!r:.40}"


def _alone(answer):
    """What stands alone in a list, a tuple or an array; anything else as it is."""
    if isinstance(answer, list | tuple | np.ndarray) and np.size(answer) == 1:
        return np.ravel(answer)[0]
    return answer
