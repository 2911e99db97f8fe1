"""The exercises' answers, one module a lesson, so that a notebook never holds a test that gives its
answer away.

`lesson_02.py` holds `EXERCISES = {"02-half-temperature": Exercise(...), ...}`; every name begins
with the lesson's number. A lesson calls `check("02-half-temperature", answer)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules


@dataclass(frozen=True)
class Exercise:
    """One exercise. All texts are constant, because a notebook test compares them.

    `test(answer, **facts)` says True, False, or a hint of its own for this very answer (a string).
    `facts` are what `check` was given besides the answer: a live distribution, for instance.
    """

    ask: str  # what to do, shown while the answer is still `...`
    test: Callable[..., bool | str]
    hint: str  # where to look; it never tells the answer
    why: str  # shown after a right answer


def lessons() -> list[str]:
    """Numbers of the lessons that have exercises: ["01", "02", …]."""
    return sorted(
        m.name.removeprefix("lesson_")
        for m in iter_modules(__path__)
        if m.name.startswith("lesson_")
    )


def find(name: str) -> Exercise:
    """The exercise called `name`; ValueError that lists the lesson's exercises if there is none."""
    number = name.partition("-")[0]
    if number not in lessons():
        raise ValueError(
            f"exercise must begin with one of {', '.join(lessons())}, as in '02-name', got {name!r}"
        )
    known = import_module(f"{__name__}.lesson_{number}").EXERCISES
    if name not in known:
        raise ValueError(f"exercise must be one of {', '.join(known)}, got {name!r}")
    return known[name]
