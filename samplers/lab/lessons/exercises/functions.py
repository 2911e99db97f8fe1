"""A learner's function, tried on copies; any style of writing it is fine."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import islice

import numpy as np

from samplers.checks import shown
from samplers.lab.lessons.exercises.plain import AnswerError

MOST = 100_000  # parts that are taken from a generator


def outcome(function, *arguments, **named):
    """What `function` makes of copies of the arguments.

    It may return a value, or yield its parts (then a list comes back), or change its first argument
    in place and return None (then that comes back). AnswerError if it is no function, or raises.
    """
    result, copies = _tried(function, arguments, named)
    return copies[0] if result is None and copies else result


def returned(function, *arguments, **named):
    """What `function` returns for copies of the arguments, None included; else as `outcome`."""
    return _tried(function, arguments, named)[0]


def array(result, what: str) -> np.ndarray:
    """A function's result as an array of floats; AnswerError that names `what` it must return."""
    try:
        return np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError):
        raise AnswerError(f"Your function returns {shown(result)}, not {what}.") from None


def _tried(function, arguments: tuple, named: dict) -> tuple:
    """What the function returned, and the copies of its arguments."""
    if not callable(function):
        raise AnswerError(f"Give the function itself, without brackets, not {shown(function)}.")

    copies = deepcopy(arguments)
    try:
        result = function(*copies, **deepcopy(named))
        if isinstance(result, Iterator):
            result = list(islice(result, MOST))
    except Exception as error:
        # whatever the learner wrote may raise
        given = ", ".join(map(shown, arguments))
        raise AnswerError(
            f"For ({given}) your function raised {type(error).__name__}: {error}"
        ) from error
    return result, copies
