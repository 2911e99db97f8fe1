"""A learner's answer, read whatever its dress: case, spaces, quotes, signs, the type it has.

What cannot be read raises AnswerError. `check` shows its text after "Not yet.", and never a message
of numpy or Python.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from math import isnan
from numbers import Number

import numpy as np

from samplers.checks import shown

UNITS = (
    r"(?:(?:different )?(?:tokens?|texts?|words?)|points?|stories|times?|draws?|experiments?|"
    r"requests?|nats|bits|ms|s|seconds?|minutes?|usd|dollars?)"
)
TRUE = {"true", "yes", "t", "y", "1", "是", "对"}
FALSE = {"false", "no", "f", "n", "0", "否", "不", "不是", "错"}
AROUND = " \t\r\n.。,;:!'\"`´‘’“”„«»「」『』␣▁"  # a text's beginning and end say nothing
BETWEEN = {"and", "or", "to", "from", "between", "-", "–", "—", "&"}  # two parts of a text


class AnswerError(ValueError):
    """An answer that cannot be read or tried; the text is for the learner."""


def word(answer) -> str:
    """The answer as a text in small letters, without quotes, a full stop or spaces around it."""
    alone = _alone(answer)
    if alone is None or not isinstance(alone, str | Number | np.generic):
        raise AnswerError(f"I can't read {shown(answer)} as a word.")
    text = unicodedata.normalize("NFKC", str(alone)).replace("’", "'").strip(AROUND)
    return re.sub(r"\s+", " ", text).casefold()


def words(answer) -> set[str]:
    """The words of a set, a list, an array, a dict's keys or a text with commas, as a set."""
    if isinstance(answer, str):
        answer = re.split(r"[,;，、]|\s+and\s+", answer)
    if not hasattr(answer, "__iter__"):
        answer = [answer]
    return {word(each) for each in answer} - {""}


def choice(answer, *choices: str) -> str:
    """The one of `choices` that the answer is."""
    read = {word(each): each for each in choices}
    if word(answer) not in read:
        known = '", "'.join(choices)
        raise AnswerError(f'I can\'t read {shown(answer)} as one of "{known}".')
    return read[word(answer)]


def yes(answer) -> bool:
    """Whether the answer is yes: True, 1, "yes" or 是; False for their opposites."""
    if isinstance(_alone(answer), float):
        answer = int(answer) if answer in (0, 1) else answer
    said = word(answer)
    if said not in TRUE | FALSE:
        raise AnswerError(f"I can't read {shown(answer)} as yes (True) or no (False).")
    return said in TRUE


def number(answer) -> float:
    """The answer as a number. A text may be "1,920", "$22.25", "22.25 USD", "1/2" or "25 %" (25).

    A bool is no number, and NaN is none.
    """
    alone = _alone(answer)
    try:
        if isinstance(alone, bool | np.bool_):
            raise ValueError
        value = _number_in(alone) if isinstance(alone, str) else float(alone)
        if isnan(value):
            raise ValueError
    except (TypeError, ValueError, ArithmeticError):
        raise AnswerError(f"I can't read {shown(answer)} as a number.") from None
    return value


def whole(answer) -> int:
    """The answer as a whole number; 3.0 is one, and 0.9 is not."""
    value = number(answer)
    if value % 1:  # NaN for an infinite one, which is true
        raise AnswerError(f"I can't read {shown(answer)} as a whole number.")
    return int(value)


def share(answer) -> float:
    """The answer as a share of 1: 0.4, "0.4", "40 %", and 40, which can only be a percentage."""
    value = number(answer)
    is_percentage = isinstance(_alone(answer), str) and "%" in word(answer)
    return value / 100 if is_percentage or 1 < value <= 100 else value


def numbers(answer, count: int) -> list[float]:
    """The answer as `count` numbers in order: a list, an array, or a text, "(5, 0)" or "3-7"."""
    if isinstance(answer, str):
        answer = re.sub(r"(?<=[\d%])\s*[-–—]\s*(?=\d)", " to ", re.sub(r"\s+%", "%", answer))
    elif isinstance(answer, np.ndarray):
        answer = answer.ravel()
    return [number(part) for part in several(answer, count)]


def several(answer, count: int | None = None) -> list:
    """The parts of a list, an array, a dict's values or a text's words, which are to be `count`."""
    if isinstance(answer, Set):
        raise AnswerError("A set has no order: write a tuple or a list.")
    if isinstance(answer, str):
        parts = _parts_of(answer)
    elif isinstance(answer, Mapping):
        parts = list(answer.values())
    elif hasattr(answer, "__iter__"):
        parts = list(answer)
    else:
        parts = [answer]

    if count is not None and len(parts) > count:
        raise AnswerError(f"I read {shown(answer)} as {len(parts)} parts, and it needs {count}.")
    if count is not None and len(parts) < count:
        raise AnswerError(f"I read {shown(answer)} as {len(parts)} of the {count} parts it needs.")
    return parts


def by_name(answer, names: Iterable[str]) -> dict:
    """{name: its part}: of a dict with these keys, in any dress, or of one part for each name."""
    names = list(names)
    if not isinstance(answer, Mapping):
        return dict(zip(names, several(answer, len(names)), strict=True))

    read = {word(name): part for name, part in answer.items()}
    missing = [name for name in names if word(name) not in read]
    if missing:
        raise AnswerError(f"I find no answer for {missing[0]!r}.")
    return {name: read[word(name)] for name in names}


def _number_in(text: str) -> float:
    text = re.sub(r"(?<![\d.])[.．](?=\d)", "0.", text)  # .4 is 0.4
    plain = word(text).replace("−", "-").replace("∞", "inf").replace("infinite", "inf")
    plain = plain.removeprefix("about ").strip("$~≈ ")
    plain = re.sub(rf"\s*(?:%|\b{UNITS}\b|(?<=\d){UNITS}\b)$", "", plain)
    plain = re.sub(r"(?<=\d)[,' ](?=\d{3}(?:\D|$))", "", plain) if _has_thousands(plain) else plain
    above, line, below = plain.replace("⁄", "/").partition("/")
    return float(above) / float(below) if line else float(above)


def _has_thousands(text: str) -> bool:
    """True for 1,920 and 36 835.5, and not for 0,018."""
    return bool(re.fullmatch(r"[-+]?[1-9]\d{0,2}(?:[,' ]\d{3})+(?:\.\d*)?", text))


def _parts_of(text: str) -> list[str]:
    inside = unicodedata.normalize("NFKC", text).strip(" \t\n()[]{}")
    parts = re.split(r"[,;、]?\s+|[;、]|,(?!\d{3}(?:\D|$))", inside)
    return [part for part in parts if part and part.casefold() not in BETWEEN]


def _alone(answer):
    """What stands alone in a list, a tuple, a set or an array; anything else as it is."""
    if isinstance(answer, np.ndarray) and answer.size == 1:
        return answer.ravel()[0]
    if isinstance(answer, list | tuple | Set) and len(answer) == 1:
        return _alone(next(iter(answer)))
    return answer
